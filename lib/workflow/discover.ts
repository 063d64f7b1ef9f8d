import { DatalinkResolver } from "../archive/datalink_resolver.ts";
import type { ImageSearch } from "../archive/find_images.ts";
import { TapClient } from "../archive/tap_client.ts";
import { discoveryRetry } from "../config/http_settings.ts";
import type { Config } from "../config/schema.ts";
import { TaggedError } from "../core/errors.ts";
import type { Shard } from "../core/shard.ts";
import type { HttpClient } from "../net/http_client.ts";
import { FootprintTable } from "../store/footprints.ts";
import type { SourceRecord, SourceSelection } from "../store/sources.ts";
import { askArchive, type SourceAnswer } from "./ask_archive.ts";
import { IndexAnswers, inSkyOrder } from "./ask_index.ts";
import { recordSourceAnswer } from "./discover_source.ts";
import { type DiscoveryCost, type DiscoveryPlan, planDiscovery } from "./discovery_plan.ts";
import { type DiscoveryQuestion, discoveryQuestions, openCollections } from "./discovery_questions.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { clearFootprintIndex, openFootprintIndex, updateProjectFootprints } from "./footprint_index.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { projectLinkCache } from "./link_cache.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import type { RunStatus } from "../store/runs.ts";
import { recordedRun } from "./run_record.ts";

/** What to discover. */
export interface DiscoverOptions extends ProjectOptions {
  /** Leave out what was answered before. @default {false} */
  readonly resume?: boolean;
  /** Ask for at most so many sources, in catalog order. */
  readonly limitSources?: number;
  /** Ask for these sources only, by name or identity. */
  readonly sourceNames?: readonly string[];
  /** Ask nothing; tell what would be asked. @default {false} */
  readonly dryRun?: boolean;
  /** Download the index of footprints from the beginning. @default {false} */
  readonly rebuildIndex?: boolean;
  /** Stops the work; what was answered stays. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What discovery found. */
export interface DiscoverResult {
  /** Identity of the run; null for a dry run, of which nothing is kept. */
  readonly runId: string | null;
  /** Sources asked for. */
  readonly sources: number;
  /** Questions that were answered before and not asked again, counted by source. */
  readonly skippedSources: number;
  /** Images in the new answers, counted once for each source. */
  readonly products: number;
  /** Pairs of source and image that were not known. */
  readonly newMatches: number;
  /** Sources without an answer. */
  readonly failedSources: number;
  /** Sources whose answer the service cut short. */
  readonly overflowSources: number;
  /** Sources for which TAP answered because SIA2 failed. */
  readonly fallbackSources: number;
  /** What would be asked; with `dryRun` only. */
  readonly plan?: DiscoveryPlan;
}

/** What discovery inside of a run needs to know. */
interface DiscoverySteps {
  /** The run. */
  readonly runId: string;
  /** Leave out what was answered before. */
  readonly resume: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

const NOTHING_FOUND = {
  sources: 0,
  skippedSources: 0,
  products: 0,
  newMatches: 0,
  failedSources: 0,
  overflowSources: 0,
  fallbackSources: 0,
};

/**
 * Throws catalog/unknown-source when a selection names a source that the project does not have; `withRetired` counts
 * those that have left the catalog.
 */
export function checkSelection(
  project: Project,
  selection: SourceSelection,
  options: { readonly withRetired?: boolean } = {},
): void {
  const unknown = project.sources.unknownNames(selection.names ?? [], options);
  if (unknown.length === 0) return;
  throw new TaggedError(
    "catalog/unknown-source",
    `No source is named ${unknown.map((name) => `"${name}"`).join(", ")}`,
    {
      context: { names: unknown },
      hint: `Run \`spxcutdb summary --project ${project.root}\` to list the sources of the project`,
    },
  );
}

/** Answers in the order in which they come, with at most `concurrency` questions open. */
async function* archiveAnswers(
  questions: readonly DiscoveryQuestion[],
  search: ImageSearch,
  config: Config["discovery"],
): AsyncGenerator<SourceAnswer> {
  const open = new Map<DiscoveryQuestion, Promise<[DiscoveryQuestion, SourceAnswer[]]>>();
  const waiting = questions.values();
  for (;;) {
    while (open.size < config.concurrency) {
      const { done, value: question } = waiting.next();
      if (done) break;
      open.set(question, askArchive(question, search, config).then((answers) => [question, answers]));
    }
    if (open.size === 0) return;
    const [question, answers] = await Promise.race(open.values());
    open.delete(question);
    yield* answers;
  }
}

/** Answers by the archive's services. */
function askServices(
  project: Project,
  client: HttpClient,
  sources: readonly SourceRecord[],
  { resume, signal }: DiscoverySteps,
): AsyncGenerator<SourceAnswer> {
  const config = project.config.discovery;
  const questions = discoveryQuestions(sources, project, {
    resume,
    groupRadiusDeg: config.group_radius_arcsec / 3600,
  });
  return archiveAnswers(questions, {
    client,
    siaEndpoint: config.sia_endpoint,
    tap: config.tap_fallback ? new TapClient(client, config.tap_endpoint) : undefined,
    resolver: new DatalinkResolver(client, projectLinkCache(project)),
    retry: discoveryRetry(project.config),
    signal,
  }, config);
}

/** Answers by the local index of footprints. */
function* askIndex(
  project: Project,
  footprints: FootprintTable,
  sources: readonly SourceRecord[],
  { resume }: DiscoverySteps,
): Generator<SourceAnswer> {
  const { tap_endpoint, search_radius_arcsec } = project.config.discovery;
  const index = new IndexAnswers(footprints, tap_endpoint, search_radius_arcsec / 3600);
  for (const source of inSkyOrder(sources)) {
    yield index.answer(source, openCollections(source, project, resume));
  }
}

/** Stores answers as they come, and counts. */
async function* recordAnswers(
  answers: AsyncIterable<SourceAnswer> | Iterable<SourceAnswer>,
  project: Project,
  total: number,
  { runId, signal }: DiscoverySteps,
  cost: DiscoveryCost,
): AsyncGenerator<WorkflowEvent, Omit<DiscoverResult, "runId">> {
  const result = { ...NOTHING_FOUND, sources: total };
  const started = performance.now();
  let done = 0;
  for await (const answer of answers) {
    signal?.throwIfAborted();
    if (answer.error !== undefined) result.failedSources++;
    else if (answer.answer === undefined) result.skippedSources++;
    if (answer.answer?.overflow) result.overflowSources++;
    if (answer.answer?.siaError !== undefined) result.fallbackSources++;
    for (const event of recordSourceAnswer(answer, { project, runId })) {
      if (event.type === "discovery_answered") {
        result.products += event.products;
        result.newMatches += event.newMatches;
      }
      yield event;
    }
    yield {
      type: "progress",
      stage: "discover",
      done: ++done,
      total,
      failed: result.failedSources,
      expectedSecondsPerItem: project.runs.secondsPerItem(cost),
    };
  }
  const asked = total - result.skippedSources;
  if (asked > 0) project.runs.addStageCost(cost, asked, (performance.now() - started) / 1000);
  project.database.flush();
  return result;
}

/** Discovery inside a run that is already recorded: tells its events and returns what it found. */
export async function* discoverSources(
  project: Project,
  client: HttpClient,
  selection: SourceSelection,
  steps: DiscoverySteps,
): AsyncGenerator<WorkflowEvent, Omit<DiscoverResult, "runId">> {
  checkSelection(project, selection);
  // All selected rows are read first: the answers are written to the tables that the selection reads.
  const sources = [...project.sources.iterate(selection)];
  if (!project.config.discovery.use_index) {
    return yield* recordAnswers(
      askServices(project, client, sources, steps),
      project,
      sources.length,
      steps,
      "discover",
    );
  }
  using database = openFootprintIndex(project);
  yield* updateProjectFootprints(project, client, database, steps.signal);
  const answers = askIndex(project, new FootprintTable(database), sources, steps);
  return yield* recordAnswers(answers, project, sources.length, steps, "discover_index");
}

/** The status of a discovery. */
function statusOf({ failedSources, sources }: Omit<DiscoverResult, "runId">): RunStatus {
  if (failedSources === 0) return "success";
  return failedSources === sources ? "failed" : "partial_success";
}

/** What a discovery would ask; the project stays as it is. */
async function rehearse(options: DiscoverOptions): Promise<DiscoverResult> {
  using project = await Project.openRehearsal(options);
  for await (const event of ingestCatalog(project)) options.onEvent?.(event);
  const selection = selectionOf(options);
  checkSelection(project, selection);
  const plan = planDiscovery(project, selection, options.resume ?? false);
  const { sources, skippedSources } = plan;
  return { ...NOTHING_FOUND, runId: null, sources, skippedSources, plan };
}

/**
 * Asks the archive which images cover the sources of a project, and stores the answers; with `discovery.use_index` the
 * local index of footprints answers, which is brought up to date before.
 *
 * Answers are stored source by source, so that an interrupted discovery goes on with `resume`. With `dryRun` nothing is
 * asked, and the result has the plan.
 * A source without an answer is counted in `failedSources`, and why is stored with the project: nothing is thrown for
 * it. Throws catalog/… for an unreadable catalog, config/…, lock/held, storage/… and store/….
 */
export async function discover(options: DiscoverOptions): Promise<DiscoverResult> {
  if (options.dryRun === true) return await rehearse(options);
  using project = await Project.openForWriting(options, "discover");
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  const { resume = false, signal } = options;
  return await recordedRun(
    project,
    "discover",
    argumentsOf(options),
    options.onEvent,
    async function* (runId) {
      yield* ingestCatalog(project);
      if (options.rebuildIndex === true) yield* clearFootprintIndex(project, signal);
      const found = yield* discoverSources(project, client.http, selection, { runId, resume, signal });
      return { status: statusOf(found), counts: { ...found }, result: { runId, ...found } };
    },
  );
}

/** The sources that options select. */
export function selectionOf(
  options: { sourceNames?: readonly string[]; limitSources?: number; shard?: Shard },
): SourceSelection {
  return {
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.sourceNames === undefined ? {} : { names: options.sourceNames }),
    ...(options.limitSources === undefined ? {} : { limit: options.limitSources }),
  };
}

/** The options of a call as its run record keeps them: without functions and signals. */
export function argumentsOf(options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) =>
      name !== "signal" && name !== "onEvent" && value !== undefined
    ),
  );
}
