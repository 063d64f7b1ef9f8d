import type { ChangedInput } from "./changed_inputs.ts";
import type { PlanReason } from "./plan_project.ts";

/** A flag that is set, with its meaning. */
export interface ExplainedFlag {
  /** Its name in the tables. */
  readonly name: string;
  /** What it says. */
  readonly meaning: string;
  /** Whether a measurement that carries it is unfit for science without inspection. */
  readonly blocksScience: boolean;
}

/** A file, and whether it is there as it was registered. */
export interface ExplainedFile {
  /** Path below the project's folder. */
  readonly path: string;
  /** `other size` for a file that is not the one that was registered, `cleaned up` for a cutout that was deleted. */
  readonly state: "there" | "missing" | "other size" | "cleaned up";
}

/** A calibration file that a number was made with. */
export interface ExplainedCalibration {
  /** What it was used for, such as `spectral_wcs`. */
  readonly role: string;
  /** SHA-256 of release, product, detector, version and content. */
  readonly calibrationId: string;
  /** Name of the file. */
  readonly filename: string;
  /** Version. */
  readonly version: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** Where it came from. */
  readonly sourceUrl: string;
  /** The file in the project's cache; null when it is no longer registered. */
  readonly file: ExplainedFile | null;
}

/** A target as the catalog has it. */
export interface ExplainedTarget {
  /** Identity. */
  readonly sourceId: string;
  /** Name. */
  readonly sourceName: string;
  /** Right ascension, ICRS, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees. */
  readonly declinationDeg: number;
  /** SHA-256 of the row. */
  readonly rowHash: string;
  /** The catalog. */
  readonly catalogPath: string;
  /** SHA-256 of the catalog. */
  readonly catalogSha256: string;
  /** When the row left the catalog; null while it is there. */
  readonly retiredAt: string | null;
  /** The other columns of the row. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A measured number in short. */
export interface ExplainedValue {
  /** Identity of the measurement. */
  readonly measurementId: string;
  /** Wavelength at the source, micrometres; null when there is none. */
  readonly wavelengthMicron: number | null;
  /** Signed forced flux, microjansky; null when the fit failed. */
  readonly fluxMicroJy: number | null;
  /** Standard deviation of the flux, microjansky; null when the fit failed. */
  readonly fluxErrorMicroJy: number | null;
  /** `measured`, `failed_background` or `invalid_fit`. */
  readonly measurementStatus: string;
  /** `detected`, `non_detection`, `negative_flux`, … */
  readonly detectionStatus: string;
  /** Whether the row may be used without inspection. */
  readonly scienceRecommended: boolean;
}

/** Everything that one number was made from. */
export interface MeasurementExplanation extends ExplainedValue {
  /** Discriminant. */
  readonly kind: "measurement";
  /** Whether it is the current measurement of its source and image. */
  readonly isCurrent: boolean;
  /** Whether it is a row of the published spectrum. */
  readonly isPublished: boolean;
  /** When it was measured. */
  readonly measuredAt: string;
  /** Run that measured it. */
  readonly runId: string;
  /** Configuration of that run, below the project's folder. */
  readonly runConfig: ExplainedFile;
  /** The target as the catalog has it now. */
  readonly target: ExplainedTarget;
  /** SHA-256 of the row that it was measured with; null when not recorded. */
  readonly sourceRowHash: string | null;
  /** SHA-256 of row, profile and neighbours that it was measured with; null when not recorded. */
  readonly targetHash: string | null;
  /** The image. */
  readonly image: {
    readonly productId: string;
    readonly collection: string;
    readonly observationId: string;
    readonly detector: number;
    readonly processingVersion: string;
    readonly pipelineVersion: string;
    readonly parentFilename: string;
    readonly accessUrl: string;
    readonly startMjd: number | null;
    readonly endMjd: number | null;
  };
  /** The cutout. */
  readonly cutout: {
    readonly cutoutKey: string;
    /** SHA-256 of what is measured in it. */
    readonly contentSha256: string;
    /** SHA-256 of the file. */
    readonly fileSha256: string;
    readonly accessRoute: string;
    readonly sizeArcsec: number;
    readonly file: ExplainedFile;
  };
  /** The calibration files. */
  readonly calibrations: readonly ExplainedCalibration[];
  /** Hash of the configuration that changes numbers. */
  readonly photometryConfigHash: string;
  /** Version of the photometry code. */
  readonly codeVersion: string;
  /** Version of the output columns. */
  readonly schemaVersion: string;
  /** Version of the program. */
  readonly packageVersion: string;
  /** Photometry flags that are set. */
  readonly photometryFlags: readonly ExplainedFlag[];
  /** Image flags at the target's footprint. */
  readonly footprintFlags: readonly ExplainedFlag[];
  /** Image flags anywhere in the cutout. */
  readonly cutoutFlags: readonly ExplainedFlag[];
  /** The files that show the number. */
  readonly outputs: readonly ExplainedFile[];
  /** What the plan says of source and image now; null when the image is no longer one of the source's. */
  readonly plan: { readonly state: string; readonly reason: string } | null;
  /** Inputs that have changed since. */
  readonly changes: readonly ChangedInput[];
}

/** What there is of one source. */
export interface SourceExplanation {
  /** Discriminant. */
  readonly kind: "source";
  /** The target. */
  readonly target: ExplainedTarget;
  /** How far it is. */
  readonly state: string;
  /** What a run would do now, and why. */
  readonly reasons: readonly PlanReason[];
  /** Its current measurements, by wavelength. */
  readonly measurements: readonly ExplainedValue[];
  /** Its open failures. */
  readonly failures: readonly {
    readonly phase: string;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly productId: string | null;
  }[];
  /** Its output files. */
  readonly outputs: readonly ExplainedFile[];
}

/** Answer of {@linkcode explain}. */
export type Explanation = MeasurementExplanation | SourceExplanation;
