import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { SourceFigures, SourceFiguresInput } from "../outputs/source_figures.ts";
import type { PhotometrySettings } from "../photometry/settings.ts";

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
  /** Calibration product with wavelength and bandwidth. */
  readonly spectralWcsPath: string;
  /** Calibration product with solid angles. */
  readonly solidAnglePath: string;
  /** Detector that the archive says the image is of. */
  readonly detector: number;
  /** Whether a calibration product is of another release. */
  readonly calibrationMismatch: boolean;
  /** The target. */
  readonly target: FitTarget;
  /** The kernel's numbers. */
  readonly settings: PhotometrySettings;
  /** How PSF zones are chosen. */
  readonly zoneMode: "bilinear" | "nearest";
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

/** What workers do. */
export type FitJob = MeasureJob | FullQaJob | FiguresJob;

/** What a measured cutout says. */
export interface MeasuredCutout {
  /** Discriminant. */
  readonly kind: "measured";
  /** The columns of the spectra table that come from the cutout. */
  readonly columns: MeasurementRow;
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

/** What workers answer. */
export type FitResult =
  | MeasuredCutout
  | { readonly kind: "full_qa"; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: "figures"; readonly figures: SourceFigures };
