import type { DetectorNumber } from "./bands.ts";
import {
  type CalibrationProduct,
  type CalibrationVersion,
  newestCalibrationVersion,
} from "./calibration_products.ts";
import type { Release } from "./release.ts";

/** How well the calibrations in use fit an image. */
export type CalibrationMatchQuality =
  | "exact_match"
  | "header_reference_mismatch"
  | "detector_release_match"
  | "detector_release_mismatch"
  | "missing";

/** A calibration file that can be used: what is known of it without opening it. */
export interface CalibrationRecord
  extends Pick<CalibrationVersion, "version" | "versionNumber" | "processingDate"> {
  /** The program's identifier of the file. */
  readonly calibrationId: string;
  /** Product that the file is. */
  readonly product: CalibrationProduct;
  /** Release that it was made for. */
  readonly release: Release;
  /** Detector that it is for. */
  readonly detector: DetectorNumber;
  /** The archive's own identifier, when the file carries it; images name it in `HISTORY [CALIB]`. */
  readonly archiveIdentifier?: string | undefined;
}

/** The calibrations chosen for an image, and how well they fit. */
export interface CalibrationMatch<Record extends CalibrationRecord = CalibrationRecord> {
  /** The worst quality among the products. */
  readonly quality: CalibrationMatchQuality;
  /** Whether the image names identifiers and those of all products in use agree. */
  readonly exactMatch: boolean;
  /** Whether all products are for the image's detector and release. */
  readonly detectorReleaseMatch: boolean;
  /** Whether the identifiers in the image's header agree; undefined when there is nothing to compare. */
  readonly headerReferenceMatch: boolean | undefined;
  /** The chosen file of each product; undefined for one that is missing or not allowed. */
  readonly chosen: Readonly<{ [Product in CalibrationProduct]?: Record | undefined }>;
  /** The products that are needed and were not found. */
  readonly missing: readonly CalibrationProduct[];
  /** The identifiers that the image names, by product. */
  readonly headerIdentifiers: ReadonlyMap<string, string>;
}

/** What an image needs. */
export interface CalibrationNeed {
  /** Detector of the image. */
  readonly detector: DetectorNumber;
  /** Release of the image; undefined when unknown. */
  readonly release: Release | undefined;
  /** Identifiers named in its `HISTORY [CALIB]` lines, by product. */
  readonly headerIdentifiers?: ReadonlyMap<string, string>;
  /** Products that are needed; the two maps when not given. */
  readonly products?: readonly CalibrationProduct[];
  /** Whether the newest product of another release may stand in for one that is missing. */
  readonly allowOtherRelease?: boolean;
}

const MAPS: readonly CalibrationProduct[] = ["spectral_wcs", "solid_angle_pixel_map"];

/** From best to worst. */
const QUALITIES: readonly CalibrationMatchQuality[] = [
  "exact_match",
  "detector_release_match",
  "header_reference_mismatch",
  "detector_release_mismatch",
  "missing",
];

/**
 * Chooses the newest file of each product for an image's detector and release, and says how well they fit.
 *
 * Images name the calibrations that their pipeline used by identifier (`HISTORY [CALIB] product identifier`). Where a
 * file carries its identifier the two are compared; where it does not, which is the usual case, detector and release
 * decide.
 */
export function matchCalibration<Record extends CalibrationRecord>(
  records: Iterable<Record>,
  need: CalibrationNeed,
): CalibrationMatch<Record> {
  const candidates = [...records].filter((record) => record.detector === need.detector);
  const identifiers = need.headerIdentifiers ?? new Map<string, string>();
  const chosen: { [Product in CalibrationProduct]?: Record | undefined } = {};
  const missing: CalibrationProduct[] = [];
  const qualities: CalibrationMatchQuality[] = [];
  for (const product of need.products ?? MAPS) {
    const { record, quality } = choose(candidates, product, need, identifiers.get(product));
    const isUsable = record !== undefined &&
      (quality !== "detector_release_mismatch" || need.allowOtherRelease === true);
    if (isUsable) chosen[product] = record;
    else missing.push(product);
    qualities.push(quality);
  }
  const worst = qualities.reduce(
    (a, b) => QUALITIES.indexOf(a) >= QUALITIES.indexOf(b) ? a : b,
    "exact_match",
  );
  return {
    quality: worst,
    exactMatch: qualities.length > 0 && worst === "exact_match",
    detectorReleaseMatch: worst !== "missing" && worst !== "detector_release_mismatch",
    headerReferenceMatch: referenceMatch(qualities),
    chosen,
    missing,
    headerIdentifiers: identifiers,
  };
}

function referenceMatch(qualities: readonly CalibrationMatchQuality[]): boolean | undefined {
  if (qualities.includes("header_reference_mismatch")) return false;
  return qualities.includes("exact_match") ? true : undefined;
}

function choose<Record extends CalibrationRecord>(
  candidates: readonly Record[],
  product: CalibrationProduct,
  need: CalibrationNeed,
  reference: string | undefined,
): { record: Record | undefined; quality: CalibrationMatchQuality } {
  const ofProduct = candidates.filter((record) => record.product === product);
  const named = ofProduct.find((record) => reference !== undefined && record.archiveIdentifier === reference);
  if (named !== undefined) return { record: named, quality: "exact_match" };
  const record = newestCalibrationVersion(ofProduct.filter(({ release }) => release === need.release));
  if (record === undefined) {
    const other = newestCalibrationVersion(ofProduct);
    return { record: other, quality: other === undefined ? "missing" : "detector_release_mismatch" };
  }
  const isCompared = reference !== undefined && record.archiveIdentifier !== undefined;
  return { record, quality: isCompared ? "header_reference_mismatch" : "detector_release_match" };
}
