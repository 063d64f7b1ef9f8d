import { DatalinkResolver } from "../archive/datalink_resolver.ts";
import { TaggedError } from "../core/errors.ts";
import type { Shard } from "../core/shard.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { SourceSelection } from "../store/sources.ts";
import type { SourceRecord } from "../store/sources.ts";
import {
  askForSource,
  recordSourceAnswer,
  type SourceAnswer,
  type SourceDiscovery,
} from "./discover_source.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { ingestCatalog } from "./ingest_catalog.ts";
import { projectLinkCache } from "./link_cache.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { recordedRun } from "./run_record.ts";

/** What to discover. */
export interface DiscoverOptions extends ProjectOptions {
  /** Leave out what was answered before. @default {false} */
  readonly resume?: boolean;
  /** Ask for at most so many sources, in catalog order. */
  readonly limitSources?: number;
  /** Ask for these sources only, by name or identity. */
  readonly sourceNames?: readonly string[];
  /** Stops the work; what was answered stays. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What discovery found. */
export interface DiscoverResult {
  /** Identity of the run. */
  readonly runId: string;
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
}

/** Throws catalog/unknown-source when a selection names a source that the project does not have. */
export function checkSelection(project: Project, selection: SourceSelection): void {
  const unknown = project.sources.unknownNames(selection.names ?? []);
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
async function* answers(
  sources: Iterator<SourceRecord>,
  discovery: SourceDiscovery,
  concurrency: number,
): AsyncGenerator<SourceAnswer> {
  const open = new Map<string, Promise<SourceAnswer>>();
  for (;;) {
    while (open.size < concurrency) {
      const next = sources.next();
      if (next.done) break;
      open.set(next.value.sourceId, askForSource(next.value, discovery));
    }
    if (open.size === 0) return;
    const result = await Promise.race(open.values());
    open.delete(result.source.sourceId);
    yield result;
  }
}

/** Discovery inside a run that is already recorded: tells its events and returns what it found. */
export async function* discoverSources(
  project: Project,
  client: HttpClient,
  selection: SourceSelection,
  options: { runId: string; resume: boolean; signal?: AbortSignal | undefined },
): AsyncGenerator<WorkflowEvent, Omit<DiscoverResult, "runId">> {
  checkSelection(project, selection);
  const total = project.sources.count(selection);
  const result = {
    sources: total,
    skippedSources: 0,
    products: 0,
    newMatches: 0,
    failedSources: 0,
    overflowSources: 0,
  };
  const resolver = new DatalinkResolver(client, projectLinkCache(project));
  const discovery: SourceDiscovery = { project, client, resolver, ...options };
  // All selected rows are read first: the answers are written to the tables that the selection reads.
  const sources = [...project.sources.iterate(selection)].values();
  const started = performance.now();
  let done = 0;
  for await (const answer of answers(sources, discovery, project.config.discovery.concurrency)) {
    options.signal?.throwIfAborted();
    if (answer.error !== undefined) result.failedSources++;
    else if (answer.answer === undefined) result.skippedSources++;
    if (answer.answer?.overflow) result.overflowSources++;
    for (const event of recordSourceAnswer(answer, discovery)) {
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
      expectedSecondsPerItem: project.runs.secondsPerItem("discover"),
    };
  }
  const asked = total - result.skippedSources;
  if (asked > 0) project.runs.addStageCost("discover", asked, (performance.now() - started) / 1000);
  project.database.flush();
  return result;
}

/**
 * Asks the archive which images cover the sources of a project, and stores the answers.
 *
 * Answers are stored source by source, so that an interrupted discovery goes on with `resume`.
 * Throws catalog/… for an unreadable catalog, archive/… when no source was answered.
 */
export async function discover(options: DiscoverOptions): Promise<DiscoverResult> {
  using project = await Project.openForWriting(options, "discover");
  using client = openProjectClient(project.config);
  const selection = selectionOf(options);
  return await recordedRun(
    project,
    "discover",
    argumentsOf(options),
    options.onEvent,
    async function* (runId) {
      yield* ingestCatalog(project);
      const found = yield* discoverSources(project, client.http, selection, {
        runId,
        resume: options.resume ?? false,
        signal: options.signal,
      });
      const status = found.failedSources === 0
        ? "success"
        : found.failedSources === found.sources
        ? "failed"
        : "partial_success";
      return { status, counts: { ...found }, result: { runId, ...found } };
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
