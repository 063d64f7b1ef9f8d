import type { DownloadCompleted, DownloadFailed } from "../archive/download_event.ts";
import { isTaggedError } from "../core/errors.ts";
import type { MeasurementRecord } from "../store/measurements.ts";
import type { FailureRecord } from "../store/runs.ts";
import type { WorkItemEvent } from "../store/work_item_states.ts";
import { cutoutRecord } from "./cutout_downloads.ts";
import type { DownloadContext } from "./download_batches.ts";
import type { MeasuredCutout } from "./fit_job.ts";
import { advanceItem } from "./item_events.ts";
import { measurementRecord } from "./measurement_record.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import type { PlanItem } from "./plan_source.ts";
import type { SourceWork } from "./source_work.ts";

/** Writes to the database, and counts, how the items of a run end. */
export class ItemRecords {
  readonly #context: DownloadContext;

  /** Records of a run. */
  constructor(context: DownloadContext) {
    this.#context = context;
  }

  /** Tells the state of an item what happened to it, and why. */
  tell(item: PlanItem, event: WorkItemEvent, reason?: string): void {
    advanceItem(this.#context, item, event, { reason });
  }

  /** Ends the failures of items that are measured by now, or that the source no longer has. */
  resolveOldFailures({ source, items }: SourceWork): void {
    const { runs } = this.#context.project;
    const open = new Set(
      items.filter((item) => item.state !== "photometry_valid").map((item) => item.product.productId),
    );
    for (const { productId } of runs.openFailures(source.sourceId)) {
      if (productId !== "" && !open.has(productId)) {
        runs.resolveFailures(source.sourceId, productId, new Date().toISOString());
      }
    }
  }

  /** A cutout is in its place. */
  arrived(item: PlanItem, event: DownloadCompleted): void {
    const { project, tally: { counts }, runId } = this.#context;
    if (event.attempts === 0) counts.foundOnDisk++;
    else {
      counts.downloaded++;
      counts.downloadedBytes += event.bytes;
    }
    project.cutouts.put(cutoutRecord(item, event), new Date().toISOString(), runId);
    this.tell(item, "cutout_arrived");
  }

  /** The image of an item ends before the target: the source is not on it after all. */
  leftOut(item: PlanItem, message: string): void {
    const { project, tally } = this.#context;
    const { source: { sourceId }, product: { productId } } = item;
    tally.counts.leftOut++;
    project.database.atomic(() => {
      project.products.leaveOut(sourceId, productId);
      project.runs.resolveFailures(sourceId, productId, new Date().toISOString());
      this.tell(item, "target_off_image", message);
    });
  }

  /** A cutout did not come, or was no good. */
  downloadFailed(item: PlanItem, event: DownloadFailed): void {
    const { phase, code, message, hint, status, attempts } = event;
    this.#context.tally.counts.failed[phase]++;
    const contextJson = JSON.stringify({ status, attempts });
    this.#fail(item, { phase, code, message, hint: hint ?? undefined, contextJson });
    this.tell(item, phase === "validation" ? "cutout_rejected" : "download_failed", message);
  }

  /** An item was measured. */
  measured(item: PlanItem, measured: MeasuredCutout): MeasurementRecord {
    const { project, planner, runId, tally } = this.#context;
    const record = measurementRecord({
      item,
      cutout: project.cutouts.find(item.cutoutKey)!,
      calibration: item.calibration!,
      choice: planner.calibrationChoice,
      context: planner.planContext,
      packageVersion: PACKAGE_VERSION,
    }, measured);
    const now = new Date().toISOString();
    // A commit between them would leave a measurement whose item, after a crash, seems never to have been measured.
    project.database.atomic(() => {
      project.measurements.put(record, now, runId);
      project.runs.resolveFailures(record.sourceId, record.productId, now);
      advanceItem(this.#context, item, "measured", { measurementId: record.measurementId });
    });
    tally.counts.measured++;
    return record;
  }

  /** An item could not be measured. Returns the kind of failure. */
  fitFailed(item: PlanItem, error: Error): string {
    const { code, hint, context } = isTaggedError(error)
      ? error
      : { code: "internal/fit" as const, hint: undefined, context: {} };
    this.#context.tally.counts.failed.fit++;
    const contextJson = JSON.stringify(context);
    this.#fail(item, { phase: "fit", code, message: error.message, hint, contextJson });
    this.tell(item, "fit_failed", error.message);
    return code;
  }

  #fail(item: PlanItem, failure: Omit<FailureRecord, "sourceId" | "productId">): void {
    const { project, runId } = this.#context;
    const { sourceId } = item.source;
    const { productId } = item.product;
    const now = new Date().toISOString();
    project.runs.resolveFailures(sourceId, productId, now);
    project.runs.addFailure({ sourceId, productId, ...failure }, now, runId);
  }
}
