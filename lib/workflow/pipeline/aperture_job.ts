import type { ApertureSettings } from "../../photometry/aperture/aperture_settings.ts";
import type { FileMeasureSetup } from "../file_target.ts";
import type { FitTarget } from "../fit_job.ts";
import type { PipelineObservation, PipelinePhotometry } from "./pipeline_types.ts";

/** A cutout and the image that it is of. */
export interface ApertureFile {
  /** Absolute path of the cutout. */
  readonly path: string;
  /** The image. */
  readonly observation: PipelineObservation;
}

/** What holds for all cutouts of a source. */
export interface ApertureSetup {
  /** Apertures and backgrounds. */
  readonly settings: ApertureSettings;
  /** The source. */
  readonly target: FitTarget;
  /** Calibrations to choose from, and which PSF is used. */
  readonly calibration: FileMeasureSetup;
}

/** Cutouts to measure in apertures; many in one message. */
export interface AperturesJob {
  /** Discriminant. */
  readonly kind: "apertures";
  /** The cutouts. */
  readonly files: readonly ApertureFile[];
  /** How they are measured. */
  readonly setup: ApertureSetup;
}

/** A measured cutout, or why its file is no good. */
export type ApertureOutcome =
  | { readonly row: PipelinePhotometry }
  | { readonly code: string; readonly message: string };

/** Measured cutouts, in the order of the job. */
export interface MeasuredApertures {
  /** Discriminant. */
  readonly kind: "measured_apertures";
  /** One for each cutout. */
  readonly outcomes: readonly ApertureOutcome[];
}
