import type { DownloadEvent } from "../archive/download_event.ts";
import { isTaggedError } from "../core/errors.ts";
import type { SourceRecord } from "../store/sources.ts";
import { type BatchMessage, DownloadBatches } from "./download_batches.ts";
import { downloadTold } from "./download_told.ts";
import type { WorkflowEvent } from "./events.ts";
import { FinishedSources } from "./finished_sources.ts";
import type { FitResult, MeasuredCutout, MeasureJob } from "./fit_job.ts";
import { ItemRecords } from "./item_records.ts";
import { Mailbox } from "./mailbox.ts";
import { PLAN_EVENTS, type PlanItem } from "./plan_source.ts";
import type { RunContext } from "./run_context.ts";
import { SourceWork } from "./source_work.ts";

type Message =
  | BatchMessage
  | { readonly type: "fitted"; readonly item: PlanItem; readonly result: FitResult }
  | { readonly type: "fit_failed"; readonly item: PlanItem; readonly error: unknown }
  | { readonly type: "finished"; readonly events: readonly WorkflowEvent[] }
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
  readonly #records: ItemRecords;
  readonly #batches: DownloadBatches;
  readonly #mailbox = new Mailbox<Message>(256);
  readonly #stop = new AbortController();
  readonly #works = new Map<string, SourceWork>();
  readonly #keysInUse = new Set<string>();
  readonly #toFit: PlanItem[] = [];
  readonly #fileTasks = new Set<Promise<void>>();
  #fitting = 0;
  #finishing = 0;
  #done = 0;
  #transfersDone = 0;

  /** Prepares the work; nothing starts before {@linkcode Execution.run}. */
  constructor(context: RunContext) {
    this.#context = context;
    this.#finished = new FinishedSources(context, (key) => this.#keysInUse.has(key));
    this.#records = new ItemRecords(context);
    this.#batches = new DownloadBatches(context, this.#mailbox, this.#stop.signal);
  }

  /** Works on the sources until all are done or given up. Stops, leaving the project sound, when the signal aborts. */
  async *run(sources: Iterator<SourceRecord>): AsyncGenerator<WorkflowEvent> {
    const { signal, project, runId } = this.#context;
    const stop = () => this.#mailbox.post({ type: "stopped" });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        this.#openSources(sources);
        yield* this.#submitFits();
        yield* this.#batches.start(this.#toFit.length + this.#fitting);
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
      await Promise.allSettled([this.#batches.ended(), ...this.#fileTasks]);
      project.states.recover(new Date().toISOString(), runId);
      project.database.flush();
    }
  }

  get #isIdle(): boolean {
    return this.#batches.isIdle && this.#fitting + this.#finishing === 0;
  }

  /** Opens sources while there is room for their items. */
  #openSources(sources: Iterator<SourceRecord>): void {
    const { limits, planner, project, runId } = this.#context;
    const most = Math.min(limits.sourceWorkers, project.config.workflow.source_chunk_size);
    while (this.#works.size < most && this.#batches.waiting < limits.inflightCutouts) {
      const next = sources.next();
      if (next.done) return;
      const work = new SourceWork(next.value, planner.planSource(next.value));
      project.states.advanceSource(next.value.sourceId, "opened", new Date().toISOString(), runId);
      this.#works.set(work.source.sourceId, work);
      this.#records.resolveOldFailures(work);
      for (const item of work.items) this.#place(item, work);
      if (work.pending === 0) this.#finishSource(work);
    }
  }

  /** Puts an item where its state says. */
  #place(item: PlanItem, work: SourceWork): void {
    const { tally, project, planner } = this.#context;
    const { blocked } = tally.counts;
    this.#records.tell(item, PLAN_EVENTS[item.state], item.reason);
    if (item.state === "photometry_valid") {
      tally.counts.skippedValid++;
      if (!item.isCurrent) project.measurements.revive(item.measurementId!);
      this.#done++;
      return;
    }
    if (item.state === "calibration_missing") {
      work.troubles.calibrationMissing++;
      blocked.calibrationMissing++;
      this.#done++;
      return;
    }
    if (item.state === "cutout_missing_or_invalid" && !planner.mayDownload(item)) {
      work.troubles.noDownload++;
      blocked.noDownload++;
      this.#done++;
      this.#records.tell(item, "download_forbidden", item.reason);
      return;
    }
    work.pending++;
    this.#keysInUse.add(item.cutoutKey);
    if (item.state === "cutout_valid_measurement_missing") this.#toFit.push(item);
    else this.#batches.add(item);
  }

  *#submitFits(): Generator<WorkflowEvent> {
    const { limits } = this.#context;
    while (this.#toFit.length > 0 && this.#fitting < Math.min(limits.openFitsFiles, limits.fitWorkers * 4)) {
      const item = this.#toFit.shift()!;
      this.#fitting++;
      this.#records.tell(item, "fit_started");
      yield { type: "fit_queued", sourceName: item.source.sourceName, cutoutKey: item.cutoutKey };
      this.#fit(item).then(
        (result) => this.#mailbox.post({ type: "fitted", item, result }),
        (error) => this.#mailbox.post({ type: "fit_failed", item, error }),
      );
    }
  }

  async #fit(item: PlanItem): Promise<FitResult> {
    const { jobs, fitPool } = this.#context;
    const job: MeasureJob = jobs.jobOf(item);
    await this.#track(jobs.checkCalibration(item));
    return await fitPool.submit(job);
  }

  /** Notes a task that has files open or writes to the project, so that a run does not end before it. */
  #track(task: Promise<void>): Promise<void> {
    const forget = () => this.#fileTasks.delete(task);
    this.#fileTasks.add(task);
    task.then(forget, forget);
    return task;
  }

  *#handle(message: Message): Generator<WorkflowEvent> {
    switch (message.type) {
      case "download":
        yield* this.#handleDownload(message.item, message.event);
        break;
      case "batch_ended":
        break;
      case "failed":
        throw message.error;
      case "fitted":
        this.#fitting--;
        yield* this.#handleMeasured(message.item, message.result as MeasuredCutout);
        break;
      case "fit_failed":
        this.#fitting--;
        yield* this.#handleFitFailure(message.item, message.error);
        break;
      case "finished":
        this.#finishing--;
        this.#batches.recount();
        yield* message.events;
        break;
      case "stopped":
        this.#context.signal?.throwIfAborted();
    }
  }

  *#handleDownload(item: PlanItem, event: DownloadEvent): Generator<WorkflowEvent> {
    const told = downloadTold(item, event);
    if (event.type === "download_completed") {
      this.#batches.arrived(event.bytes);
      this.#transfersDone++;
      this.#records.arrived(item, event);
      this.#toFit.push(item);
    } else if (event.type === "download_failed") {
      this.#batches.lost();
      this.#transfersDone++;
      if (told?.type === "image_left_out") this.#records.leftOut(item, event.message);
      else this.#records.downloadFailed(item, event);
    }
    if (told === undefined) return;
    yield told;
    if (told.type === "download_retry") return;
    yield this.#progress("download");
    if (told.type === "download_failed") yield* this.#itemDone(item, "failed");
    if (told.type === "image_left_out") yield* this.#itemDone(item, "leftOut");
  }

  *#handleMeasured(item: PlanItem, measured: MeasuredCutout): Generator<WorkflowEvent> {
    const record = this.#records.measured(item, measured);
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

  *#handleFitFailure(item: PlanItem, error: unknown): Generator<WorkflowEvent> {
    // A calibration file that is damaged concerns every item, and a bug must not pass as data: both end the run.
    if (isTaggedError(error, "calibration") || !(error instanceof Error)) throw error;
    const code = this.#records.fitFailed(item, error);
    const { message } = error;
    const { cutoutKey, source: { sourceName } } = item;
    yield { type: "fit_failed", sourceName, cutoutKey, code, message };
    yield* this.#itemDone(item, "failed");
  }

  *#itemDone(item: PlanItem, how: "measured" | "failed" | "storage" | "leftOut"): Generator<WorkflowEvent> {
    const work = this.#works.get(item.source.sourceId)!;
    this.#keysInUse.delete(item.cutoutKey);
    this.#done++;
    if (how === "measured") work.measured++;
    else if (how !== "leftOut") work.troubles[how]++;
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
    const before = this.#batches.liveBytes;
    if (this.#context.project.config.cleanup.cutouts === "success-after-measurement") {
      for (const work of this.#works.values()) yield* await this.#finished.cleanEarly(work.source);
      this.#batches.recount();
    }
    if (this.#batches.liveBytes < before) return;
    for (const [sourceName, items] of Map.groupBy(this.#batches.giveUp(), (item) => item.source.sourceName)) {
      this.#context.tally.counts.blocked.storage += items.length;
      const hint =
        "Raise runtime.max_live_cutout_gb, or use --cleanup-cutouts success-after-measurement, and run again";
      yield { type: "blocked_storage_backpressure", sourceName, items: items.length, hint };
      for (const item of items) {
        this.#records.tell(item, "no_room", "the limit of cutouts on disk is reached");
        yield* this.#itemDone(item, "storage");
      }
    }
  }
}
