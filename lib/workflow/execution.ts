import { type DownloadEvent } from "../archive/download_event.ts";
import { iterDownloadPlanResults } from "../archive/downloader.ts";
import { isTaggedError } from "../core/errors.ts";
import type { FailureRecord } from "../store/runs.ts";
import type { SourceRecord } from "../store/sources.ts";
import { cutoutRecord, downloadItem, downloadOptions } from "./cutout_downloads.ts";
import type { WorkflowEvent } from "./events.ts";
import { FinishedSources } from "./finished_sources.ts";
import type { FitResult, MeasuredCutout, MeasureJob } from "./fit_job.ts";
import { Mailbox } from "./mailbox.ts";
import { measurementRecord } from "./measurement_record.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import { type PlanItem } from "./plan_source.ts";
import type { RunContext } from "./run_context.ts";
import { SourceWork } from "./source_work.ts";

/** Download batches that run side by side, so that one slow file does not hold up the next batch. */
const MAX_BATCHES = 4;

type Message =
  | { readonly type: "download"; readonly event: DownloadEvent }
  | { readonly type: "batch_ended" }
  | { readonly type: "fitted"; readonly item: PlanItem; readonly result: FitResult }
  | { readonly type: "fit_failed"; readonly item: PlanItem; readonly error: unknown }
  | { readonly type: "finished"; readonly events: readonly WorkflowEvent[] }
  | { readonly type: "failed"; readonly error: unknown }
  | { readonly type: "stopped" };

/**
 * The work of a run: sources are opened one after the other, valid cutouts go to the fit queue at once, missing ones
 * are fetched in bounded batches, and each source is finished (outputs, cleanup) as soon as its last item is done.
 *
 * One loop handles all messages in turn, so that the database has one writer and limits are kept in one place.
 */
export class Execution {
  readonly #context: RunContext;
  readonly #finished: FinishedSources;
  readonly #mailbox = new Mailbox<Message>(256);
  readonly #stop = new AbortController();
  readonly #works = new Map<string, SourceWork>();
  readonly #items = new Map<string, PlanItem>();
  readonly #toFit: PlanItem[] = [];
  readonly #toDownload: PlanItem[] = [];
  readonly #pumps = new Set<Promise<void>>();
  readonly #fileTasks = new Set<Promise<void>>();
  #downloading = 0;
  #fitting = 0;
  #finishing = 0;
  #isWaitingForSpace = false;
  #liveBytes: number;
  #done = 0;
  #transfersDone = 0;

  /** Prepares the work; nothing starts before {@linkcode Execution.run}. */
  constructor(context: RunContext) {
    this.#context = context;
    this.#finished = new FinishedSources(context, (key) => this.#items.has(key));
    this.#liveBytes = context.project.cutouts.live().bytes;
  }

  /** Works on the sources until all are done or given up. Stops, leaving the project sound, when the signal aborts. */
  async *run(sources: Iterator<SourceRecord>): AsyncGenerator<WorkflowEvent> {
    const { signal } = this.#context;
    const stop = () => this.#mailbox.post({ type: "stopped" });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        this.#openSources(sources);
        yield* this.#submitFits();
        yield* this.#startBatches();
        if (this.#isIdle) {
          if (this.#works.size === 0) return;
          yield* this.#relieveStorage();
          continue;
        }
        // Only outputs are left: the drawing that comes now is what needs memory.
        if (this.#works.size === 0) this.#context.fitPool.dismissIdle();
        yield* this.#handle(await this.#mailbox.take());
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#stop.abort();
      this.#mailbox.close();
      // Nothing may touch the project once this returns: outputs on their way are finished, transfers are cut off.
      await Promise.allSettled([...this.#pumps, ...this.#fileTasks]);
      this.#context.project.database.flush();
    }
  }

  get #isIdle(): boolean {
    return this.#downloading + this.#fitting + this.#finishing + this.#pumps.size === 0;
  }

  /** Opens sources while there is room for their items. */
  #openSources(sources: Iterator<SourceRecord>): void {
    const { limits, sourceChunkSize } = this.#context;
    while (
      this.#works.size < Math.min(limits.sourceWorkers, sourceChunkSize) &&
      this.#toDownload.length < limits.inflightCutouts
    ) {
      const next = sources.next();
      if (next.done) return;
      const work = new SourceWork(next.value, this.#context.planSource(next.value));
      this.#works.set(work.source.sourceId, work);
      this.#resolveOldFailures(work);
      for (const item of work.items) this.#place(item, work);
      if (work.pending === 0) this.#finishSource(work);
    }
  }

  /** Ends the failures of items that are measured by now, or that the source no longer has. */
  #resolveOldFailures({ source, items }: SourceWork): void {
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

  /** Puts an item where its state says. */
  #place(item: PlanItem, work: SourceWork): void {
    const { tally, project } = this.#context;
    const { blocked } = tally.counts;
    if (item.state === "photometry_valid") {
      tally.counts.skippedValid++;
      if (!item.isCurrent) project.measurements.revive(item.measurementId!);
      this.#done++;
      return;
    }
    if (item.state === "calibration_missing") {
      work.troubles.calibrationMissing++;
      blocked.calibrationMissing++;
      this.#giveUp(item, "calibration_missing", item.reason);
      return;
    }
    if (item.state === "cutout_missing_or_invalid" && !this.#context.mayDownload(item)) {
      work.troubles.noDownload++;
      blocked.noDownload++;
      this.#giveUp(item, "blocked_no_download", item.reason);
      return;
    }
    work.pending++;
    this.#items.set(item.cutoutKey, item);
    (item.state === "cutout_valid_measurement_missing" ? this.#toFit : this.#toDownload).push(item);
  }

  #giveUp(item: PlanItem, state: string, reason: string): void {
    this.#done++;
    this.#setState(item, state, reason);
  }

  #setState(item: PlanItem, state: string, reason?: string, measurementId?: string): void {
    const { project, runId } = this.#context;
    const { source, product } = item;
    project.runs.setWorkItem(
      { sourceId: source.sourceId, productId: product.productId, state, reason, measurementId },
      new Date().toISOString(),
      runId,
    );
  }

  *#submitFits(): Generator<WorkflowEvent> {
    const { limits } = this.#context;
    while (this.#toFit.length > 0 && this.#fitting < Math.min(limits.openFitsFiles, limits.fitWorkers * 4)) {
      const item = this.#toFit.shift()!;
      this.#fitting++;
      yield { type: "fit_queued", sourceName: item.source.sourceName, cutoutKey: item.cutoutKey };
      this.#fit(item).then(
        (result) => this.#mailbox.post({ type: "fitted", item, result }),
        (error) => this.#mailbox.post({ type: "fit_failed", item, error }),
      );
    }
  }

  async #fit(item: PlanItem): Promise<FitResult> {
    const job: MeasureJob = this.#context.measureJob(item);
    await this.#track(this.#context.checkCalibration(item));
    return await this.#context.fitPool.submit(job);
  }

  /** Notes a task that has files open or writes to the project, so that a run does not end before it. */
  #track(task: Promise<void>): Promise<void> {
    const forget = () => this.#fileTasks.delete(task);
    this.#fileTasks.add(task);
    task.then(forget, forget);
    return task;
  }

  /** Starts batches of downloads as far as the limits allow. */
  *#startBatches(): Generator<WorkflowEvent> {
    const { limits } = this.#context;
    const usualSize = Math.max(1, Math.ceil(limits.inflightCutouts / MAX_BATCHES));
    while (this.#toDownload.length > 0 && this.#pumps.size < MAX_BATCHES) {
      const inflight = this.#downloading + this.#toFit.length + this.#fitting;
      const byBytes = this.#roomOnDisk();
      const size = Math.min(limits.inflightCutouts - inflight, byBytes, this.#toDownload.length, usualSize);
      // Batches are no smaller than needed to keep the workers busy, unless little is left.
      const worthwhile = Math.min(this.#toDownload.length, limits.downloadWorkers, 8, usualSize);
      if (size < worthwhile && this.#pumps.size > 0) return;
      if (size <= 0) {
        if (byBytes <= 0) yield* this.#waitForSpace();
        return;
      }
      this.#isWaitingForSpace = false;
      this.#startBatch(this.#takeBatch(size));
    }
  }

  /** How many more cutouts may be fetched before the limit of bytes on disk is reached. */
  #roomOnDisk(): number {
    const { limits, expectedCutoutBytes } = this.#context;
    return Math.floor((limits.liveCutoutBytes - this.#liveBytes) / expectedCutoutBytes) - this.#downloading;
  }

  /** Tells, once each time, that downloads wait for space. */
  *#waitForSpace(): Generator<WorkflowEvent> {
    if (this.#isWaitingForSpace) return;
    this.#isWaitingForSpace = true;
    const liveCutouts = this.#context.project.cutouts.live().count;
    yield {
      type: "backpressure",
      liveCutouts,
      liveBytes: this.#liveBytes,
      waiting: this.#toDownload.length,
    };
  }

  /** The next items; those that are cut out of one parent file go together when that file itself is read. */
  #takeBatch(size: number): PlanItem[] {
    if (this.#context.project.config.cutouts.access !== "cloud") return this.#toDownload.splice(0, size);
    const byProduct = Map.groupBy(this.#toDownload, (item) => item.product.productId);
    const ordered = [...byProduct.values()].flat();
    this.#toDownload.splice(0, this.#toDownload.length, ...ordered.slice(size));
    return ordered.slice(0, size);
  }

  #startBatch(items: readonly PlanItem[]): void {
    this.#downloading += items.length;
    // A batch is no longer counted when its end is told, so that the loop sees at once whether anything moves.
    const ended = (message: Message) => {
      this.#pumps.delete(pump);
      this.#mailbox.post(message);
    };
    const pump = this.#pump(items).then(
      () => ended({ type: "batch_ended" }),
      (error) => ended({ type: "failed", error }),
    );
    this.#pumps.add(pump);
  }

  async #pump(items: readonly PlanItem[]): Promise<void> {
    const { project, access } = this.#context;
    const plan = items.map((item) => downloadItem(item, project, access));
    const options = downloadOptions(this.#context, this.#stop.signal);
    access.join(items);
    for await (const event of iterDownloadPlanResults(plan, options)) {
      if (event.type === "download_completed" || event.type === "download_failed") {
        access.leave(this.#items.get(event.key)!);
      }
      await this.#mailbox.hasRoom();
      this.#mailbox.post({ type: "download", event });
    }
  }

  *#handle(message: Message): Generator<WorkflowEvent> {
    switch (message.type) {
      case "download":
        yield* this.#handleDownload(message.event);
        break;
      case "batch_ended":
        break;
      case "failed":
        throw message.error;
      case "fitted":
        this.#fitting--;
        yield* this.#recordMeasurement(message.item, message.result as MeasuredCutout);
        break;
      case "fit_failed":
        this.#fitting--;
        yield* this.#recordFitFailure(message.item, message.error);
        break;
      case "finished":
        this.#finishing--;
        this.#liveBytes = this.#context.project.cutouts.live().bytes;
        yield* message.events;
        break;
      case "stopped":
        this.#context.signal?.throwIfAborted();
    }
  }

  *#handleDownload(event: DownloadEvent): Generator<WorkflowEvent> {
    const item = this.#items.get(event.key)!;
    const { tally, project, runId } = this.#context;
    const name = { sourceName: item.source.sourceName, cutoutKey: event.key };
    if (event.type === "download_completed") {
      this.#downloading--;
      this.#liveBytes += event.bytes;
      this.#transfersDone++;
      if (event.attempts === 0) tally.counts.foundOnDisk++;
      else {
        tally.counts.downloaded++;
        tally.counts.downloadedBytes += event.bytes;
      }
      project.cutouts.put(cutoutRecord(item, event), new Date().toISOString(), runId);
      this.#toFit.push(item);
      const { bytes, attempts, access, bytesReceived } = event;
      yield { type: "download_completed", ...name, bytes, attempts, access, bytesReceived };
      yield this.#progress("download");
    } else if (event.type === "download_retry") {
      const { attempt, code, message } = event;
      const { access, nextAccess } = event;
      const delaySeconds = event.delayMs / 1000;
      yield { type: "download_retry", ...name, attempt, delaySeconds, code, message, access, nextAccess };
    } else if (event.type === "download_failed") {
      this.#downloading--;
      const { phase, code, message, hint } = event;
      tally.counts.failed[phase]++;
      this.#fail(item, {
        phase,
        code,
        message,
        hint: hint ?? undefined,
        contextJson: JSON.stringify({ status: event.status, attempts: event.attempts }),
      });
      this.#setState(item, phase === "validation" ? "failed_validation" : "failed_download", message);
      yield { type: "download_failed", ...name, phase, code, message, hint };
      this.#transfersDone++;
      yield this.#progress("download");
      yield* this.#itemDone(item, "failed");
    }
  }

  *#recordMeasurement(item: PlanItem, measured: MeasuredCutout): Generator<WorkflowEvent> {
    const { project, runId, tally } = this.#context;
    const cutout = project.cutouts.find(item.cutoutKey)!;
    const record = measurementRecord({
      item,
      cutout,
      calibration: item.calibration!,
      choice: this.#context.calibrationChoice,
      context: this.#context.planContext,
      packageVersion: PACKAGE_VERSION,
    }, measured);
    const now = new Date().toISOString();
    project.measurements.put(record, now, runId);
    project.runs.resolveFailures(record.sourceId, record.productId, now);
    this.#setState(item, "persisted", undefined, record.measurementId);
    tally.counts.measured++;
    yield {
      type: "measurement_done",
      sourceName: item.source.sourceName,
      measurementId: record.measurementId,
      wavelengthMicron: record.wavelengthMicron,
      fluxMicroJy: record.fluxMicroJy,
      fluxErrorMicroJy: record.fluxErrorMicroJy,
      detectionStatus: record.detectionStatus,
      scienceRecommended: record.scienceRecommended,
    };
    yield* this.#itemDone(item, "measured");
  }

  *#recordFitFailure(item: PlanItem, error: unknown): Generator<WorkflowEvent> {
    // A calibration file that is damaged concerns every item, and a bug must not pass as data: both end the run.
    if (isTaggedError(error, "calibration") || !(error instanceof Error)) throw error;
    const code = isTaggedError(error) ? error.code : "internal/fit";
    const hint = isTaggedError(error) ? error.hint : undefined;
    this.#context.tally.counts.failed.fit++;
    this.#fail(item, {
      phase: "fit",
      code,
      message: error.message,
      hint,
      contextJson: JSON.stringify(isTaggedError(error) ? error.context : {}),
    });
    this.#setState(item, "failed_fit", error.message);
    yield {
      type: "fit_failed",
      sourceName: item.source.sourceName,
      cutoutKey: item.cutoutKey,
      code,
      message: error.message,
    };
    yield* this.#itemDone(item, "failed");
  }

  #fail(item: PlanItem, failure: Omit<FailureRecord, "sourceId" | "productId">): void {
    const { project, runId } = this.#context;
    const [sourceId, productId, now] = [
      item.source.sourceId,
      item.product.productId,
      new Date().toISOString(),
    ];
    project.runs.resolveFailures(sourceId, productId, now);
    project.runs.addFailure({ sourceId, productId, ...failure }, now, runId);
  }

  *#itemDone(item: PlanItem, how: "measured" | "failed" | "storage"): Generator<WorkflowEvent> {
    const work = this.#works.get(item.source.sourceId)!;
    this.#items.delete(item.cutoutKey);
    this.#done++;
    if (how === "measured") work.measured++;
    else work.troubles[how]++;
    work.pending--;
    yield this.#progress("measure");
    if (work.pending === 0) this.#finishSource(work);
  }

  #progress(stage: "download" | "measure"): WorkflowEvent {
    const { counts } = this.#context.tally;
    const failed = counts.failed.download + counts.failed.validation +
      (stage === "measure" ? counts.failed.fit : 0);
    const total = this.#context.plan.items;
    return {
      type: "progress",
      stage,
      done: stage === "measure" ? this.#done : this.#transfersDone,
      total: stage === "measure" ? total : this.#context.plan.cutoutMissingOrInvalid,
      failed,
      bytes: counts.downloadedBytes,
      expectedSecondsPerItem: this.#context.project.runs.secondsPerItem("measure"),
    };
  }

  /** Writes a source's outputs and cleans up beside the other work. */
  #finishSource(work: SourceWork): void {
    this.#works.delete(work.source.sourceId);
    this.#finishing++;
    this.#track(
      this.#finished.finish(work).then(
        (events) => this.#mailbox.post({ type: "finished", events }),
        (error) => this.#mailbox.post({ type: "failed", error }),
      ),
    );
  }

  /** Nothing moves and there is still work: the disk limit is reached. Makes room if the policy allows, else gives up. */
  async *#relieveStorage(): AsyncGenerator<WorkflowEvent> {
    const before = this.#liveBytes;
    if (this.#context.project.config.cleanup.cutouts === "success-after-measurement") {
      for (const work of this.#works.values()) yield* await this.#finished.cleanEarly(work.source);
      this.#liveBytes = this.#context.project.cutouts.live().bytes;
    }
    if (this.#liveBytes < before) return;
    for (
      const [sourceName, items] of Map.groupBy(this.#toDownload.splice(0), (item) => item.source.sourceName)
    ) {
      this.#context.tally.counts.blocked.storage += items.length;
      const hint =
        "Raise runtime.max_live_cutout_gb, or use --cleanup-cutouts success-after-measurement, and run again";
      yield { type: "blocked_storage_backpressure", sourceName, items: items.length, hint };
      for (const item of items) {
        this.#setState(item, "blocked_storage_backpressure", "the limit of cutouts on disk is reached");
        yield* this.#itemDone(item, "storage");
      }
    }
  }
}
