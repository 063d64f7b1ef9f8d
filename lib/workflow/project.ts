import { dirname, join, resolve } from "node:path";
import { type EffectiveConfig, loadConfig } from "../config/layers.ts";
import { PROJECT_FILE_NAME, type ProjectPaths, projectPaths } from "../config/project_paths.ts";
import type { Config } from "../config/schema.ts";
import { acquireProjectLock, type ProjectLock } from "../files/project_lock.ts";
import { CalibrationTable } from "../store/calibrations.ts";
import { CutoutTable } from "../store/cutouts.ts";
import { Database } from "../store/database.ts";
import { MeasurementTable } from "../store/measurements.ts";
import { ProductTable } from "../store/products.ts";
import { RunTable } from "../store/runs.ts";
import { SourceTable } from "../store/sources.ts";
import type { FitTarget } from "./fit_job.ts";
import { readNeighbourCatalog } from "./neighbour_catalog.ts";

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
  /** Runs, states and failures. */
  readonly runs: RunTable;
  /** The neighbour catalog that the configuration names. */
  readonly neighbourCatalog: readonly FitTarget[];
  readonly #lock: ProjectLock | undefined;

  private constructor(
    paths: ProjectPaths,
    effective: EffectiveConfig,
    database: Database,
    neighbourCatalog: readonly FitTarget[],
    lock: ProjectLock | undefined,
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
    this.#lock = lock;
  }

  /** Opens a project for reading; others may write to it meanwhile. */
  static async open(options: ProjectOptions): Promise<Project> {
    return Project.#open(options, await loadProjectConfig(options), undefined);
  }

  /** Opens a project for writing. Throws lock/held, naming the holder, when another program does the same. */
  static async openForWriting(options: ProjectOptions, command: string): Promise<Project> {
    const effective = await loadProjectConfig(options);
    const lock = acquireProjectLock(resolve(options.project), command);
    try {
      return await Project.#open(options, effective, lock);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  static async #open(
    options: ProjectOptions,
    effective: EffectiveConfig,
    lock: ProjectLock | undefined,
  ): Promise<Project> {
    const neighbours = await readNeighbourCatalog(effective.config, options.project);
    const paths = projectPaths(options.project, effective.config);
    // A project whose configuration alone was kept, or copied, starts anew.
    if (lock !== undefined) Deno.mkdirSync(dirname(paths.database), { recursive: true });
    return new Project(paths, effective, new Database(paths.database), neighbours, lock);
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
      this.#lock?.[Symbol.dispose]();
    }
  }
}
