import { relative, resolve } from "node:path";
import { projectPaths } from "../../config/project_paths.ts";
import { isTaggedError, TaggedError } from "../../core/errors.ts";
import { removeUnfinishedFiles } from "../../files/unfinished_files.ts";
import type { MeasurementRow } from "../../outputs/measurement_row.ts";
import { rowHash } from "../../outputs/row_hash.ts";
import { Database } from "../../store/database.ts";
import { AttachedShard, type ShardSource } from "../../store/shard_source.ts";
import { argumentsOf } from "../discover.ts";
import type { EventListener, WorkflowEvent } from "../events.ts";
import { ingestCatalog } from "../ingest_catalog.ts";
import { Project, type ProjectOptions } from "../project.ts";
import { recordedRun } from "../run_record.ts";
import { verifySourceOutputs } from "../source_outputs.ts";
import { copyShardFiles } from "./copy_shard_files.ts";
import {
  acquireShardLock,
  removeShardDatabase,
  type ShardDatabase,
  shardDatabases,
  shardText,
} from "./shard_databases.ts";

/** What to merge. */
export interface MergeOptions extends ProjectOptions {
  /**
   * Copies of the project, made on other machines, whose shards are merged too, files included; they are not changed.
   * Relative paths start at the working directory.
   */
  readonly folders?: readonly string[];
  /** Stops the work; what was merged stays, and merging again goes on. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What became of the sources of a shard. */
export interface MergedShard {
  /** The shard, such as `2/4`. */
  readonly shard: string;
  /** Absolute path of its database. */
  readonly database: string;
  /** Sources that were taken over. */
  readonly merged: number;
  /** Sources of which the project knew all already, or more than the shard. */
  readonly unchanged: number;
  /** Measurements of the sources that were taken over. */
  readonly measurements: number;
  /** Sources that could not be taken over, and why. */
  readonly refused: readonly {
    readonly sourceName: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** Sources taken over whose outputs have to be written again, and why; the next run does that. */
  readonly staleOutputs: readonly { readonly sourceName: string; readonly reason: string }[];
}

/** What a merge did. */
export interface MergeResult {
  /** Identity of the run. */
  readonly runId: string;
  /** Absolute path of the project. */
  readonly project: string;
  /** The shards found, in order. */
  readonly shards: readonly MergedShard[];
}

/** A shard's database and the folder that its files are in. */
interface FoundShard extends ShardDatabase {
  readonly root: string;
}

/** A merged shard while its sources are counted. */
type Tally = { -readonly [Key in keyof MergedShard]: MergedShard[Key] } & {
  refused: { sourceName: string; code: string; message: string }[];
  staleOutputs: { sourceName: string; reason: string }[];
};

/** The shards of the project and of its copies. Throws project/no-shards for a copy that has none. */
function findShards(project: Project, folders: readonly string[]): FoundShard[] {
  const own = shardDatabases(project.paths).map((found) => ({ ...found, root: project.root }));
  const others = folders.flatMap((folder) => {
    const root = resolve(folder);
    const found = shardDatabases(projectPaths(root, project.config)).map((shard) => ({ ...shard, root }));
    if (found.length > 0) return found;
    throw new TaggedError(
      "project/no-shards",
      `Cannot merge ${root}: there is no database of a shard in it`,
      {
        context: { path: root },
        hint: "Name the folder that `spxcutdb run --project FOLDER --shard K/N` worked in",
      },
    );
  });
  return [...own, ...others];
}

/** Brings the schema of a shard's database up to date and throws store/corrupt when its pages are damaged. */
function checkDatabase({ path, shard }: FoundShard): void {
  using database = new Database(path);
  const problems = database.integrityProblems();
  if (problems.length === 0) return;
  throw new TaggedError(
    "store/corrupt",
    `The database of shard ${shardText(shard)} is damaged: ${problems[0]}`,
    {
      context: { path, problems },
      hint: "Remove this file and run the shard again, then merge again: the other shards are not affected",
    },
  );
}

/** Throws when a source of a shard must not be taken over: a changed catalog row, or a measurement that was altered. */
function requireSound(shard: AttachedShard, source: ShardSource): number {
  if (!source.isSame) {
    throw new TaggedError("store/shard-changed", "The catalog row has changed since the shard was made", {
      hint: "Run the shard again with --resume, then merge again",
    });
  }
  const measurements = shard.measurements(source.sourceId);
  for (const { measurementId, rowJson, rowHash: expected } of measurements) {
    if (rowHash(JSON.parse(rowJson) as MeasurementRow) === expected) continue;
    throw new TaggedError(
      "store/shard-damaged",
      `The row of measurement ${measurementId} is not the one that its hash stands for`,
      { hint: "Run the shard again with --resume --force-photometry-rerun, then merge again" },
    );
  }
  return measurements.length;
}

/** Takes one source over, with its files when they are in another folder. */
async function mergeSource(
  project: Project,
  attached: AttachedShard,
  root: string,
  source: ShardSource,
  tally: Tally,
): Promise<void> {
  const { sourceId, sourceName, touchedInShard, touchedInProject } = source;
  try {
    const measurements = requireSound(attached, source);
    if (touchedInShard <= touchedInProject) {
      tally.unchanged++;
      return;
    }
    const record = project.sources.find(sourceId)!;
    if (root !== project.root) {
      await copyShardFiles({
        from: root,
        to: project.root,
        resultsDirectory: relative(project.root, project.paths.results),
        slug: record.slug,
        cutouts: attached.files(sourceId),
      });
    }
    attached.takeSource(sourceId);
    tally.merged++;
    tally.measurements += measurements;
    const isFullQa = project.config.photometry.qa_level === "full";
    const outputs = await verifySourceOutputs(project, record, isFullQa);
    if (measurements > 0 && !outputs.current) {
      tally.staleOutputs.push({ sourceName, reason: outputs.reasons[0] ?? "" });
    }
  } catch (error) {
    if (!isTaggedError(error, "store/shard-damaged") && !isTaggedError(error, "store/shard-changed")) {
      throw error;
    }
    tally.refused.push({ sourceName, code: error.code, message: error.message });
  }
}

/** Merges one shard. Its lock is held meanwhile; a shard of the project itself goes once all of it is merged. */
async function* mergeShard(
  project: Project,
  found: FoundShard,
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkflowEvent, MergedShard> {
  using lock = acquireShardLock(found.root, found.shard, "merge");
  if (lock.isTakenOver) removeUnfinishedFiles(project.paths.results);
  checkDatabase(found);
  const shard = shardText(found.shard);
  const tally: Tally = {
    shard,
    database: found.path,
    merged: 0,
    unchanged: 0,
    measurements: 0,
    refused: [],
    staleOutputs: [],
  };
  {
    using attached = new AttachedShard(project.database, found.path, found.shard);
    attached.takeShared();
    const sources = attached.sources();
    for (const [index, source] of sources.entries()) {
      signal?.throwIfAborted();
      await mergeSource(project, attached, found.root, source, tally);
      const failed = tally.refused.length;
      yield { type: "progress", stage: "merge", done: index + 1 - failed, total: sources.length, failed };
    }
  }
  if (found.root === project.root && tally.refused.length === 0) await removeShardDatabase(found);
  yield {
    type: "shard_merged",
    shard,
    sources: tally.merged,
    measurements: tally.measurements,
    refused: tally.refused.length,
  };
  return tally;
}

/**
 * Joins what the shards of a project have done into the project's own database.
 *
 * Each row is held against its hash and each file of another folder against its checksum; what does not agree is left
 * where it is and told. Sources of which the project knows more by now are left alone, so that merging again, also
 * after a stop or a crash, changes nothing that is merged already.
 *
 * @throws {TaggedError} `project/no-shards`, `lock/held` while a shard is still at work, `store/corrupt`, `catalog/…`,
 * `config/…`, `storage/…`.
 */
export async function merge(options: MergeOptions): Promise<MergeResult> {
  using project = await Project.openForWriting(options, "merge", { merges: true });
  const found = findShards(project, options.folders ?? []);
  return await recordedRun(project, "merge", argumentsOf(options), options.onEvent, async function* (runId) {
    yield* ingestCatalog(project);
    const shards: MergedShard[] = [];
    for (const shard of found) shards.push(yield* mergeShard(project, shard, options.signal));
    const refused = shards.reduce((sum, shard) => sum + shard.refused.length, 0);
    const merged = shards.reduce((sum, shard) => sum + shard.merged, 0);
    return {
      status: refused > 0 ? "partial_success" : "success",
      counts: { shards: shards.length, merged, refused },
      result: { runId, project: project.root, shards },
    };
  });
}
