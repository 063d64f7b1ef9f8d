import type { SourceSelection } from "../store/sources.ts";
import { cleanSource } from "./cleanup.ts";
import { CLEANUP_CONDITIONS, type CleanupCondition, judgeCutouts } from "./cleanup_conditions.ts";
import { argumentsOf, checkSelection, selectionOf } from "./discover.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { Project, type ProjectOptions } from "./project.ts";
import type { CleanupPolicy } from "./run_options.ts";
import { recordedRun } from "./run_record.ts";

/** What to clean up. */
export interface CleanOptions extends ProjectOptions {
  /** These sources only, by name or identity; those that have left the catalog, too. */
  readonly sourceNames?: readonly string[];
  /** `cleanup.cutouts`: another policy for this call. */
  readonly cleanupCutouts?: CleanupPolicy;
  /** `cleanup.keep_failed_cutouts`. */
  readonly keepFailedCutouts?: boolean;
  /** Tell what would be deleted, and delete nothing. @default {false} */
  readonly dryRun?: boolean;
  /** Stops between two sources. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** A cutout on disk, and why it stays, if it does. */
export interface CleanedCutout {
  /** Name of the source. */
  readonly sourceName: string;
  /** Path below the project's folder. */
  readonly path: string;
  /** Size of the file, bytes. */
  readonly bytes: number;
  /** Whether it was deleted, or would be. */
  readonly isDeleted: boolean;
  /** The conditions that it fails, with what was found. */
  readonly unmet: readonly {
    readonly condition: CleanupCondition;
    readonly meaning: string;
    readonly reason: string;
  }[];
}

/** What a cleanup did, or would do. */
export interface CleanResult {
  /** Whether nothing was deleted because it was asked only what would be. */
  readonly dryRun: boolean;
  /** Cutouts deleted, or to be deleted. */
  readonly deleted: number;
  /** Bytes freed, or to be freed. */
  readonly bytes: number;
  /** Cutouts that stay. */
  readonly kept: number;
  /** Every cutout that lay on disk. */
  readonly cutouts: readonly CleanedCutout[];
}

/** Holds all cutouts on disk against the conditions. */
async function* judge(
  project: Project,
  selection: SourceSelection,
  signal: AbortSignal | undefined,
): AsyncGenerator<CleanedCutout> {
  const isInUse = (cutoutKey: string) => project.states.isInUse(cutoutKey);
  for (const source of [...project.sources.all(selection.names)]) {
    signal?.throwIfAborted();
    for (const { cutout, unmet } of (await judgeCutouts(project, source, isInUse)).verdicts) {
      yield {
        sourceName: source.sourceName,
        path: cutout.localPath,
        bytes: cutout.fileSizeBytes,
        isDeleted: unmet.length === 0,
        unmet: unmet.map((each) => ({ ...each, meaning: CLEANUP_CONDITIONS[each.condition] })),
      };
    }
  }
}

function resultOf(cutouts: readonly CleanedCutout[], dryRun: boolean): CleanResult {
  const gone = cutouts.filter((cutout) => cutout.isDeleted);
  return {
    dryRun,
    deleted: gone.length,
    bytes: gone.reduce((sum, cutout) => sum + cutout.bytes, 0),
    kept: cutouts.length - gone.length,
    cutouts,
  };
}

/** Deletes what a look at each source says may go; what is told is what was found at that moment. */
async function* deleteCutouts(
  project: Project,
  selection: SourceSelection,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, CleanResult> {
  // What a crashed run was in the middle of is not in use any more: this call has the project for itself.
  project.states.recover(new Date().toISOString(), runId);
  const cutouts = await Array.fromAsync(judge(project, selection, signal));
  for (const source of [...project.sources.all(selection.names)]) {
    signal?.throwIfAborted();
    const { deleted, bytes, kept } = await cleanSource(project, source, { runId, isInUse: () => false });
    if (deleted === 0) continue;
    yield { type: "cleanup", sourceName: source.sourceName, deleted, bytes, kept: kept.length };
  }
  return resultOf(cutouts, false);
}

/**
 * Deletes the cutouts that are no longer needed, of retired sources too, by the rules that a run follows: a cutout goes
 * when it meets all seven conditions. With `dryRun` nothing is changed, and a run may be at work.
 */
export async function clean(options: CleanOptions): Promise<CleanResult> {
  const config = {
    ...options.config,
    ...(options.cleanupCutouts === undefined ? {} : { "cleanup.cutouts": options.cleanupCutouts }),
    ...(options.keepFailedCutouts === undefined
      ? {}
      : { "cleanup.keep_failed_cutouts": options.keepFailedCutouts }),
  };
  const selection = selectionOf(options);
  if (options.dryRun === true) {
    using project = await Project.open({ ...options, config });
    checkSelection(project, selection, { withRetired: true });
    return resultOf(await Array.fromAsync(judge(project, selection, options.signal)), true);
  }
  using project = await Project.openForWriting({ ...options, config }, "clean");
  checkSelection(project, selection, { withRetired: true });
  return await recordedRun(project, "clean", argumentsOf(options), options.onEvent, async function* (runId) {
    const result = yield* deleteCutouts(project, selection, runId, options.signal);
    const { deleted, bytes, kept } = result;
    return { status: "success", counts: { deleted, bytes, kept }, result };
  });
}
