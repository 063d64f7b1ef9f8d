import { dirname, join, resolve } from "node:path";
import { type EffectiveConfig, loadConfig } from "../config/layers.ts";
import { PROJECT_FILE_NAME, type ProjectPaths, projectPaths } from "../config/project_paths.ts";
import type { Config } from "../config/schema.ts";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { Shard } from "../core/shard.ts";
import { storageError } from "../files/storage_error.ts";
import { acquireProjectLock, type ProjectLock } from "../files/project_lock.ts";
import { removeUnfinishedFiles } from "../files/unfinished_files.ts";
import { CalibrationTable } from "../store/calibrations.ts";
import { CutoutTable } from "../store/cutouts.ts";
import { copyDatabase, Database } from "../store/database.ts";
import { MeasurementTable } from "../store/measurements.ts";
import { ProductTable } from "../store/products.ts";
import { RunTable } from "../store/runs.ts";
import { SourceTable } from "../store/sources.ts";
import { StateTable } from "../store/states.ts";
import type { FitTarget } from "./fit_job.ts";
import { readNeighbourCatalog } from "./neighbour_catalog.ts";
import {
  acquireShardLock,
  prepareShard,
  requireMerged,
  shardDatabasePath,
} from "./shards/shard_databases.ts";

/** Which project, and with which configuration over its own. */
export interface ProjectOptions {
  /** Folder of the project. */
  readonly project: string;
  /** A batch configuration for this call only. */
  readonly batchConfig?: string | undefined;
  /** Values by key, such as `{"runtime.max_fit_workers": 4}`; they win over both files. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** Loads the effective configuration of a project without opening its database. */
export function loadProjectConfig(options: ProjectOptions): Promise<EffectiveConfig> {
  return loadConfig({
    projectFile: join(options.project, PROJECT_FILE_NAME),
    ...(options.batchConfig === undefined ? {} : { batchFile: options.batchConfig }),
    overrides: options.config ?? {},
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw storageError(error, "look at", path);
  }
}

/** Whether a project has cutouts or results, that is, once had a database that knew them. */
function hasData({ cutouts, results }: ProjectPaths): boolean {
  return [cutouts, results].some((folder) => exists(folder) && [...Deno.readDirSync(folder)].length > 0);
}

/** The error for a project without a database: a new one would pass for a project in which nothing was ever done. */
function noDatabase(paths: ProjectPaths): TaggedError {
  const { root, database, cutouts, results } = paths;
  return new TaggedError("project/no-database", `The project has no database: there is no file ${database}`, {
    context: { path: database },
    hint: hasData(paths)
      ? `Restore it from a backup; to start anew, move ${cutouts} and ${results} away and run again`
      : `Restore it from a backup, or start anew with \`spxcutdb run --project ${root} --discover --sync-calibration\``,
  });
}

/** Opens a database for reading; read-only where it may not be written, as in another user's project. */
function openForReading(path: string): Database {
  try {
    return new Database(path);
  } catch (error) {
    if (!isTaggedError(error, "storage/permission")) throw error;
    return new Database(path, { readOnly: true });
  }
}

/** Opens or makes a database for writing: a project whose configuration alone was kept, or copied, starts anew. */
function openForWriting(path: string): Database {
  Deno.mkdirSync(dirname(path), { recursive: true });
  return new Database(path);
}

/** A folder outside of the project that is removed at the end. */
function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync({ prefix: "spxcutdb_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** An open project: its configuration, its folders and its database. */
export class Project implements Disposable {
  /** Absolute paths of the project's folders and files. */
  readonly paths: ProjectPaths;
  /** The merged configuration with its hashes. */
  readonly effective: EffectiveConfig;
  /** The database. */
  readonly database: Database;
  /** Targets. */
  readonly sources: SourceTable;
  /** Discovered images. */
  readonly products: ProductTable;
  /** Cutout files. */
  readonly cutouts: CutoutTable;
  /** Calibration files. */
  readonly calibrations: CalibrationTable;
  /** Measurements. */
  readonly measurements: MeasurementTable;
  /** Runs and failures. */
  readonly runs: RunTable;
  /** How far each work item and source is. */
  readonly states: StateTable;
  /** The neighbour catalog that the configuration names. */
  readonly neighbourCatalog: readonly FitTarget[];
  readonly #held: Disposable | undefined;

  private constructor(
    paths: ProjectPaths,
    effective: EffectiveConfig,
    database: Database,
    neighbourCatalog: readonly FitTarget[],
    held: Disposable | undefined,
  ) {
    this.neighbourCatalog = neighbourCatalog;
    this.paths = paths;
    this.effective = effective;
    this.database = database;
    this.sources = new SourceTable(database);
    this.products = new ProductTable(database);
    this.cutouts = new CutoutTable(database);
    this.calibrations = new CalibrationTable(database);
    this.measurements = new MeasurementTable(database);
    this.runs = new RunTable(database);
    this.states = new StateTable(database);
    this.#held = held;
  }

  /**
   * Opens a project for reading; others may write to it meanwhile, and it need not be writable. Throws
   * project/no-database when its database is gone.
   */
  static async open(options: ProjectOptions): Promise<Project> {
    return Project.#open(options, await loadProjectConfig(options), undefined);
  }

  /**
   * Opens a project for writing; what a killed process was still writing is removed first. Throws lock/held, naming
   * the holder, when another program does the same, project/no-database when its database is gone and there are
   * cutouts or results that it knew, and project/unmerged-shards when shards know more than it does, unless the command
   * `merges` them.
   */
  static async openForWriting(
    options: ProjectOptions,
    command: string,
    { merges = false }: { readonly merges?: boolean } = {},
  ): Promise<Project> {
    const effective = await loadProjectConfig(options);
    const lock = acquireProjectLock(resolve(options.project), command);
    try {
      const paths = projectPaths(options.project, effective.config);
      if (!merges) requireMerged(paths);
      // While shards work, unfinished files can be theirs.
      if (lock.isTakenOver && !merges) removeUnfinishedFiles(paths.root, [paths.cutouts]);
      return await Project.#open(options, effective, lock);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Opens the part of a project that one shard works on: the project's folders with a database of its own, which is
   * made from the project's at the first time. Other shards may work meanwhile. Throws as
   * {@linkcode Project.openForWriting} does, and project/other-shards.
   */
  static async openShard(options: ProjectOptions, shard: Shard, command: string): Promise<Project> {
    const effective = await loadProjectConfig(options);
    const paths = projectPaths(options.project, effective.config);
    if (!exists(paths.database)) throw noDatabase(paths);
    const lock = acquireShardLock(paths.root, shard, command);
    try {
      await prepareShard(paths, shard);
      return await Project.#open(options, effective, lock, shardDatabasePath(paths, shard));
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Opens a project with a copy of its database that is thrown away in the end: whatever is written leaves the project
   * as it is. Others may work on it meanwhile. Throws project/no-database as {@linkcode Project.openForWriting} does.
   */
  static async openRehearsal(options: ProjectOptions): Promise<Project> {
    const effective = await loadProjectConfig(options);
    const neighbours = await readNeighbourCatalog(effective.config, options.project);
    const paths = projectPaths(options.project, effective.config);
    if (!exists(paths.database) && hasData(paths)) throw noDatabase(paths);
    const copy = temporaryFolder();
    try {
      const path = join(copy.path, "rehearsal.sqlite");
      if (exists(paths.database)) await copyDatabase(paths.database, path);
      return new Project(paths, effective, new Database(path), neighbours, copy);
    } catch (error) {
      copy[Symbol.dispose]();
      throw error;
    }
  }

  static async #open(
    options: ProjectOptions,
    effective: EffectiveConfig,
    lock: ProjectLock | undefined,
    shardDatabase?: string,
  ): Promise<Project> {
    const neighbours = await readNeighbourCatalog(effective.config, options.project);
    const own = projectPaths(options.project, effective.config);
    const paths = shardDatabase === undefined ? own : { ...own, database: shardDatabase };
    if (!exists(paths.database) && (lock === undefined || hasData(paths))) throw noDatabase(paths);
    const database = lock === undefined ? openForReading(paths.database) : openForWriting(paths.database);
    return new Project(paths, effective, database, neighbours, lock);
  }

  /** The merged configuration. */
  get config(): Config {
    return this.effective.config;
  }

  /** Absolute path of the project's folder. */
  get root(): string {
    return this.paths.root;
  }

  /** Commits, closes the database and gives the lock back. */
  [Symbol.dispose](): void {
    try {
      this.database.close();
    } finally {
      this.#held?.[Symbol.dispose]();
    }
  }
}
