import { relative, resolve } from "node:path";
import { runtimeLimits } from "../config/runtime_limits.ts";
import { TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { SourceSelection } from "../store/sources.ts";
import { syncCalibrationFiles } from "./calibrations.ts";
import { confirmDeletions } from "./cleanup.ts";
import { argumentsOf, checkSelection, discoverSources, selectionOf } from "./discover.ts";
import type { PlanCounts, WorkflowEvent } from "./events.ts";
import { Execution } from "./execution.ts";
import { FinishedSources } from "./finished_sources.ts";
import { openFitPool } from "./fit_pool.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { addPlanCounts, countPlan } from "./plan_source.ts";
import { Project } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { Planner, RunContext } from "./run_context.ts";
import { runHints } from "./run_hints.ts";
import { type RunOptions, runOverrides, type RunResult } from "./run_options.ts";
import { recordedRun } from "./run_record.ts";
import { RunTally } from "./run_tally.ts";

const NO_PLAN: PlanCounts = {
  sources: 0,
  items: 0,
  photometryValid: 0,
  cutoutValidMeasurementMissing: 0,
  cutoutMissingOrInvalid: 0,
  calibrationMissing: 0,
};

/** Throws discovery/missing when none of the selected sources was ever asked for. */
function requireDiscovery(project: Project, selection: SourceSelection): number {
  const sources = [...project.sources.iterate(selection)];
  const undiscovered = sources.filter((source) =>
    project.products.answeredQueries(source.sourceId).size === 0
  );
  if (sources.length > 0 && undiscovered.length === sources.length) {
    throw new TaggedError(
      "discovery/missing",
      "Cannot plan the run: no source of this project has been discovered yet",
      {
        context: { sources: sources.length },
        hint: `Run \`spxcutdb discover --project ${project.root} --resume\`, or run again with --discover`,
      },
    );
  }
  return undiscovered.length;
}

/** Counts what there is to do, source by source. */
function planAll(project: Project, selection: SourceSelection): PlanCounts {
  const planner = new Planner(project);
  let counts = NO_PLAN;
  for (const source of project.sources.iterate(selection)) {
    counts = addPlanCounts(counts, countPlan(planner.planSource(source), 1));
  }
  return counts;
}

/** Throws calibration/missing when nothing can be measured for want of calibration. */
function requireCalibration(project: Project, plan: PlanCounts): void {
  if (plan.calibrationMissing === 0 || plan.calibrationMissing < plan.items) return;
  throw new TaggedError(
    "calibration/missing",
    `Cannot measure: required calibration is missing for all ${plan.items} items`,
    {
      context: { items: plan.items },
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
  await confirmDeletions(project);
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
  yield* new Execution(context).run(project.sources.iterate(selection));
  if (tally.counts.measured > 0) {
    project.runs.addStageCost("measure", tally.counts.measured, (performance.now() - started) / 1000);
  }
  if (project.config.cleanup.cutouts === "success-after-run" && plan.items > 0) {
    const finished = new FinishedSources(context, () => false);
    for (const source of project.sources.iterate(selection)) yield* await finished.cleanLate(source);
  }
}

async function* runSteps(
  project: Project,
  options: RunOptions,
  runId: string,
): AsyncGenerator<
  WorkflowEvent,
  { status: RunResult["status"]; counts: Readonly<Record<string, unknown>>; result: RunResult }
> {
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  yield* prepare(project, client.http, selection, options, runId);
  const undiscovered = requireDiscovery(project, selection);
  const plan = planAll(project, selection);
  yield { type: "workflow_plan", counts: plan };
  requireCalibration(project, plan);
  const tally = new RunTally();
  if (options.dryRun !== true) {
    const limits = runtimeLimits(project.config, navigator.hardwareConcurrency);
    yield { type: "workflow_runtime", limits: { ...limits } };
    using fitPool = openFitPool(limits.fitWorkers);
    using drawPool = openFitPool(project.config.photometry.qa_level === "full" ? limits.plotWorkers : 1);
    const { signal } = options;
    const context = new RunContext({
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
    yield* execute(context, selection);
  }
  const counts = tally.snapshot();
  const status = options.dryRun === true ? "success" : tally.status();
  yield { type: "workflow_complete", status, counts };
  const hints = runHints(project, counts, undiscovered);
  return { status, counts: { ...counts }, result: { runId, status, plan, counts, hints } };
}

/**
 * Plans, fetches, measures, publishes and cleans up: the whole way from a catalog to spectra.
 *
 * What is current is skipped before any request; a stop at any moment leaves a project that the next run continues.
 * One item's failure is recorded and the run goes on.
 *
 * @throws {TaggedError} `discovery/missing` or `calibration/missing` with the command to run, `catalog/…`, `config/…`,
 * `lock/held`, `storage/…`, `store/…`.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const root = resolve(options.project);
  const overrides = runOverrides(options);
  if (options.catalog !== undefined) overrides["catalog.path"] = relative(root, resolve(options.catalog));
  using project = await Project.openForWriting({ ...options, config: overrides }, "run");
  return await recordedRun(
    project,
    "run",
    argumentsOf(options),
    options.onEvent,
    (runId) => runSteps(project, options, runId),
  );
}
