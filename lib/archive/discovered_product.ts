import type { JsonValue } from "../core/errors.ts";

/** One Level-2 image (one observation on one detector) that the archive says covers a place. */
export interface DiscoveredProduct {
  /** Identity of this processing of the image: SHA-256 of canonical JSON. */
  readonly productSignature: string;
  /** The collection, such as `spherex_qr2`. */
  readonly collection: string;
  /** Observation with its planning period and slews, such as `2025W51_1A_0684_2`. */
  readonly observationId: string;
  /** Planning period, such as `2025W51_1A`. */
  readonly planningPeriod: string;
  /** Detector from 1 to 6. */
  readonly detector: number;
  /** Processing token of the file name, such as `l2b-v21-2025-354`. */
  readonly processingVersion: string;
  /** Date of the processing, `YYYY-MM-DD`. */
  readonly processingDate: string;
  /** File name of the parent image. */
  readonly parentFileName: string;
  /** Where the parent image is. */
  readonly accessUrl: string;
  /** Media type that the archive states. */
  readonly accessFormat: string | null;
  /** Estimated size of the parent image in kB. */
  readonly accessEstsizeKb: number | null;
  /** Key of the parent image in the object store, such as `qr2/level2/...fits`. */
  readonly cloudKey: string | null;
  /** Bucket of the object store. */
  readonly cloudBucket: string | null;
  /** Region of the object store. */
  readonly cloudRegion: string | null;
  /** Bandpass, such as `SPHEREx-D3`. */
  readonly bandpassName: string | null;
  /** Shortest wavelength of the whole detector, in metres. */
  readonly emMinM: number | null;
  /** Longest wavelength of the whole detector, in metres. */
  readonly emMaxM: number | null;
  /** Resolving power. */
  readonly emResPower: number | null;
  /** Start of the exposure, modified Julian date. */
  readonly tMinMjd: number | null;
  /** End of the exposure, modified Julian date. */
  readonly tMaxMjd: number | null;
  /** Exposure time in seconds. */
  readonly exposureSeconds: number | null;
  /** Right ascension of the image centre in degrees. */
  readonly centerRightAscensionDeg: number | null;
  /** Declination of the image centre in degrees. */
  readonly centerDeclinationDeg: number | null;
  /** Outline as STC-S, such as `POLYGON ICRS ...`. */
  readonly sRegion: string | null;
  /** Pixel scale in arcseconds. */
  readonly pixelScaleArcsec: number | null;
  /** Distance from the place asked to the image, as the service gives it. */
  readonly distanceToPointDeg: number | null;
  /** The publisher's identifier of the dataset. */
  readonly obsPublisherDid: string | null;
  /** When the data became public. */
  readonly obsReleaseDate: string | null;
  /** All columns of the row as the service gave them, empty ones left out. */
  readonly raw: Readonly<Record<string, JsonValue>>;
}
