import { dirname } from "node:path";
import { TapClient } from "../archive/tap_client.ts";
import { discoveryRetry } from "../config/http_settings.ts";
import { storageError } from "../files/storage_error.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { Database } from "../store/database.ts";
import { FootprintTable, openFootprintDatabase } from "../store/footprints.ts";
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

/** Empties the index of footprints, so that the next update downloads it from the beginning. */
export function clearFootprintIndex(project: Project): void {
  using database = openFootprintIndex(project);
  new FootprintTable(database).clear();
}

/** Brings the index of a project up to date unless it is young enough, and tells what came. */
export async function* updateProjectFootprints(
  project: Project,
  client: HttpClient,
  database: Database,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent> {
  const config = project.config.discovery;
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
