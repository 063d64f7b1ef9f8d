import { runtimeLimits } from "../config/runtime_limits.ts";
import type { FailureRecord } from "../store/runs.ts";
import type { SourceSelection } from "../store/sources.ts";
import { reconcileCutouts } from "./cleanup.ts";
import { CutoutAccess } from "./cutout_access.ts";
import { CutoutFetch } from "./cutout_fetch.ts";
import { argumentsOf, checkSelection, selectionOf } from "./discover.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { discoveredSources } from "./plan_project.ts";
import type { PlanItem } from "./plan_source.ts";
import { Planner } from "./planner.ts";
import { requireDiscovery } from "./prerequisites.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { recordedRun } from "./run_record.ts";
import { RunTally } from "./run_tally.ts";
import { type TransferEstimate, TransferEstimator } from "./transfer_estimate.ts";

/** Which cutouts to fetch. */
export interface DownloadCutoutsOptions extends ProjectOptions {
  /** Those of these sources only, by name or identity. */
  readonly sourceNames?: readonly string[];
  /** Those of at most so many sources, in catalog order. */
  readonly limitSources?: number;
  /** At most so many. */
  readonly maxDownloads?: number;
  /** Only those whose last try failed in one of these steps; all that are missing when left out. */
  readonly failedPhases?: readonly ("download" | "validation")[];
  /** `runtime.max_download_workers`. */
  readonly maxDownloadWorkers?: number;
  /** Only tell what would be fetched: no request is sent and nothing in the project changes. */
  readonly dryRun?: boolean;
  /** Stops the work; what has come stays, and what was under way is taken up by the next download or run. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What a download did. */
export interface DownloadCutoutsResult {
  /** Identity of the run; null for a dry run, which leaves no record. */
  readonly runId: string | null;
  /** Whether all cutouts came (`success`), some (`partial_success`) or none (`failed`). */
  readonly status: "success" | "partial_success" | "failed";
  /** Cutouts that were to be fetched. */
  readonly wanted: number;
  /** Cutouts that came. */
  readonly downloaded: number;
  /** Their bytes. */
  readonly downloadedBytes: number;
  /** Cutouts that lay in their place already, such as after a crash. */
  readonly foundOnDisk: number;
  /** Cutouts that did not come, and those that came and were refused. */
  readonly failed: { readonly download: number; readonly validation: number };
  /** Cutouts for which there was no room on disk. */
  readonly blockedByStorage: number;
  /** Images that lack calibration: nothing is fetched for them. */
  readonly calibrationMissing: number;
  /** What would be fetched; null unless the run was dry. */
  readonly estimate: TransferEstimate | null;
}

/** The items to fetch in catalog order, and what is left out. */
class Wanted {
  readonly #project: Project;
  readonly #planner: Planner;
  readonly #selection: SourceSelection;
  readonly #options: DownloadCutoutsOptions;

  constructor(
    project: Project,
    planner: Planner,
    selection: SourceSelection,
    options: DownloadCutoutsOptions,
  ) {
    this.#project = project;
    this.#planner = planner;
    this.#selection = selection;
    this.#options = options;
  }

  /** The items, planned source by source. */
  *items(): Generator<PlanItem> {
    let left = this.#options.maxDownloads ?? Infinity;
    // All selected rows are read first: the work writes to the tables that the selection reads.
    for (const source of [...discoveredSources(this.#project, this.#selection)]) {
      if (left <= 0) return;
      const failed = this.#failedProducts(source.sourceId);
      for (const item of this.#planner.planSource(source)) {
        if (item.state !== "cutout_missing_or_invalid" || !this.#planner.mayDownload(item)) continue;
        if (failed?.has(item.product.productId) === false && !this.#isRefused(item)) continue;
        if (left-- <= 0) return;
        yield item;
      }
    }
  }

  /** How many there are, and how many images lack calibration. */
  count(): { wanted: number; calibrationMissing: number } {
    let calibrationMissing = 0;
    for (const source of discoveredSources(this.#project, this.#selection)) {
      for (const { state } of this.#planner.planSource(source)) {
        if (state === "calibration_missing") calibrationMissing++;
      }
    }
    return { wanted: this.items().reduce((count) => count + 1, 0), calibrationMissing };
  }

  /** Whether a validation that is wanted again has refused the file since it came: that leaves no failure. */
  #isRefused({ cutoutKey }: PlanItem): boolean {
    return this.#options.failedPhases?.includes("validation") === true &&
      this.#project.cutouts.find(cutoutKey)?.state === "invalid";
  }

  #failedProducts(sourceId: string): ReadonlySet<string> | undefined {
    const phases: readonly FailureRecord["phase"][] | undefined = this.#options.failedPhases;
    if (phases === undefined) return undefined;
    const failures = this.#project.runs.openFailures(sourceId).filter(({ phase }) => phases.includes(phase));
    return new Set(failures.map(({ productId }) => productId));
  }
}

/** What holds for a download and for what is only told of one. */
async function* prepare(project: Project, selection: SourceSelection): AsyncGenerator<WorkflowEvent> {
  yield* ingestCatalog(project);
  checkSelection(project, selection);
  reconcileCutouts(project);
  requireDiscovery(project, selection, false);
}

function resultOf(
  runId: string | null,
  tally: RunTally,
  counted: { wanted: number; calibrationMissing: number },
  estimate: TransferEstimate | null,
): DownloadCutoutsResult {
  const { downloaded, downloadedBytes, foundOnDisk, failed, blocked } = tally.snapshot();
  const lost = failed.download + failed.validation + blocked.storage;
  const came = downloaded + foundOnDisk;
  return {
    runId,
    status: lost === 0 ? "success" : came > 0 ? "partial_success" : "failed",
    ...counted,
    downloaded,
    downloadedBytes,
    foundOnDisk,
    failed: { download: failed.download, validation: failed.validation },
    blockedByStorage: blocked.storage,
    estimate,
  };
}

async function rehearse(
  options: DownloadCutoutsOptions,
  opening: ProjectOptions,
): Promise<DownloadCutoutsResult> {
  using project = await Project.openRehearsal(opening);
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  for await (const event of prepare(project, selection)) options.onEvent?.(event);
  const planner = new Planner(project);
  const wanted = new Wanted(project, planner, selection, options);
  const access = new CutoutAccess(project, client.http, planner.calibrationChoice);
  const estimator = new TransferEstimator(project, access);
  for (const item of wanted.items()) estimator.add(item);
  return resultOf(null, new RunTally(), wanted.count(), estimator.result());
}

/**
 * Fetches the cutouts that a run would need and leaves them on disk: the next run measures them without a request.
 *
 * Files that are there and valid are not fetched again, and partial ones are gone on with where the server offers it.
 * Failures are recorded item by item; `failedPhases` tries only those again. Images that lack calibration are left out,
 * as in a run.
 *
 * @throws {TaggedError} `discovery/missing`, `catalog/…`, `config/…`, `lock/held`, `storage/…`, `store/…`.
 */
export async function downloadCutouts(options: DownloadCutoutsOptions): Promise<DownloadCutoutsResult> {
  const { maxDownloadWorkers, batchConfig, config } = options;
  const overrides = maxDownloadWorkers === undefined
    ? config
    : { ...config, "runtime.max_download_workers": maxDownloadWorkers };
  const opening: ProjectOptions = { project: options.project, batchConfig, config: overrides };
  if (options.dryRun === true) return await rehearse(options, opening);
  using project = await Project.openForWriting(opening, "download");
  const tally = new RunTally();
  return await recordedRun(
    project,
    "download",
    argumentsOf(options),
    options.onEvent,
    (runId) => downloadSteps(project, options, runId, tally),
    () => ({ ...tally.snapshot() }),
  );
}

async function* downloadSteps(
  project: Project,
  options: DownloadCutoutsOptions,
  runId: string,
  tally: RunTally,
): AsyncGenerator<WorkflowEvent, {
  status: DownloadCutoutsResult["status"];
  counts: Readonly<Record<string, unknown>>;
  result: DownloadCutoutsResult;
}> {
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  yield* prepare(project, selection);
  project.states.recover(new Date().toISOString(), runId);
  const planner = new Planner(project);
  const wanted = new Wanted(project, planner, selection, options);
  const counted = wanted.count();
  const limits = runtimeLimits(project.config, navigator.hardwareConcurrency);
  const access = new CutoutAccess(project, client.http, planner.calibrationChoice);
  const context = { project, client: client.http, runId, tally, limits, planner, access };
  yield* new CutoutFetch(context, counted.wanted).run(wanted.items(), options.signal);
  const result = resultOf(runId, tally, counted, null);
  return { status: result.status, counts: { ...tally.snapshot() }, result };
}
