import type { AccessName } from "../archive/access_route.ts";
import type { SourceSelection } from "../store/sources.ts";
import { reconcileCutouts } from "./cleanup.ts";
import { CutoutAccess } from "./cutout_access.ts";
import { itemUrl } from "./cutout_downloads.ts";
import { checkSelection, selectionOf } from "./discover.ts";
import type { PlanCounts } from "./events.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { planProject, type PlanReason } from "./plan_project.ts";
import type { PlanItem, PlanState } from "./plan_source.ts";
import { Planner } from "./planner.ts";
import { requireDiscovery } from "./prerequisites.ts";
import { Project } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { type RunOptions, runProjectOptions } from "./run_options.ts";
import { type TransferEstimate, TransferEstimator } from "./transfer_estimate.ts";

/** What to plan: the run that these options would make. */
export interface PlanOptions extends Omit<RunOptions, "dryRun"> {
  /** Whether the items are listed one by one. @default {false} */
  readonly items?: boolean;
}

/** One image of one source in a plan. */
export interface PlannedItem {
  /** Name of the source. */
  readonly sourceName: string;
  /** Observation of the image. */
  readonly observationId: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Collection that the archive has it in. */
  readonly collection: string;
  /** What is to be done. */
  readonly state: PlanState;
  /** Why, in a few words. */
  readonly reason: string;
  /** Key of the cutout. */
  readonly cutoutKey: string;
  /** Path of the cutout below the project folder. */
  readonly localPath: string;
  /** The route that would be tried first; null where nothing is to be fetched. */
  readonly access: AccessName | null;
  /** Where the cutout would be fetched; null where nothing is to be fetched. */
  readonly url: string | null;
}

/** What a run would do. */
export interface PlanResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Items by state. */
  readonly counts: PlanCounts;
  /** Sources that were never asked for, of which the images are not known. */
  readonly undiscovered: number;
  /** Why, source by source, when `explain` asked for it. */
  readonly reasons: readonly PlanReason[];
  /** The items in the order of the catalog, when `items` asked for them. */
  readonly items: readonly PlannedItem[];
  /** What would be fetched. */
  readonly estimate: TransferEstimate;
}

/** Whether the cutout of an item would be fetched, which may also wait for calibration that a run syncs first. */
function isToFetch(project: Project, planner: Planner, item: PlanItem, syncs: boolean): boolean {
  if (!planner.mayDownload(item)) return false;
  if (item.state === "cutout_missing_or_invalid") return true;
  return item.state === "calibration_missing" && syncs &&
    project.cutouts.find(item.cutoutKey)?.state !== "valid";
}

/** Questions that discovery would ask: one for each source of which a collection has not answered, or is asked again. */
function discoveryRequests(project: Project, selection: SourceSelection, options: PlanOptions): number {
  const { collections } = project.config.discovery;
  const asksAgain = options.update === true || options.resume !== true;
  let requests = 0;
  for (const source of project.sources.iterate(selection)) {
    const answered = asksAgain ? undefined : project.products.answeredQueries(source.sourceId);
    if (collections.some((collection) => answered?.has(collection) !== true)) requests++;
  }
  return requests;
}

/**
 * Plans what a run with these options would do, and what it would fetch: items, requests and bytes by host, and the
 * time at the rates of earlier runs.
 *
 * It sends no request and leaves the project as it is: it works on a copy of the database that is thrown away. Images
 * of sources that were never asked for are not known, nor what has changed in the archive since.
 *
 * @throws {TaggedError} `discovery/missing` when there is nothing to plan and `discover` is not set, `catalog/…`,
 * `config/…`, `store/…`.
 */
export async function plan(options: PlanOptions): Promise<PlanResult> {
  using project = await Project.openRehearsal(runProjectOptions(options));
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  for await (const event of ingestCatalog(project)) options.onEvent?.(event);
  checkSelection(project, selection);
  reconcileCutouts(project);
  const asks = options.discover === true || options.update === true;
  const undiscovered = asks
    ? project.products.undiscoveredSourceCount()
    : requireDiscovery(project, selection, false);

  const planner = new Planner(project);
  const access = new CutoutAccess(project, client.http, planner.calibrationChoice);
  const estimator = new TransferEstimator(project, access);
  const items: PlannedItem[] = [];
  const look = (item: PlanItem) => {
    options.signal?.throwIfAborted();
    const isFetched = isToFetch(project, planner, item, options.syncCalibration === true);
    if (isFetched) estimator.add(item);
    if (options.items === true) items.push(plannedItem(item, isFetched ? access : undefined, project));
  };
  const steps = planProject(project, selection, { explain: options.explain === true, look });
  for (;;) {
    const step = steps.next();
    if (step.done) {
      if (asks) {
        const { sia_endpoint: endpoint } = project.config.discovery;
        estimator.addRequests(endpoint, discoveryRequests(project, selection, options));
      }
      return { project: project.root, ...step.value, undiscovered, items, estimate: estimator.result() };
    }
    options.onEvent?.(step.value);
  }
}

function plannedItem(item: PlanItem, access: CutoutAccess | undefined, project: Project): PlannedItem {
  const { source, product, state, reason, cutoutKey, localPath } = item;
  const route = access?.routes(item, itemUrl(item, project.config))[0];
  return {
    sourceName: source.sourceName,
    observationId: product.observationId,
    detector: product.detector,
    collection: product.collection,
    state,
    reason,
    cutoutKey,
    localPath,
    access: route?.name ?? null,
    url: route?.url ?? null,
  };
}
