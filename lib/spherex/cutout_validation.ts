import type { JsonValue } from "../core/errors.ts";
import type { LeftOutPsf } from "./cutout_origin.ts";

/** The answer of a validation; `passed` and `passed_with_warnings` let a cutout count. */
export type CutoutStatus =
  | "passed"
  | "passed_with_warnings"
  | "failed_invalid_fits"
  | "failed_missing_hdu"
  | "failed_psf_hdu"
  | "failed_invalid_wcs"
  | "failed_invalid_spectral_wcs"
  | "failed_wrong_object"
  | "failed_pixel_values"
  | "failed_target_outside"
  | "failed_target_off_image";

/** What a cutout should be; what is not given is not checked. */
export interface ExpectedCutout {
  /** Right ascension of the target, degrees. */
  readonly rightAscensionDeg?: number;
  /** Declination of the target, degrees. */
  readonly declinationDeg?: number;
  /** Side of the square that was asked for, arcseconds; smaller ones are clipped at the detector's edge. */
  readonly sizeArcsec?: number;
  /** Detector number. */
  readonly detector?: number;
  /** Observation, such as `2025W51_1A_0684_2`. */
  readonly observationId?: string;
}

/** What is demanded of a cutout; the defaults demand all that measuring needs. */
export interface CutoutRequirements {
  /** HDUs that must be there; the PSF is apart. */
  readonly hdus?: readonly string[];
  /** Whether a PSF must be there: not for cutouts that were cut short before it on purpose. */
  readonly psf?: boolean;
  /** Whether the celestial coordinates must be usable; otherwise that is a warning. */
  readonly celestialWcs?: boolean;
  /** Whether the table of wavelengths must be usable; otherwise that is a warning. */
  readonly spectralWcs?: boolean;
  /** Whether DATASUM and CHECKSUM are verified where they are present. */
  readonly checksums?: boolean;
  /** Whether the product that holds a PSF that was left out is at hand; any that is named will do when not given. */
  readonly hasPsfProduct?: (psf: LeftOutPsf) => boolean;
  /** Whether the hash of what is measured is worked out for a file that passes. */
  readonly contentSha256?: boolean;
}

/** What a validation found. */
export interface CutoutValidation {
  /** The answer. */
  readonly status: CutoutStatus;
  /** Why it failed: the first error. */
  readonly reason?: string;
  /** What is odd but no reason to refuse the file. */
  readonly warnings: readonly string[];
  /** Everything that is wrong, worst first. */
  readonly errors: readonly string[];
  /** What is in the file: HDUs, versions, coordinates, PSF. */
  readonly summary: { readonly [key: string]: JsonValue };
  /** SHA-256 of what is measured in the file, when it was asked for and the file passed. */
  readonly contentSha256?: string;
}

/** Collects what a validation finds. */
export class CutoutFindings {
  /** What is in the file. */
  readonly summary: { [key: string]: JsonValue } = {};
  /** SHA-256 of what is measured in the file. */
  contentSha256: string | undefined;
  readonly #warnings: string[] = [];
  readonly #errors: string[] = [];
  #status: CutoutStatus | undefined;

  /** Notes what makes the file unusable; the first one decides the status. */
  fail(status: CutoutStatus, reason: string): void {
    this.#status ??= status;
    this.#errors.push(reason);
  }

  /** Notes what is odd. */
  warn(warning: string): void {
    this.#warnings.push(warning);
  }

  /** Notes something as an error or as a warning. */
  note(isError: boolean, status: CutoutStatus, text: string): void {
    if (isError) this.fail(status, text);
    else this.warn(text);
  }

  /** Whether something makes the file unusable. */
  get hasFailed(): boolean {
    return this.#status !== undefined;
  }

  /** The answer. */
  result(): CutoutValidation {
    const status = this.#status ?? (this.#warnings.length > 0 ? "passed_with_warnings" : "passed");
    const reason = this.#errors[0] === undefined ? {} : { reason: this.#errors[0] };
    const content = this.contentSha256 === undefined ? {} : { contentSha256: this.contentSha256 };
    return {
      status,
      ...reason,
      warnings: this.#warnings,
      errors: this.#errors,
      summary: this.summary,
      ...content,
    };
  }
}
