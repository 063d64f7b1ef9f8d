import type { SourceFigures, SourceFiguresInput } from "../outputs/source_figures.ts";
import {
  type ProjectTotals,
  projectTotals,
  sourceSummaries,
  type SourceSummary,
} from "../store/summaries.ts";
import { argumentsOf } from "./discover.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { openFitPool } from "./fit_pool.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { recordedRun } from "./run_record.ts";
import { unmergedShards } from "./shards/shard_progress.ts";
import {
  publishSourceOutputs,
  recordedSourceOutputs,
  recordManifest,
  verifySourceOutputs,
} from "./source_outputs.ts";

/** The outputs of up to so many sources are hashed; those of more count by their records. */
const MOST_HASHED_SOURCES = 200;

/** What a summary shows and does. */
export interface SummaryOptions extends ProjectOptions {
  /** Write outputs that are missing or out of date, from the database alone. @default {false} */
  readonly rebuildMissingOutputs?: boolean;
  /** Only sources with open failures. @default {false} */
  readonly failedOnly?: boolean;
  /** Stops the rebuilding. */
  readonly signal?: AbortSignal;
  /** Told of each event of the rebuilding. */
  readonly onEvent?: EventListener;
}

/** An open failure of a source. */
export interface SourceFailure {
  /** The step that failed. */
  readonly phase: string;
  /** Error code. */
  readonly code: string;
  /** Error sentence. */
  readonly message: string;
  /** What to do; null when nothing is known. */
  readonly hint: string | null;
  /** How many items failed in this way. */
  readonly items: number;
}

/** Whether the published files of a source are what they should be; `none` for a source that was never run. */
export type OutputsState = "current" | "stale" | "missing" | "none";

/** A line of the summary with what went wrong. */
export interface SummarizedSource extends SourceSummary {
  /** Whether its outputs are there and show its current measurements. */
  readonly outputs: OutputsState;
  /** Why they are not current: the first thing found; null when they are, and for a source that was never run. */
  readonly outputsReason: string | null;
  /** Open failures, alike ones together, the most frequent first. */
  readonly failures: readonly SourceFailure[];
}

/** What a project has and lacks. */
export interface SummaryResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Counts over the whole project. */
  readonly totals: ProjectTotals;
  /** The sources in catalog order. */
  readonly sources: readonly SummarizedSource[];
  /** Rebuilding, when it was asked for: sources whose outputs were written or were current. */
  readonly rebuilt: { readonly written: number; readonly current: number } | null;
  /** The shards that have not been merged, such as `2/4`: the counts leave out what they have done. */
  readonly unmergedShards: readonly string[];
}

function failuresOf(project: Project, sourceId: string): SourceFailure[] {
  const groups = Map.groupBy(
    project.runs.openFailures(sourceId),
    (failure) => `${failure.phase} ${failure.code}`,
  );
  return [...groups.values()].map((alike) => ({
    phase: alike[0]!.phase,
    code: alike[0]!.code,
    message: alike[0]!.message,
    hint: alike[0]!.hint ?? null,
    items: alike.length,
  })).sort((a, b) => b.items - a.items);
}

/** Whether a source has outputs to show: it was measured, or a run found that no image covers it. */
function wasRun({ measured, publishedAt }: SourceSummary): boolean {
  return measured > 0 || publishedAt !== null;
}

/** Compares the outputs of a source with what they should be. */
async function outputsOf(
  project: Project,
  summary: SourceSummary,
  recordsOnly: boolean,
): Promise<Pick<SummarizedSource, "outputs" | "outputsReason">> {
  if (!wasRun(summary)) return { outputs: "none", outputsReason: null };
  const { current, lacksFiles, reasons } = recordsOnly
    ? recordedSourceOutputs(project, summary)
    : await verifySourceOutputs(project, project.sources.find(summary.sourceId)!);
  if (current) return { outputs: "current", outputsReason: null };
  return { outputs: lacksFiles ? "missing" : "stale", outputsReason: reasons[0]! };
}

async function read(project: Project, failedOnly: boolean): Promise<Omit<SummaryResult, "rebuilt">> {
  const summaries = sourceSummaries(project.database, failedOnly);
  const recordsOnly = summaries.length > MOST_HASHED_SOURCES;
  const sources: SummarizedSource[] = [];
  for (const source of summaries) {
    sources.push({
      ...source,
      ...await outputsOf(project, source, recordsOnly),
      failures: source.failed === 0 && !failedOnly ? [] : failuresOf(project, source.sourceId),
    });
  }
  return {
    project: project.root,
    totals: projectTotals(project.database),
    sources,
    unmergedShards: unmergedShards(project.paths),
  };
}

/** Writes the outputs that are missing or stale, one source after the other. No cutout is needed. */
async function* rebuild(
  project: Project,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, { written: number; current: number }> {
  using drawPool = openFitPool(1);
  const render = async (input: SourceFiguresInput): Promise<SourceFigures> => {
    const result = await drawPool.submit({ kind: "figures", input });
    if (result.kind !== "figures") {
      throw new TypeError(`A worker answered ${result.kind} to a request for figures`);
    }
    return result.figures;
  };
  const total = project.sources.count();
  const result = { written: 0, current: 0 };
  for (const summary of sourceSummaries(project.database)) {
    signal?.throwIfAborted();
    const { sourceName } = summary;
    const source = project.sources.find(summary.sourceId)!;
    // A source that was never run has nothing to show yet.
    const outputs = wasRun(summary) ? await verifySourceOutputs(project, source) : undefined;
    if (outputs === undefined || outputs.current) {
      if (outputs !== undefined) recordManifest(project, source, outputs.manifest!, runId);
      result.current++;
    } else {
      const manifest = await publishSourceOutputs(project, source, runId, render);
      result.written++;
      yield {
        type: "outputs_written",
        sourceName,
        rows: manifest.measurement_row_count,
        manifest: manifest.manifest_hash,
      };
    }
    const done = result.written + result.current;
    yield { type: "progress", stage: "publish", done, total, failed: 0 };
  }
  return result;
}

/**
 * Tells what a project has and lacks, source by source, from its database, and whether the outputs are whole: their
 * files are compared by checksum; in projects of more than 200 sources it is their records in the database and the presence of the files
 * that count, which is quick.
 *
 * With `rebuildMissingOutputs` it first writes the outputs that are missing or out of date from the stored
 * measurements, without any cutout.
 */
export async function summary(options: SummaryOptions): Promise<SummaryResult> {
  if (options.rebuildMissingOutputs !== true) {
    using project = await Project.open(options);
    return { ...await read(project, options.failedOnly ?? false), rebuilt: null };
  }
  using project = await Project.openForWriting(options, "summary --rebuild-missing-outputs");
  const rebuilt = await recordedRun(
    project,
    "summary",
    argumentsOf(options),
    options.onEvent,
    async function* (runId) {
      const result = yield* rebuild(project, runId, options.signal);
      return { status: "success", counts: { ...result }, result };
    },
  );
  return { ...await read(project, options.failedOnly ?? false), rebuilt };
}
