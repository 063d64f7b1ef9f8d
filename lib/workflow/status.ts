import type { JsonValue } from "../core/errors.ts";
import { type LockHolder, projectLockHolder } from "../files/project_lock.ts";
import { rememberedRuns } from "../store/run_history.ts";
import { type ProjectTotals, projectTotals } from "../store/summaries.ts";
import { DONE_WORK_ITEM_STATES, type WorkItemState } from "../store/work_item_states.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { type ShardProgress, shardProgress } from "./shards/shard_progress.ts";

/** The run that was started last. */
export interface LastRun {
  /** Identity of the run. */
  readonly runId: string;
  /** The command. */
  readonly command: string;
  /** How it ended; `crashed` for one that neither ended nor is going on. */
  readonly status: string;
  /** When it was started. */
  readonly startedAt: string;
  /** When it ended; null when it has not. */
  readonly finishedAt: string | null;
  /** What was done. */
  readonly counts: JsonValue;
}

/** How a project is doing. */
export interface StatusResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Who works on it now; null when nobody does. */
  readonly writer: LockHolder | null;
  /** The run that was started last; null before the first. */
  readonly lastRun: LastRun | null;
  /** Counts over the whole project. */
  readonly totals: ProjectTotals;
  /** Sources that were never discovered. */
  readonly undiscoveredSources: number;
  /** Images that are neither measured nor replaced. */
  readonly itemsLeft: number;
  /** Seconds for what is left, at the rate of earlier runs; null when none has measured. */
  readonly secondsLeft: number | null;
  /** The shards that have not been merged: the project's own counts leave out what they have done. */
  readonly shards: readonly ShardProgress[];
}

const NO_WORK_LEFT: ReadonlySet<string> = new Set<WorkItemState>([...DONE_WORK_ITEM_STATES, "superseded"]);

function lastRun(project: Project, isBusy: boolean): LastRun | null {
  const [run] = rememberedRuns(project.database, "", 1);
  if (run === undefined) return null;
  const { countsJson, ...rest } = run;
  const status = run.status === "running" && !isBusy ? "crashed" : run.status;
  return { ...rest, status, counts: JSON.parse(countsJson) as JsonValue };
}

/** Tells how a project is doing, from its databases alone and so at once, also while a run is at work. */
export async function status(options: ProjectOptions): Promise<StatusResult> {
  using project = await Project.open(options);
  const writer = projectLockHolder(project.root) ?? null;
  const totals = projectTotals(project.database);
  const itemsLeft = Object.entries(totals.itemsByState)
    .reduce((sum, [state, count]) => NO_WORK_LEFT.has(state) ? sum : sum + count, 0);
  const secondsPerItem = project.runs.secondsPerItem("measure");
  return {
    project: project.root,
    writer,
    lastRun: lastRun(project, writer !== null),
    totals,
    undiscoveredSources: project.products.undiscoveredSourceCount(),
    itemsLeft,
    secondsLeft: secondsPerItem === undefined ? null : itemsLeft * secondsPerItem,
    shards: shardProgress(project.paths),
  };
}
