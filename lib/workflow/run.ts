import { runtimeLimits } from "../config/runtime_limits.ts";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import { latestRun } from "../store/report_counts.ts";
import type { RunStatus } from "../store/runs.ts";
import type { SourceSelection } from "../store/sources.ts";
import { syncCalibrationFiles } from "./calibrations.ts";
import { reconcileCutouts } from "./cleanup.ts";
import { argumentsOf, checkSelection, discoverSources, selectionOf } from "./discover.ts";
import type { PlanCounts, WorkflowEvent } from "./events.ts";
import { Execution } from "./execution.ts";
import { FinishedSources } from "./finished_sources.ts";
import { openFitPool } from "./fit_pool.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { plan } from "./plan.ts";
import { discoveredSources, planProject } from "./plan_project.ts";
import { PLAN_EVENTS } from "./plan_source.ts";
import { missingCalibration, requireDiscovery } from "./prerequisites.ts";
import { Project } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { writeRunReport } from "./report.ts";
import { reportedHost, type RunToReport } from "./report_figures.ts";
import { Planner } from "./planner.ts";
import { type RunContext, runContext } from "./run_context.ts";
import { runHints } from "./run_hints.ts";
import {
  leftOutOffline,
  type RunOptions,
  runProjectOptions,
  type RunResult,
  withoutRequests,
} from "./run_options.ts";
import { isStop, recordedRun, type RunOutcome } from "./run_record.ts";
import { RunTally } from "./run_tally.ts";
import { shardText } from "./shards/shard_databases.ts";
import { StageClock } from "./stage_clock.ts";

/** Marks the planned items, all of which lack calibration. */
function markCalibrationMissing(project: Project, selection: SourceSelection, runId: string): void {
  const planner = new Planner(project);
  const now = new Date().toISOString();
  for (const source of [...discoveredSources(project, selection)]) {
    for (const { product, state, reason } of planner.planSource(source)) {
      const item = { sourceId: source.sourceId, productId: product.productId };
      project.states.advanceWorkItem(item, PLAN_EVENTS[state], now, runId, { reason });
    }
  }
}

/** Throws calibration/missing, the items marked, when nothing can be measured for want of calibration. */
function requireCalibration(
  project: Project,
  selection: SourceSelection,
  plan: PlanCounts,
  runId: string,
): void {
  const error = missingCalibration(project.root, plan);
  if (error === undefined) return;
  markCalibrationMissing(project, selection, runId);
  throw error;
}

/** The steps before planning: catalog, discovery and calibration as asked. */
async function* prepare(
  project: Project,
  client: HttpClient,
  selection: SourceSelection,
  options: RunOptions,
  runId: string,
): AsyncGenerator<WorkflowEvent> {
  yield* ingestCatalog(project);
  checkSelection(project, selection);
  reconcileCutouts(project);
  project.states.recover(new Date().toISOString(), runId);
  if (options.discover || options.update) {
    const resume = options.update !== true && options.resume === true;
    yield* discoverSources(project, client, selection, { runId, resume, signal: options.signal });
  }
  if (options.syncCalibration) {
    yield* syncCalibrationFiles(
      project,
      client,
      options.signal === undefined ? {} : { signal: options.signal },
    );
  }
}

/** The steps after planning: measure, publish and clean up. */
async function* execute(context: RunContext, selection: SourceSelection): AsyncGenerator<WorkflowEvent> {
  const { project, tally, plan } = context;
  const started = performance.now();
  try {
    yield* new Execution(context).run(discoveredSources(project, selection));
  } finally {
    context.access.times.store(project.runs);
  }
  if (tally.counts.measured > 0) {
    project.runs.addStageCost("measure", tally.counts.measured, (performance.now() - started) / 1000);
  }
  if (project.config.cleanup.cutouts === "success-after-run" && plan.items > 0) {
    const finished = new FinishedSources(context, () => false);
    for (const source of discoveredSources(project, selection)) yield* await finished.cleanLate(source);
  }
}

/** Writes the report of the run. A report that cannot be written is told of and changes nothing else. */
async function* report(
  project: Project,
  done: Pick<RunToReport, "runId" | "status" | "counts" | "hosts" | "stages">,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, string | null> {
  const { startedAt } = latestRun(project.database, "run")!;
  const run: RunToReport = { ...done, command: "run", startedAt, finishedAt: new Date().toISOString() };
  try {
    const { path, sources, dataFiles } = await writeRunReport(project, run, signal);
    yield { type: "report_written", path, sources, dataFiles };
    return path;
  } catch (error) {
    // Neither a full disk nor a database that has failed may hide what ended the run.
    if (!isTaggedError(error, "storage") && !isTaggedError(error, "store")) throw error;
    yield {
      type: "warning",
      message: `The report of the run was not written: ${error.message}`,
      hint: `Run \`spxcutdb report --project ${project.root}\``,
    };
    return null;
  }
}

/** The steps of a run, and its report in every case: what was done is told also of a run that is stopped or fails. */
async function* runSteps(
  project: Project,
  options: RunOptions,
  runId: string,
  tally: RunTally,
): AsyncGenerator<WorkflowEvent, RunOutcome<RunResult>> {
  using client = openProjectClient(project.config, options.offline);
  const clock = new StageClock();
  const tellReport = (status: RunStatus, signal: AbortSignal | undefined) => {
    const hosts = client.http.stats().hosts.map(reportedHost);
    return report(project, { runId, status, counts: tally.snapshot(), hosts, stages: clock.times }, signal);
  };
  try {
    return yield* runStages(project, client.http, clock, options, runId, tally, tellReport);
  } catch (error) {
    yield* tellReport(isStop(error) ? "interrupted" : "failed", undefined);
    throw error;
  }
}

async function* runStages(
  project: Project,
  client: HttpClient,
  clock: StageClock,
  options: RunOptions,
  runId: string,
  tally: RunTally,
  tellReport: (
    status: RunStatus,
    signal: AbortSignal | undefined,
  ) => AsyncGenerator<WorkflowEvent, string | null>,
): AsyncGenerator<WorkflowEvent, RunOutcome<RunResult>> {
  const selection = selectionOf(options);
  yield* clock.watch(prepare(project, client, selection, options, runId));
  const undiscovered = requireDiscovery(
    project,
    selection,
    options.discover === true || options.update === true,
  );
  const { counts: planned, reasons } = yield* planProject(project, selection, {
    explain: options.explain === true,
  });
  requireCalibration(project, selection, planned, runId);
  const limits = runtimeLimits(project.config, navigator.hardwareConcurrency);
  yield { type: "workflow_runtime", limits: { ...limits } };
  using fitPool = openFitPool(limits.fitWorkers);
  using drawPool = openFitPool(project.config.photometry.qa_level === "full" ? limits.plotWorkers : 1);
  const { signal } = options;
  const context = runContext({
    project,
    client,
    fitPool,
    drawPool,
    runId,
    tally,
    plan: planned,
    limits,
    signal,
  });
  yield* clock.watch(execute(context, selection));
  const counts = tally.snapshot();
  // Sources that were never asked for are work that is left, too.
  const ended = undiscovered > 0 && tally.status() === "success" ? "partial_success" : tally.status();
  yield { type: "workflow_complete", status: ended, counts };
  const reportPath = yield* tellReport(ended, options.signal);
  const hints = runHints(project, counts, undiscovered, options.offline);
  return {
    status: ended,
    counts: { ...counts },
    result: { runId, status: ended, plan: planned, reasons, estimate: null, counts, reportPath, hints },
  };
}

/** What the figures of a plan leave out. */
function rehearsalHints({ syncCalibration }: RunOptions, undiscovered: number): string[] {
  return [
    ...(undiscovered === 0 ? [] : [
      `${undiscovered} sources have not been discovered: what images they have is not known and not counted`,
    ]),
    ...(syncCalibration === true ? ["Calibration files that would be fetched first are not counted"] : []),
  ];
}

/** What a run would do. Throws what would stop it before its first request. */
async function rehearse(options: RunOptions): Promise<RunResult> {
  const { project, counts: planned, reasons, estimate, undiscovered } = await plan(options);
  const error = options.syncCalibration === true ? undefined : missingCalibration(project, planned);
  if (error !== undefined) throw error;
  const counts = new RunTally().snapshot();
  return {
    runId: null,
    status: "success",
    plan: planned,
    reasons,
    estimate,
    counts,
    reportPath: null,
    hints: rehearsalHints(options, undiscovered),
  };
}

/** Throws usage/shard-calibration for a shard that would write files which other shards are reading or writing. */
function requireNoSharedFetching({ shard, syncCalibration, project }: RunOptions): void {
  if (shard === undefined || syncCalibration !== true) return;
  throw new TaggedError(
    "usage/shard-calibration",
    `Shard ${shardText(shard)} cannot fetch calibration files: all shards of a project share them`,
    { hint: `Run \`spxcutdb calibration sync --project ${project}\` once, then the shards without it` },
  );
}

/**
 * Plans, fetches, measures, publishes and cleans up: the whole way from a catalog to spectra.
 *
 * What is current is skipped before any request; a stop at any moment leaves a project that the next run continues.
 * One item's failure is recorded and the run goes on. With `dryRun` it is only planned, see {@linkcode plan}.
 *
 * @throws {TaggedError} `discovery/missing` or `calibration/missing` with the command to run, `catalog/…`, `config/…`,
 * `lock/held`, `project/unmerged-shards`, `project/other-shards`, `storage/…`, `store/…`; `usage/shard-calibration` when
 * a shard is asked to fetch calibration files, which all shards share.
 */
export async function run(asked: RunOptions): Promise<RunResult> {
  const options = withoutRequests(asked);
  requireNoSharedFetching(options);
  if (options.dryRun === true) return await rehearse(options);
  const { shard } = options;
  const opening = runProjectOptions(options);
  using project = shard === undefined
    ? await Project.openForWriting(opening, "run")
    : await Project.openShard(opening, shard, `run --shard ${shardText(shard)}`);
  const tally = new RunTally();
  return await recordedRun(
    project,
    "run",
    argumentsOf(asked),
    options.onEvent,
    async function* (runId) {
      const leftOut = leftOutOffline(asked);
      if (leftOut.length > 0) yield { type: "warning", message: `Offline, left out: ${leftOut.join(", ")}` };
      return yield* runSteps(project, options, runId, tally);
    },
    () => ({ ...tally.snapshot() }),
  );
}
