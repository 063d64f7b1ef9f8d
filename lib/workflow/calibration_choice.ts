import { type CalibrationMatch, matchCalibration } from "../spherex/calibration_match.ts";
import type { CalibrationRecord as SpherexCalibration } from "../spherex/calibration_match.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import type { Release } from "../spherex/release.ts";
import { type CalibrationProduct, parseCalibrationVersion } from "../spherex/calibration_products.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { CalibrationDemand } from "./calibration_demands.ts";

/** The calibration files that an image is measured with. */
export interface ItemCalibration {
  /** Wavelength and bandwidth of each pixel. */
  readonly spectralWcs: CalibrationRecord;
  /** Solid angle of each pixel. */
  readonly solidAngle: CalibrationRecord;
  /** The PSF, when it is not the image's own. */
  readonly psf?: CalibrationRecord | undefined;
  /** Factors that bring the image to the flux scale of QR3, when they are applied. */
  readonly fluxCorrection?: CalibrationRecord | undefined;
  /** Whether a file is of another release than the image. */
  readonly isMismatch: boolean;
}

/** The files of a calibration. */
export function calibrationRecords(calibration: ItemCalibration): CalibrationRecord[] {
  const { spectralWcs, solidAngle, psf, fluxCorrection } = calibration;
  return [spectralWcs, solidAngle, psf, fluxCorrection].filter((record) => record !== undefined);
}

type Candidate = SpherexCalibration & { readonly record: CalibrationRecord };

/** How calibration files are chosen for images. */
export interface CalibrationPolicy {
  /** Release of the files; `auto` for that of each image. */
  readonly release: "auto" | "QR2" | "QR3";
  /** Whether the newest file of another release may stand in for one that is missing. */
  readonly allowOtherRelease: boolean;
  /** What images of a release need beside the two maps. */
  readonly demands: (release: string) => readonly CalibrationDemand[];
}

/** Chooses calibration files for images, remembering the answer for each release and detector. */
export class CalibrationChoice {
  readonly #candidates: readonly Candidate[];
  readonly #policy: CalibrationPolicy;
  readonly #known = new Map<string, ItemCalibration | undefined>();

  /** `records` are all files of the project; those that failed their validation are left out. */
  constructor(records: readonly CalibrationRecord[], policy: CalibrationPolicy) {
    this.#policy = policy;
    this.#candidates = records.filter((record) => record.validationStatus === "passed").flatMap((record) => {
      const version = parseCalibrationVersion(record.version);
      return version === undefined ? [] : [{
        ...version,
        record,
        calibrationId: record.calibrationId,
        product: record.product as Candidate["product"],
        release: record.release as Release,
        detector: record.detector as DetectorNumber,
      }];
    });
  }

  /** The files for images of a release and detector; undefined when one is missing. */
  forImage(release: string, detector: number): ItemCalibration | undefined {
    const key = `${release}/${detector}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#choose(release, detector));
    return this.#known.get(key);
  }

  /** The newest file of a product of one release, whether or not images are to be measured with it. */
  newest(product: CalibrationProduct, release: string, detector: number): CalibrationRecord | undefined {
    return this.#demanded({ product, release }, detector);
  }

  /** The file with these contents. */
  withSha256(sha256: string): CalibrationRecord | undefined {
    return this.#candidates.find(({ record }) => record.sha256 === sha256)?.record;
  }

  /** How well the files fit an image whose header names the given identifiers. */
  match(
    release: string,
    detector: number,
    headerIdentifiers: Readonly<Record<string, string>> = {},
  ): CalibrationMatch {
    return this.#match(release, detector, new Map(Object.entries(headerIdentifiers)));
  }

  #match(
    release: string,
    detector: number,
    headerIdentifiers: ReadonlyMap<string, string>,
  ): CalibrationMatch<Candidate> {
    return matchCalibration(this.#candidates, {
      detector: detector as DetectorNumber,
      release: (this.#policy.release === "auto" ? release : this.#policy.release) as Release,
      headerIdentifiers,
      allowOtherRelease: this.#policy.allowOtherRelease,
    });
  }

  #choose(release: string, detector: number): ItemCalibration | undefined {
    const match = this.#match(release, detector, new Map());
    const spectralWcs = match.chosen.spectral_wcs?.record;
    const solidAngle = match.chosen.solid_angle_pixel_map?.record;
    if (spectralWcs === undefined || solidAngle === undefined) return undefined;
    const calibration: { -readonly [Key in keyof ItemCalibration]: ItemCalibration[Key] } = {
      spectralWcs,
      solidAngle,
      isMismatch: !match.detectorReleaseMatch,
    };
    for (const demand of this.#policy.demands(release)) {
      const record = this.#demanded(demand, detector);
      if (record === undefined) return undefined;
      calibration[demand.product === "l3_flux_corrections" ? "fluxCorrection" : "psf"] = record;
    }
    return calibration;
  }

  /** The newest file that a demand allows. */
  #demanded({ product, release }: CalibrationDemand, detector: number): CalibrationRecord | undefined {
    const products: CalibrationProduct[] = [product];
    return matchCalibration(this.#candidates, {
      products,
      detector: detector as DetectorNumber,
      release: release as Release,
    }).chosen[product]?.record;
  }
}
