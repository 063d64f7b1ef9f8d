import type { KnownCutout } from "../store/cutouts.ts";
import type { MeasurementInputs, StoredInputs } from "../store/measurements.ts";
import type { PlannedProduct } from "../store/products.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { WorkItemEvent } from "../store/work_item_states.ts";
import type { ItemCalibration } from "./calibration_choice.ts";
import type { PlanCounts } from "./events.ts";
import { type ChangedInput, changedInputs, changedInputsText } from "./changed_inputs.ts";
import { cutoutKeys, measurementId } from "./identities.ts";

/** What the plan says of one source and product. */
export type PlanState =
  | "photometry_valid"
  | "cutout_valid_measurement_missing"
  | "cutout_missing_or_invalid"
  | "calibration_missing";

/** What a state of the plan is to the machine of work items. */
export const PLAN_EVENTS: Readonly<Record<PlanState, WorkItemEvent>> = {
  photometry_valid: "found_current",
  cutout_valid_measurement_missing: "found_cutout",
  cutout_missing_or_invalid: "found_no_cutout",
  calibration_missing: "found_no_calibration",
};

/** One piece of work: a source on a product. */
export interface PlanItem {
  /** The source. */
  readonly source: SourceRecord;
  /** The product. */
  readonly product: PlannedProduct;
  /** What is to be done. */
  readonly state: PlanState;
  /** Why, in a few words. */
  readonly reason: string;
  /** Key of the cutout. */
  readonly cutoutKey: string;
  /** Path of the cutout below the project folder. */
  readonly localPath: string;
  /** Side of the cutout, arcseconds. */
  readonly sizeArcsec: number;
  /** The calibration, unless it is missing. */
  readonly calibration: ItemCalibration | undefined;
  /** Identity of the measurement when the cutout's bytes are known. */
  readonly measurementId: string | undefined;
  /** Whether that measurement is the stored current one; a stored older one is current again when its inputs are. */
  readonly isCurrent: boolean;
  /** The inputs that have changed since the source was last measured on the product. */
  readonly changes: readonly ChangedInput[];
}

/** What the database and the disk say of a source. */
export interface SourceKnowledge {
  /** Products that cover the source. */
  readonly products: readonly PlannedProduct[];
  /** Cutouts by key. */
  readonly cutouts: ReadonlyMap<string, KnownCutout>;
  /** Current measurements by product. */
  readonly currentMeasurementIds: ReadonlyMap<string, string>;
  /** What the current measurement of a product was made from; asked only for items that are not current. */
  readonly currentInputs: (productId: string) => StoredInputs | undefined;
  /** The calibration files for images of a release and detector; undefined when one is missing. */
  readonly calibration: (release: string, detector: number) => ItemCalibration | undefined;
  /** Name of a calibration file that is registered and gone from the disk; undefined when all are there. */
  readonly lostCalibration: (calibration: ItemCalibration) => string | undefined;
  /** Whether a stored measurement with this identity exists, current or not. */
  readonly hasMeasurement: (measurementId: string) => boolean;
  /** Whether the PSF that was left out of a cutout is not at hand any more. */
  readonly lacksPsf: (cutout: KnownCutout) => boolean;
  /** Size of a file below the project folder, or undefined when it is absent. */
  readonly fileSizeBytes: (localPath: string) => number | undefined;
}

/** What holds for the whole plan. */
export interface PlanContext {
  /** Hash of the configuration that changes numbers. */
  readonly photometryConfigHash: string;
  /** Version of the photometry code. */
  readonly codeVersion: string;
  /** Version of the output columns. */
  readonly schemaVersion: string;
  /** Folder of the data below the project's folder. */
  readonly dataRoot: string;
  /** Hash of what the catalogs say about a source and its neighbours. */
  readonly targetHash: (source: SourceRecord) => string;
  /** Side of a source's cutouts, arcseconds. */
  readonly cutoutSizeArcsec: (source: SourceRecord) => number;
  /** Whether measurements that are current count as done. */
  readonly skipValidMeasurements: boolean;
}

/** Where a cutout lies below the project's folder: `data/cutouts/<slug>/<collection>/<period>/<version>/D<n>/<slug>__<parent>__sz60as__<key>.fits`. */
export function cutoutPath(
  dataRoot: string,
  source: SourceRecord,
  product: PlannedProduct,
  sizeArcsec: number,
  key: string,
): string {
  const stem = product.parentFilename.replace(/\.fits(\.gz)?$/, "");
  const file = `${source.slug}__${stem}__sz${sizeArcsec}as__${key.slice(0, 8)}.fits`;
  return [
    dataRoot,
    "cutouts",
    source.slug,
    product.collection,
    product.planningPeriod,
    product.processingVersion,
    `D${product.detector}`,
    file,
  ].join("/");
}

/** What a measurement of this source and product on this cutout would depend on. */
export function measurementInputs(
  item: Pick<PlanItem, "source" | "product" | "cutoutKey">,
  contentSha256: string,
  calibration: ItemCalibration,
  context: PlanContext,
): MeasurementInputs {
  return {
    sourceId: item.source.sourceId,
    productId: item.product.productId,
    sourceRowHash: item.source.rowHash,
    targetHash: context.targetHash(item.source),
    cutoutKey: item.cutoutKey,
    cutoutSha256: contentSha256,
    spectralWcsCalibrationId: calibration.spectralWcs.calibrationId,
    solidAngleCalibrationId: calibration.solidAngle.calibrationId,
    psfCalibrationId: calibration.psf?.calibrationId ?? null,
    fluxCorrectionCalibrationId: calibration.fluxCorrection?.calibrationId ?? null,
    photometryConfigHash: context.photometryConfigHash,
    codeVersion: context.codeVersion,
    schemaVersion: context.schemaVersion,
  };
}

function planItem(
  source: SourceRecord,
  product: PlannedProduct,
  sizeArcsec: number,
  key: string,
  knowledge: SourceKnowledge,
  context: PlanContext,
): PlanItem {
  const calibration = knowledge.calibration(product.release, product.detector);
  const cutout = knowledge.cutouts.get(key);
  const base = {
    source,
    product,
    cutoutKey: key,
    localPath: cutout?.localPath ?? cutoutPath(context.dataRoot, source, product, sizeArcsec, key),
    sizeArcsec,
    calibration,
  };
  const toDo = (state: PlanState, reason: string, rest: Partial<PlanItem> = {}): PlanItem => ({
    ...base,
    state,
    reason,
    measurementId: undefined,
    isCurrent: false,
    changes: [],
    ...rest,
  });
  if (calibration === undefined) {
    return toDo("calibration_missing", `no ${product.release} calibration for detector ${product.detector}`);
  }
  const known = knowledge.currentMeasurementIds.get(product.productId);
  const stored = () => known === undefined ? undefined : knowledge.currentInputs(product.productId);
  const lost = knowledge.lostCalibration(calibration);
  const isLost = (changes: readonly ChangedInput[] = []) =>
    toDo("calibration_missing", `the calibration file ${lost} is gone from the disk`, { changes });
  if (cutout === undefined || cutout.state === "invalid") {
    if (lost !== undefined) return isLost();
    const lack = cutout === undefined ? "no cutout yet" : `cutout invalid: ${cutout.validationStatus}`;
    // What the new cutout shows is not known before it is there: all else is compared.
    const old = stored();
    const changes = old === undefined
      ? []
      : changedInputs(old, measurementInputs(base, old.cutoutSha256, calibration, context));
    const why = changes.length === 0 ? lack : `${OUT_OF_DATE}${changedInputsText(changes)}, ${lack}`;
    return toDo("cutout_missing_or_invalid", why, { changes });
  }
  const inputs = measurementInputs(base, cutout.contentSha256, calibration, context);
  const id = measurementId(inputs);
  if (context.skipValidMeasurements && (known === id || knowledge.hasMeasurement(id))) {
    return toDo("photometry_valid", "measurement is current", { measurementId: id, isCurrent: known === id });
  }
  const { why, changes } = whyToMeasure(id, inputs, stored());
  if (lost !== undefined) return isLost(changes);
  const isWhole = cutout.state === "valid" &&
    knowledge.fileSizeBytes(cutout.localPath) === cutout.fileSizeBytes;
  if (isWhole && !knowledge.lacksPsf(cutout)) {
    return toDo("cutout_valid_measurement_missing", why, { measurementId: id, changes });
  }
  const lack = isWhole ? "the PSF product of the cutout is gone" : "cutout is gone";
  return toDo("cutout_missing_or_invalid", `${why}, ${lack}`, { measurementId: id, changes });
}

/** Why an item whose cutout is known is to be measured. */
function whyToMeasure(
  id: string,
  inputs: MeasurementInputs,
  stored: StoredInputs | undefined,
): { why: string; changes: readonly ChangedInput[] } {
  if (stored === undefined) return { why: "not measured yet", changes: [] };
  if (stored.measurementId === id) return { why: "asked to measure again", changes: [] };
  const changes = changedInputs(stored, inputs);
  return { why: `${OUT_OF_DATE}${changedInputsText(changes)}`, changes };
}

/** How the reason of an item begins whose measurement is no longer current; what has changed follows. */
export const OUT_OF_DATE = "out of date, changed: ";

/** Plans the work on one source. Pure: what it needs to know is handed in. */
export function planSource(
  source: SourceRecord,
  knowledge: SourceKnowledge,
  context: PlanContext,
): PlanItem[] {
  // The neighbours of a source are the same in all its images.
  let hash: string | undefined;
  const ofSource = { ...context, targetHash: () => hash ??= context.targetHash(source) };
  const sizeArcsec = context.cutoutSizeArcsec(source);
  const { sourceId, rightAscensionDeg, declinationDeg } = source;
  const keyOf = cutoutKeys({ sourceId, rightAscensionDeg, declinationDeg, sizeArcsec });
  return knowledge.products.map((product) =>
    planItem(source, product, sizeArcsec, keyOf(product.productId), knowledge, ofSource)
  );
}

/** Counts the items of a plan by state. */
export function countPlan(items: Iterable<PlanItem>, sources: number): PlanCounts {
  const counts = {
    photometryValid: 0,
    cutoutValidMeasurementMissing: 0,
    cutoutMissingOrInvalid: 0,
    calibrationMissing: 0,
  };
  let total = 0;
  for (const item of items) {
    total++;
    if (item.state === "photometry_valid") counts.photometryValid++;
    else if (item.state === "cutout_valid_measurement_missing") counts.cutoutValidMeasurementMissing++;
    else if (item.state === "cutout_missing_or_invalid") counts.cutoutMissingOrInvalid++;
    else counts.calibrationMissing++;
  }
  return { sources, items: total, ...counts };
}

/** Adds the counts of two plans. */
export function addPlanCounts(a: PlanCounts, b: PlanCounts): PlanCounts {
  return {
    sources: a.sources + b.sources,
    items: a.items + b.items,
    photometryValid: a.photometryValid + b.photometryValid,
    cutoutValidMeasurementMissing: a.cutoutValidMeasurementMissing + b.cutoutValidMeasurementMissing,
    cutoutMissingOrInvalid: a.cutoutMissingOrInvalid + b.cutoutMissingOrInvalid,
    calibrationMissing: a.calibrationMissing + b.calibrationMissing,
  };
}
