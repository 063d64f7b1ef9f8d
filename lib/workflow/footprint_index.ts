import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TapClient } from "../archive/tap_client.ts";
import { discoveryRetry } from "../config/http_settings.ts";
import type { Config } from "../config/schema.ts";
import { acquireProjectLock, type ProjectLock } from "../files/project_lock.ts";
import { storageError } from "../files/storage_error.ts";
import { isTaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { Database } from "../store/database.ts";
import { FootprintTable, openFootprintDatabase } from "../store/footprints.ts";
import { SweepTable } from "../store/sweeps.ts";
import type { WorkflowEvent } from "./events.ts";
import type { Project } from "./project.ts";
import { updateFootprints } from "./update_footprints.ts";

/** Opens or makes the index of footprints that a project uses. Throws store/… and storage/… errors. */
export function openFootprintIndex(project: Project): Database {
  const path = project.paths.footprints;
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw storageError(error, "make the folder", dirname(path));
  }
  return openFootprintDatabase(path);
}

/** How long to wait before looking again whether the index is free, milliseconds. */
const WAIT_MS = 200;

/** Takes the lock of the index, which several projects and shards may share; waits for who has it, and tells so. */
async function* lockIndex(
  project: Project,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, ProjectLock> {
  const path = project.paths.footprints;
  const lock = { what: "index of footprints", fileName: `.${basename(path)}.lock` };
  let isTold = false;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return acquireProjectLock(dirname(path), "update of the index", lock);
    } catch (error) {
      if (!isTaggedError(error, "lock/held")) throw error;
      if (!isTold) yield { type: "index_waiting", path, holder: error.message };
      isTold = true;
    }
    // A stop ends the waiting, and is thrown with its own reason.
    await delay(WAIT_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

/** The collections that the index has to be brought up to date for. */
export function staleCollections(database: Database, config: Config["discovery"]): string[] {
  const sweeps = new SweepTable(database);
  const oldest = Date.now() - config.index_max_age_hours * 3_600_000;
  return config.collections.filter((collection) => {
    const finishedAt = sweeps.last(collection)?.finishedAt ?? null;
    return finishedAt === null || Date.parse(finishedAt) <= oldest;
  });
}

/** Empties the index of footprints, so that the next update downloads it from the beginning. */
export async function* clearFootprintIndex(
  project: Project,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, void> {
  using database = openFootprintIndex(project);
  using _lock = yield* lockIndex(project, signal);
  new FootprintTable(database).clear();
}

/**
 * Brings the index of a project up to date unless it is young enough, and tells what came. One process at a time does
 * so; others wait, and find it up to date. When the service fails, an
 * index that was complete before is used as it is, with a warning. Throws the service's errors for one that never was.
 */
export async function* updateProjectFootprints(
  project: Project,
  client: HttpClient,
  database: Database,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent> {
  try {
    yield* update(project, client, database, signal);
  } catch (error) {
    const completeSince = completionOf(database, project.config.discovery.collections);
    if (signal?.aborted || !isTaggedError(error) || completeSince === undefined) throw error;
    yield {
      type: "warning",
      message: `The index of footprints is used as it was at ${completeSince}: ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}

/** The oldest date at which a collection was brought up to date; undefined when one never was. */
function completionOf(database: Database, collections: readonly string[]): string | undefined {
  const sweeps = new SweepTable(database);
  const dates = collections.map((collection) => sweeps.lastFinish(collection));
  return dates.includes(null) ? undefined : (dates as string[]).sort()[0];
}

async function* update(
  project: Project,
  client: HttpClient,
  database: Database,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent> {
  const config = project.config.discovery;
  using _lock = staleCollections(database, config).length === 0
    ? undefined
    : yield* lockIndex(project, signal);
  const { rows, footprints, skipped } = yield* updateFootprints({
    database,
    tap: new TapClient(client, config.tap_endpoint),
    collections: config.collections,
    pageRows: config.maxrec_per_source_collection,
    concurrency: config.concurrency,
    maxAgeHours: config.index_max_age_hours,
    options: { retry: discoveryRetry(project.config), ...(signal === undefined ? {} : { signal }) },
    nowMs: Date.now(),
  });
  yield { type: "index_ready", path: project.paths.footprints, rows, footprints };
  if (skipped > 0) {
    yield {
      type: "warning",
      message: `${skipped} images of the archive have no outline and are not in the index`,
    };
  }
}
