import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { SourceFigures, SourceFiguresInput } from "../outputs/source_figures.ts";
import type { CalibrationPaths, MeasureChoices } from "./cutout_measurer.ts";
import type { SourceProfile } from "./source_profile.ts";
import type { FileMeasureSetup, FileTarget } from "./file_target.ts";
import type { AperturesJob, MeasuredApertures } from "./pipeline/aperture_job.ts";

/** Where the target is, with its motion. */
export interface FitTarget {
  /** Right ascension, ICRS, degrees, at the reference epoch. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees, at the reference epoch. */
  readonly declinationDeg: number;
  /** Proper motion in right ascension times cos(declination), mas per year; null for none. */
  readonly properMotionRaMasPerYear: number | null;
  /** Proper motion in declination, mas per year; null for none. */
  readonly properMotionDecMasPerYear: number | null;
  /** Julian epoch of the position, years; null for none. */
  readonly referenceEpochYear: number | null;
}

/** One cutout to measure; all paths are absolute. */
export interface MeasureJob {
  /** Discriminant. */
  readonly kind: "measure";
  /** The cutout. */
  readonly cutoutPath: string;
  /** The calibration products. */
  readonly calibration: CalibrationPaths;
  /** Detector that the archive says the image is of. */
  readonly detector: number;
  /** Whether a calibration product is of another release. */
  readonly calibrationMismatch: boolean;
  /** The target. */
  readonly target: FitTarget;
  /** Known sources around the target, which are fitted with it. */
  readonly neighbours?: readonly FitTarget[];
  /** Shape of the target; a point source when absent. */
  readonly profile?: SourceProfile | undefined;
  /** How it is measured. */
  readonly choices: MeasureChoices;
}

/** A cutout to measure again for a picture of the fit. */
export interface FullQaJob {
  /** Discriminant. */
  readonly kind: "full_qa";
  /** What to measure. */
  readonly measure: MeasureJob;
  /** The published row, for the title. */
  readonly row: MeasurementRow;
  /** Dots per inch. */
  readonly dpi: number;
  /** Whether each panel has a colour bar. */
  readonly colorbars: boolean;
}

/** The figures of a source to draw. */
export interface FiguresJob {
  /** Discriminant. */
  readonly kind: "figures";
  /** What is drawn. */
  readonly input: SourceFiguresInput;
}

/** Files without a project to measure; many in one message, because a message costs as much as a measurement. */
export interface MeasureFilesJob {
  /** Discriminant. */
  readonly kind: "measure_files";
  /** The files. */
  readonly files: readonly FileTarget[];
  /** How they are measured. */
  readonly setup: FileMeasureSetup;
}

/** What workers do. */
export type FitJob = MeasureJob | FullQaJob | FiguresJob | MeasureFilesJob | AperturesJob;

/** What a measured cutout says. */
export interface MeasuredCutout {
  /** Discriminant. */
  readonly kind: "measured";
  /** The columns of the spectra table that come from the cutout. */
  readonly columns: MeasurementRow;
  /** Where the PSF is from. */
  readonly psfOrigin: "file" | "calibration" | "none";
  /** Whether the image was brought to the flux scale of QR3. */
  readonly isFluxCorrected: boolean;
  /** What the file says of itself, for the provenance. */
  readonly header: {
    /** Pipeline version. */
    readonly version: string | null;
    /** Release that the version belongs to. */
    readonly release: string | null;
    /** Identifiers of the calibrations that the pipeline applied, by product. */
    readonly calibrationIdentifiers: Readonly<Record<string, string>>;
  };
}

/** Measured files. */
export interface MeasuredFiles {
  /** Discriminant. */
  readonly kind: "measured_files";
  /** A row of JSON for each file, in the order of the job. */
  readonly lines: readonly string[];
  /** How many of the files could not be measured. */
  readonly failed: number;
}

/** What workers answer. */
export type FitResult =
  | MeasuredCutout
  | MeasuredFiles
  | MeasuredApertures
  | { readonly kind: "full_qa"; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: "figures"; readonly figures: SourceFigures };
