import { relative, resolve } from "node:path";
import { runtimeLimits } from "../config/runtime_limits.ts";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import { latestRun } from "../store/report_counts.ts";
import type { SourceSelection } from "../store/sources.ts";
import { syncCalibrationFiles } from "./calibrations.ts";
import { reconcileCutouts } from "./cleanup.ts";
import { argumentsOf, checkSelection, discoverSources, selectionOf } from "./discover.ts";
import type { PlanCounts, WorkflowEvent } from "./events.ts";
import { Execution } from "./execution.ts";
import { FinishedSources } from "./finished_sources.ts";
import { openFitPool } from "./fit_pool.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { discoveredSources, planProject } from "./plan_project.ts";
import { PLAN_EVENTS } from "./plan_source.ts";
import { Project } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { writeRunReport } from "./report.ts";
import { reportedHost, type RunToReport } from "./report_figures.ts";
import { Planner } from "./planner.ts";
import { type RunContext, runContext } from "./run_context.ts";
import { runHints } from "./run_hints.ts";
import { type RunOptions, runOverrides, type RunResult } from "./run_options.ts";
import { recordedRun } from "./run_record.ts";
import { RunTally } from "./run_tally.ts";
import { shardText } from "./shards/shard_databases.ts";
import { StageClock } from "./stage_clock.ts";

/** Throws discovery/missing when none of the selected sources was ever asked for. Returns how many were not. */
function requireDiscovery(project: Project, selection: SourceSelection, options: RunOptions): number {
  const sources = project.sources.count(selection);
  const discovered = discoveredSources(project, selection).reduce((count) => count + 1, 0);
  if (sources === 0 || discovered > 0) return sources - discovered;
  const hasAsked = options.discover === true || options.update === true;
  throw new TaggedError(
    "discovery/missing",
    hasAsked
      ? `Cannot plan the run: discovery failed for all ${sources} sources`
      : "Cannot plan the run: no source of this project has been discovered yet",
    {
      context: { sources },
      hint: hasAsked
        ? `Run \`spxcutdb summary --project ${project.root} --failed-only\` to see why, then run again`
        : `Run \`spxcutdb discover --project ${project.root} --resume\`, or run again with --discover`,
    },
  );
}

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
  if (plan.calibrationMissing === 0 || plan.calibrationMissing < plan.items) return;
  markCalibrationMissing(project, selection, runId);
  throw new TaggedError(
    "calibration/missing",
    `Cannot measure: required calibration is missing for ${
      plan.items === 1 ? "the only image" : `all ${plan.items} images`
    }`,
    {
      context: { images: plan.items },
      hint:
        `Run \`spxcutdb calibration sync --project ${project.root} --product required\`, or run again with --sync-calibration`,
    },
  );
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
  yield* new Execution(context).run(discoveredSources(project, selection));
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
    if (!isTaggedError(error, "storage")) throw error;
    yield {
      type: "warning",
      message: `The report of the run was not written: ${error.message}`,
      hint: `Run \`spxcutdb report --project ${project.root}\``,
    };
    return null;
  }
}

async function* runSteps(
  project: Project,
  options: RunOptions,
  runId: string,
  tally: RunTally,
): AsyncGenerator<
  WorkflowEvent,
  { status: RunResult["status"]; counts: Readonly<Record<string, unknown>>; result: RunResult }
> {
  using client = openProjectClient(project.config);
  const clock = new StageClock();
  const selection = selectionOf(options);
  yield* clock.watch(prepare(project, client.http, selection, options, runId));
  const undiscovered = requireDiscovery(project, selection, options);
  const { counts: plan, reasons } = yield* planProject(project, selection, options.explain);
  requireCalibration(project, selection, plan, runId);
  if (options.dryRun !== true) {
    const limits = runtimeLimits(project.config, navigator.hardwareConcurrency);
    yield { type: "workflow_runtime", limits: { ...limits } };
    using fitPool = openFitPool(limits.fitWorkers);
    using drawPool = openFitPool(project.config.photometry.qa_level === "full" ? limits.plotWorkers : 1);
    const { signal } = options;
    const context = runContext({
      project,
      client: client.http,
      fitPool,
      drawPool,
      runId,
      tally,
      plan,
      limits,
      signal,
    });
    yield* clock.watch(execute(context, selection));
  }
  const counts = tally.snapshot();
  // Sources that were never asked for are work that is left, too.
  const ended = undiscovered > 0 && tally.status() === "success" ? "partial_success" : tally.status();
  const status = options.dryRun === true ? "success" : ended;
  yield { type: "workflow_complete", status, counts };
  const traffic = { hosts: client.http.stats().hosts.map(reportedHost), stages: clock.times };
  const reportPath = options.dryRun === true
    ? null
    : yield* report(project, { runId, status, counts, ...traffic }, options.signal);
  const hints = runHints(project, counts, undiscovered);
  return {
    status,
    counts: { ...counts },
    result: { runId, status, plan, reasons, counts, reportPath, hints },
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
 * One item's failure is recorded and the run goes on.
 *
 * @throws {TaggedError} `discovery/missing` or `calibration/missing` with the command to run, `catalog/…`, `config/…`,
 * `lock/held`, `project/unmerged-shards`, `project/other-shards`, `storage/…`, `store/…`; `usage/shard-calibration` when
 * a shard is asked to fetch calibration files, which all shards share.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  requireNoSharedFetching(options);
  const root = resolve(options.project);
  const overrides = runOverrides(options);
  if (options.catalog !== undefined) overrides["catalog.path"] = relative(root, resolve(options.catalog));
  const { shard } = options;
  const opening = { ...options, config: overrides };
  using project = shard === undefined || options.dryRun === true
    ? await Project.openForWriting(opening, "run")
    : await Project.openShard(opening, shard, `run --shard ${shardText(shard)}`);
  const tally = new RunTally();
  return await recordedRun(
    project,
    "run",
    argumentsOf(options),
    options.onEvent,
    (runId) => runSteps(project, options, runId, tally),
    () => ({ ...tally.snapshot() }),
  );
}
