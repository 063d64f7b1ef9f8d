import { join, resolve } from "node:path";
import { insideDirectory } from "../files/safe_path.ts";
import type { Config } from "./schema.ts";

/** Name of a project's configuration file. */
export const PROJECT_FILE_NAME = "spherex_cutoutdb.yaml";

/** Where everything of a project lies; all paths are absolute. */
export interface ProjectPaths {
  /** The project directory. */
  readonly root: string;
  /** The configuration file. */
  readonly configFile: string;
  /** The catalog, which may lie outside the project. */
  readonly catalog: string;
  /** The SQLite database. */
  readonly database: string;
  /** Folder of all data. */
  readonly data: string;
  /** Folder of cutouts, the only one that cleanup removes files from. */
  readonly cutouts: string;
  /** Folder of downloads that are not complete. */
  readonly partial: string;
  /** Folder of what can be fetched again. */
  readonly cache: string;
  /** The database of the index of footprints, which may lie outside the project. */
  readonly footprints: string;
  /** Folder of calibration files. */
  readonly calibration: string;
  /** Folder of logs. */
  readonly logs: string;
  /** Folder of the logs of runs. */
  readonly runLogs: string;
  /** Folder of the records of runs. */
  readonly runs: string;
  /** Folder of spectra, plots, QA and provenance. */
  readonly results: string;
}

/**
 * Resolves the paths of a project and makes sure that all it writes to lies inside it, links followed.
 *
 * @param projectDirectory The project; relative paths start at the working directory.
 * @param config The effective configuration.
 * @throws {TaggedError} `storage/outside-project` when a folder leads out of the project.
 */
export function projectPaths(projectDirectory: string, config: Config): ProjectPaths {
  const root = resolve(projectDirectory);
  function inside(path: string): string {
    return insideDirectory(root, path);
  }
  const { project, calibration, photometry } = config;
  return {
    root,
    configFile: inside(PROJECT_FILE_NAME),
    catalog: resolve(root, config.catalog.path),
    database: inside(project.database_path),
    data: inside(project.data_root),
    cutouts: inside(join(project.data_root, "cutouts")),
    partial: inside(join(project.data_root, "partial")),
    cache: inside(project.cache_root),
    footprints: resolve(root, config.discovery.index_path),
    calibration: inside(calibration.cache_root),
    logs: inside(project.log_root),
    runLogs: inside(join(project.log_root, "runs")),
    runs: inside("runs"),
    results: inside(photometry.output_root),
  };
}
