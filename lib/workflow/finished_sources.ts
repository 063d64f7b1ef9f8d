import { isTaggedError } from "../core/errors.ts";
import type { SourceFigures, SourceFiguresInput } from "../outputs/source_figures.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { SourceEvent } from "../store/source_states.ts";
import { cleanSource } from "./cleanup.ts";
import type { WorkflowEvent } from "./events.ts";
import { writeFullQa } from "./full_qa.ts";
import type { RunContext } from "./run_context.ts";
import { publishSourceOutputs, recordManifest, verifySourceOutputs } from "./source_outputs.ts";
import type { SourceWork } from "./source_work.ts";

/** What comes after the last item of a source: its outputs, its full QA, its cleanup, its state. */
export class FinishedSources {
  readonly #context: RunContext;
  readonly #isInUse: (cutoutKey: string) => boolean;
  readonly #published = new Set<string>();

  /** `isInUse` tells whether an item with this cutout is still being worked on. */
  constructor(context: RunContext, isInUse: (cutoutKey: string) => boolean) {
    this.#context = context;
    this.#isInUse = isInUse;
  }

  /** Writes what a source has to show and cleans up after it. A failure of its outputs is told, not thrown. */
  async finish(work: SourceWork): Promise<WorkflowEvent[]> {
    const { source } = work;
    const events: WorkflowEvent[] = [];
    let { event, reason } = work.outcome();
    const { project } = this.#context;
    try {
      if (project.config.planning.version_policy === "replace") {
        project.measurements.dropReplaced(source.sourceId);
      }
      await this.#publish(source, events);
      await this.#drawFullQa(work, events);
      if (project.config.cleanup.cutouts !== "success-after-run") {
        await this.#clean(source, events);
      }
    } catch (error) {
      event = "outputs_failed";
      reason = this.#recordOutputFailure(source, error, events);
    }
    this.#recordState(work, event, reason, events);
    return events;
  }

  /** Publishes what there is and cleans up before the source is done, to make room. */
  async cleanEarly(source: SourceRecord): Promise<WorkflowEvent[]> {
    const events: WorkflowEvent[] = [];
    try {
      await this.#publish(source, events);
      await this.#clean(source, events);
    } catch (error) {
      this.#recordOutputFailure(source, error, events);
    }
    return events;
  }

  /** Cleans up after a source at the end of a run. */
  async cleanLate(source: SourceRecord): Promise<WorkflowEvent[]> {
    const events: WorkflowEvent[] = [];
    await this.#clean(source, events);
    return events;
  }

  /** Records that the outputs of a source could not be written and returns why. Throws what is no such failure. */
  #recordOutputFailure(source: SourceRecord, error: unknown, events: WorkflowEvent[]): string {
    if (!isTaggedError(error, "storage") && !isTaggedError(error, "output")) throw error;
    const { project, tally, runId } = this.#context;
    const { code, message, hint } = error;
    const { sourceId, sourceName } = source;
    const now = new Date().toISOString();
    tally.counts.failed.output++;
    project.runs.resolveFailures(sourceId, "", now, "output");
    project.runs.addFailure(
      {
        sourceId,
        productId: "",
        phase: "output",
        code,
        message,
        hint,
        contextJson: JSON.stringify(error.context),
      },
      now,
      runId,
    );
    events.push({ type: "output_failed", sourceName, code, message });
    return message;
  }

  #recordState(work: SourceWork, event: SourceEvent, reason: string | null, events: WorkflowEvent[]): void {
    const { project, runId, tally } = this.#context;
    const { sourceId } = work.source;
    const state = project.states.advanceSource(sourceId, event, new Date().toISOString(), runId, reason);
    tally.addSource(state);
    const { measured, recommended } = project.measurements.counts(work.source.sourceId);
    const { sourceName } = work.source;
    events.push({
      type: "source_finalized",
      sourceName,
      state,
      measured,
      recommended,
      failed: work.troubles.failed,
    });
    const { sources } = tally.counts;
    const done = sources.complete + sources.partial + sources.failed + sources.outputFailed;
    events.push({
      type: "progress",
      stage: "publish",
      done,
      total: this.#context.plan.sources,
      failed: sources.outputFailed,
    });
  }

  async #publish(source: SourceRecord, events: WorkflowEvent[]): Promise<void> {
    const { project, tally, runId } = this.#context;
    project.database.flush();
    const before = await verifySourceOutputs(project, source);
    if (before.current) {
      // A crash may have come between the manifest and its record.
      recordManifest(project, source, before.manifest!, runId);
      if (!this.#published.has(source.sourceId)) tally.counts.outputsCurrent++;
    }
    if (before.current || !project.config.workflow.regenerate_missing_outputs) return;
    // Failures are part of the provenance: those of earlier outputs end with these.
    project.runs.resolveFailures(source.sourceId, "", new Date().toISOString(), "output");
    const started = performance.now();
    const manifest = await publishSourceOutputs(project, source, runId, (input) => this.#render(input));
    project.runs.addStageCost("publish", 1, (performance.now() - started) / 1000);
    if (!this.#published.has(source.sourceId)) tally.counts.published++;
    this.#published.add(source.sourceId);
    const { measurement_row_count: rows, manifest_hash } = manifest;
    events.push({ type: "outputs_written", sourceName: source.sourceName, rows, manifest: manifest_hash });
  }

  async #render(input: SourceFiguresInput): Promise<SourceFigures> {
    const result = await this.#context.drawPool.submit({ kind: "figures", input });
    if (result.kind !== "figures") {
      throw new TypeError(`A worker answered ${result.kind} to a request for figures`);
    }
    return result.figures;
  }

  async #drawFullQa(work: SourceWork, events: WorkflowEvent[]): Promise<void> {
    if (this.#context.project.config.photometry.qa_level !== "full") return;
    for await (const event of writeFullQa(this.#context, work)) events.push(event);
  }

  async #clean(source: SourceRecord, events: WorkflowEvent[]): Promise<void> {
    const { project, tally, runId } = this.#context;
    const { deleted, bytes, kept } = await cleanSource(project, source, { runId, isInUse: this.#isInUse });
    tally.counts.deletedCutouts += deleted;
    tally.counts.deletedBytes += bytes;
    if (deleted > 0) {
      events.push({ type: "cleanup", sourceName: source.sourceName, deleted, bytes, kept: kept.length });
    }
  }
}
