import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ProjectPaths } from "../../config/project_paths.ts";
import { isTaggedError, TaggedError } from "../../core/errors.ts";
import { parseShard, type Shard } from "../../core/shard.ts";
import { commitFile } from "../../files/atomic_write.ts";
import {
  acquireProjectLock,
  type LockHolder,
  type ProjectLock,
  projectLockHolder,
} from "../../files/project_lock.ts";
import { storageError } from "../../files/storage_error.ts";
import { Database } from "../../store/database.ts";

/** The state of one shard: a database file of its own beside the project's. */
export interface ShardDatabase {
  /** Which part of the sources it is about. */
  readonly shard: Shard;
  /** Absolute path of the file. */
  readonly path: string;
}

/** What a process does while it copies the project's database for a shard; others that do the same wait for it. */
const PREPARING = "run --shard, preparing";

/** How long shards that start together wait for one another, milliseconds. */
const PREPARATION_TIMEOUT_MS = 120_000;

/** How a shard is written for people and on the command line. */
export function shardText({ part, of }: Shard): string {
  return `${part}/${of}`;
}

function shardFolder({ database }: ProjectPaths): string {
  return join(dirname(database), "shards");
}

/** Where the state of a shard lies. */
export function shardDatabasePath(paths: ProjectPaths, { part, of }: Shard): string {
  return join(shardFolder(paths), `${part}-of-${of}.sqlite`);
}

function lockFileName({ part, of }: Shard): string {
  return `.spxcutdb.shard-${part}-of-${of}.lock`;
}

/** Takes the lock of a shard, which lets the other shards of the project work. Throws lock/held. */
export function acquireShardLock(root: string, shard: Shard, command: string): ProjectLock {
  return acquireProjectLock(root, command, {
    what: `shard ${shardText(shard)} of the project`,
    fileName: lockFileName(shard),
  });
}

/** Who works on a shard now; undefined when nobody does. */
export function shardLockHolder(root: string, shard: Shard): LockHolder | undefined {
  return projectLockHolder(root, lockFileName(shard));
}

/** The shards of a project that have not been merged yet, in order. */
export function shardDatabases(paths: ProjectPaths): ShardDatabase[] {
  const folder = shardFolder(paths);
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
      const shard = parseShard(name.replace(/\.sqlite$/, "").replace("-of-", "/"));
      return shard === undefined || !name.endsWith(".sqlite") ? [] : [{ shard, path: join(folder, name) }];
    }).sort((a, b) => a.shard.of - b.shard.of || a.shard.part - b.shard.part);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw storageError(error, "read", folder);
  }
}

/** Throws project/unmerged-shards when shards hold work that the project's own database does not know of yet. */
export function requireMerged(paths: ProjectPaths): void {
  const shards = shardDatabases(paths);
  if (shards.length === 0) return;
  throw new TaggedError(
    "project/unmerged-shards",
    `The project has ${shards.length === 1 ? "a shard" : `${shards.length} shards`} that ${
      shards.length === 1 ? "was" : "were"
    } not merged yet: ${shards.map(({ shard }) => shardText(shard)).join(", ")}`,
    {
      context: { shards: shards.map(({ shard }) => shardText(shard)) },
      hint:
        `Run \`spxcutdb merge --project ${paths.root}\` once the shards have ended, then this command again`,
    },
  );
}

/** Throws project/other-shards when the project is cut into another number of parts already. */
function requireSameCut(paths: ProjectPaths, wanted: Shard): void {
  const other = shardDatabases(paths).find(({ shard }) => shard.of !== wanted.of);
  if (other === undefined) return;
  throw new TaggedError(
    "project/other-shards",
    `Cannot work on shard ${shardText(wanted)}: the project is cut into ${other.shard.of} shards already`,
    {
      context: { found: other.shard.of, wanted: wanted.of },
      hint: `Go on with shards of ${other.shard.of}, or run \`spxcutdb merge --project ${paths.root}\` first`,
    },
  );
}

/** Takes the project's lock, waiting for other shards that are just being prepared. */
async function lockForPreparation(root: string): Promise<ProjectLock> {
  const end = performance.now() + PREPARATION_TIMEOUT_MS;
  for (;;) {
    try {
      return acquireProjectLock(root, PREPARING);
    } catch (error) {
      // A lock without a name is one whose holder is about to write it.
      const holder = isTaggedError(error, "lock/held") ? error.context["command"] : undefined;
      if ((holder !== PREPARING && holder !== null) || performance.now() > end) throw error;
      await delay(20);
    }
  }
}

/**
 * Makes the database of a shard from the project's own, when there is none yet. Shards may be started at once.
 *
 * @throws {TaggedError} `project/other-shards`, `lock/held` while something else writes to the project, `store/…`,
 * `storage/…`.
 */
export async function prepareShard(paths: ProjectPaths, shard: Shard): Promise<void> {
  using _lock = await lockForPreparation(paths.root);
  requireSameCut(paths, shard);
  const path = shardDatabasePath(paths, shard);
  if (shardDatabases(paths).some((known) => known.path === path)) return;
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const temporary = join(folder, `${shard.part}-of-${shard.of}.new`);
    await Deno.remove(temporary).catch(() => {});
    using database = new Database(paths.database);
    database.copyTo(temporary);
    await commitFile(temporary, path);
  } catch (error) {
    throw storageError(error, "prepare", path);
  }
}

/** Removes a merged shard's database with the files that SQLite keeps beside it; the database goes last. */
export async function removeShardDatabase({ path }: ShardDatabase): Promise<void> {
  for (const file of [`${path}-wal`, `${path}-shm`, path]) {
    try {
      await Deno.remove(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "remove", file);
    }
  }
}
