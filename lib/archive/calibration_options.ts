import type { HttpClient } from "../net/http_client.ts";
import type { ValidationOutcome } from "./download_event.ts";

/** Where calibration files come from. */
export type CalibrationSource = "auto" | "cloud" | "ibe";

/** Which calibration files to fetch, from where and to where. */
export interface CalibrationSyncOptions {
  /** The program's client. */
  readonly client: HttpClient;
  /** No file is written outside of this directory. */
  readonly projectRoot: string;
  /** Directory of the calibration cache. */
  readonly cacheRoot: string;
  /** Data release, such as `QR2`. */
  readonly release: string;
  /** Product directories, such as `spectral_wcs`. */
  readonly products: readonly string[];
  /** Detectors from 1 to 6. */
  readonly detectors: readonly number[];
  /** Take files from this directory instead of the network. */
  readonly inputDirectory?: string;
  /** Which service to list and fetch from. */
  readonly downloadSource?: CalibrationSource;
  /** Base URL of the object store, such as `https://bucket.s3.region.amazonaws.com`. */
  readonly cloudBaseUrl?: string;
  /** Key prefix in the bucket, `{release_lower}` is replaced. */
  readonly cloudPrefix?: string;
  /** Base URL of the archive's files, `{release_lower}` is replaced. */
  readonly ibeBaseUrl?: string;
  /** Base URL of the archive's listings, `{release_lower}` is replaced. */
  readonly ibeListingUrl?: string;
  /** URL, file URL or path templates that replace listing for a product. */
  readonly productUrls?: Readonly<Record<string, string>>;
  /** Says whether a file is what it should be. */
  readonly validate: (path: string, product: string, detector: number) => Promise<ValidationOutcome>;
  /** Files already known to be valid, by path, and their SHA-256: they are neither validated nor hashed again. */
  readonly known?: ReadonlyMap<string, string>;
  /** Files fetched at once. */
  readonly maxWorkers?: number;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** One calibration file in the cache. */
export interface CalibrationFile {
  /** Data release in capitals. */
  readonly release: string;
  /** Product directory. */
  readonly product: string;
  /** Detector from 1 to 6. */
  readonly detector: number;
  /** Version token, such as `cal-wcs-v4-2025-254`. */
  readonly version: string;
  /** Date of the processing, `YYYY-MM-DD`, empty when the name has none. */
  readonly processingDate: string;
  /** File name. */
  readonly fileName: string;
  /** Where it is. */
  readonly path: string;
  /** Where it came from. */
  readonly sourceUrl: string;
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** What the validator said. */
  readonly validation: ValidationOutcome;
}

/** What the calibration sync tells. */
export type CalibrationEvent =
  | { readonly type: "calibration_source"; readonly source: string; readonly reason: string }
  | { readonly type: "calibration_listed"; readonly product: string; readonly version: string }
  | {
    readonly type: "calibration_progress";
    readonly product: string;
    readonly detector: number;
    readonly bytes: number;
    readonly totalBytes: number | null;
  }
  | {
    readonly type: "calibration_ready";
    readonly file: CalibrationFile;
    /** False when the file was in the cache already. */
    readonly downloaded: boolean;
  }
  | {
    readonly type: "calibration_failed";
    readonly product: string;
    readonly detector: number;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  };
