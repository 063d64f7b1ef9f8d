import type { ProjectPaths } from "../../config/project_paths.ts";
import { isTaggedError } from "../../core/errors.ts";
import type { LockHolder } from "../../files/project_lock.ts";
import { Database } from "../../store/database.ts";
import { type PartTotals, partTotals } from "../../store/summaries.ts";
import { shardDatabases, shardLockHolder, shardText } from "./shard_databases.ts";

/** How far a shard that has not been merged is. */
export interface ShardProgress {
  /** The shard, such as `2/4`. */
  readonly shard: string;
  /** Absolute path of its database. */
  readonly database: string;
  /** Who works on it now; null when nobody does. */
  readonly writer: LockHolder | null;
  /** Counts over its part of the sources; null when its database cannot be read. */
  readonly totals: PartTotals | null;
  /** Why its database cannot be read; null when it can. */
  readonly problem: string | null;
}

/** How far each shard is that has not been merged, in order, from databases that are only read. */
export function shardProgress(paths: ProjectPaths): ShardProgress[] {
  return shardDatabases(paths).map(({ shard, path }) => {
    const known = {
      shard: shardText(shard),
      database: path,
      writer: shardLockHolder(paths.root, shard) ?? null,
    };
    try {
      using database = new Database(path, { readOnly: true });
      return { ...known, totals: partTotals(database, shard), problem: null };
    } catch (error) {
      // One that is damaged, or just being made, says nothing of the others.
      if (!isTaggedError(error, "store") && !isTaggedError(error, "storage")) throw error;
      return { ...known, totals: null, problem: error.message };
    }
  });
}

/** The names of the shards of a project that have not been merged, in order. */
export function unmergedShards(paths: ProjectPaths): string[] {
  return shardDatabases(paths).map(({ shard }) => shardText(shard));
}
