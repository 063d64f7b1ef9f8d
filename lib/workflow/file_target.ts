import type { ProperMotion } from "../catalog/catalog_source.ts";
import type { CalibrationProduct } from "../spherex/calibration_products.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import type { Release } from "../spherex/release.ts";
import type { MeasureChoices } from "./cutout_measurer.ts";
import type { SourceProfile } from "./source_profile.ts";

/** A file and the place in it to measure. */
export interface FileTarget {
  /** Path of a cutout or of a whole image. */
  readonly path: string;
  /** Right ascension, ICRS, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees. */
  readonly declinationDeg: number;
  /** Name of the source; null for none. */
  readonly name?: string | null | undefined;
  /** Motion since the epoch of the position; the flux is forced where the target is at the time of the image. */
  readonly properMotion?: ProperMotion | undefined;
  /** Shape of an extended target; a point source when absent. */
  readonly profile?: SourceProfile | undefined;
  /** Known sources around the target at the time of the image, ICRS degrees; fitted with it at their places. */
  readonly neighbors?:
    | readonly { readonly rightAscensionDeg: number; readonly declinationDeg: number }[]
    | undefined;
  /** What is wrong with the request itself, in a sentence; the file is then not opened. */
  readonly problem?: string | undefined;
}

/** A calibration file known by its name. */
export interface CalibrationCandidate {
  /** Where it is. */
  readonly path: string;
  /** Name of the file: without a project it is what identifies the file. */
  readonly calibrationId: string;
  /** Kind of product. */
  readonly product: CalibrationProduct;
  /** Release that it was made for. */
  readonly release: Release;
  /** Detector that it is for. */
  readonly detector: DetectorNumber;
  /** Version token. */
  readonly version: string;
  /** Number of the version. */
  readonly versionNumber: number;
  /** Date of the version, `YYYY-MM-DD`. */
  readonly processingDate: string;
}

/** What holds for all files of a call. */
export interface FileMeasureSetup {
  /** How files are measured. */
  readonly choices: MeasureChoices;
  /** The PSF product to use; undefined when the file's own is used, or the one of its release where it has none. */
  readonly psfProduct: "average_psf" | "epsf" | undefined;
  /** Whether images before QR3 are brought to its flux scale. */
  readonly applyFluxCorrection: boolean;
  /** Release of the maps; undefined for that of each image. */
  readonly calibrationRelease: Release | undefined;
  /** Whether the newest maps of another release may stand in. */
  readonly allowOtherRelease: boolean;
  /** Calibration files to choose from. */
  readonly candidates: readonly CalibrationCandidate[];
  /** Wavelength map to use for all files. */
  readonly spectralWcsPath: string | undefined;
  /** Solid-angle map to use for all files. */
  readonly solidAnglePath: string | undefined;
  /** Hash of the settings. */
  readonly photometryConfigHash: string;
}
