import { basename, join, relative, resolve } from "node:path";
import { loadConfig } from "../config/layers.ts";
import { newProjectFile } from "../config/project_file.ts";
import { PROJECT_FILE_NAME, projectPaths } from "../config/project_paths.ts";
import { TaggedError } from "../core/errors.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { acquireProjectLock } from "../files/project_lock.ts";
import { storageError } from "../files/storage_error.ts";
import { Database } from "../store/database.ts";
import { readProjectCatalog } from "./ingest_catalog.ts";

/** What a new project is made of. */
export interface InitOptions {
  /** Folder of the project; made when absent. */
  readonly project: string;
  /** The catalog; relative paths start at the working directory. */
  readonly catalog?: string;
  /** Column with the durable identity and name of each target. @default {"Name"} */
  readonly targetIdColumn?: string;
  /** Column with the right ascension. @default {"RA_deg"} */
  readonly raColumn?: string;
  /** Column with the declination. @default {"DEC_deg"} */
  readonly decColumn?: string;
  /** Side of the cutouts, arcseconds. @default {60} */
  readonly defaultCutoutSizeArcsec?: number;
  /** Whether the deep collections are asked for too. @default {true} */
  readonly includeDeep?: boolean;
  /** More values of the configuration, by key. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Replace the configuration of an existing project; its data stays. @default {false} */
  readonly force?: boolean;
}

/** A project that was made. */
export interface InitResult {
  /** Absolute path of the project's folder. */
  readonly project: string;
  /** Absolute path of its configuration. */
  readonly configFile: string;
  /** Absolute path of its database. */
  readonly database: string;
  /** Absolute path of its catalog, and the number of its targets; null when no catalog was given. */
  readonly catalog:
    | { readonly path: string; readonly targets: number; readonly warnings: readonly string[] }
    | null;
}

function projectValues(options: InitOptions, root: string): Record<string, unknown> {
  const collections = ["spherex_qr2", "spherex_qr2_deep", "spherex_qr3", "spherex_qr3_deep"];
  return {
    "project.name": basename(root),
    "catalog.path": options.catalog === undefined ? undefined : relative(root, resolve(options.catalog)),
    "catalog.source_id_column": options.targetIdColumn,
    "catalog.source_name_column": options.targetIdColumn,
    "catalog.ra_column": options.raColumn,
    "catalog.dec_column": options.decColumn,
    "cutouts.default_size_arcsec": options.defaultCutoutSizeArcsec ?? 60,
    "discovery.collections": options.includeDeep === false
      ? collections.filter((name) => !name.endsWith("_deep"))
      : undefined,
    ...options.config,
  };
}

function refuseExisting(configFile: string, force: boolean): void {
  try {
    Deno.lstatSync(configFile);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw storageError(error, "read", configFile);
  }
  if (force) return;
  throw new TaggedError("project/exists", `There is a project already: ${configFile}`, {
    context: { path: configFile },
    hint: "Use it as it is, or replace its configuration with --force; its data is kept either way",
  });
}

/**
 * Makes a project: its folders, its configuration `spherex_cutoutdb.yaml` and its empty database.
 *
 * The catalog is read first, so that a project never starts with one that cannot be used. Nothing is written when
 * something is wrong with it or with the options.
 *
 * @throws {TaggedError} `project/exists` without `force`, `catalog/…`, `config/…`, `storage/…`.
 */
export async function init(options: InitOptions): Promise<InitResult> {
  const root = resolve(options.project);
  const configFile = join(root, PROJECT_FILE_NAME);
  refuseExisting(configFile, options.force ?? false);
  const values = projectValues(options, root);
  const { config } = await loadConfig({ overrides: values });
  const catalogPath = options.catalog === undefined ? undefined : resolve(options.catalog);
  const reading = catalogPath === undefined
    ? undefined
    : await readProjectCatalog(config, catalogPath, "run `spxcutdb init` again: nothing was written");
  try {
    await Deno.mkdir(root, { recursive: true });
  } catch (error) {
    throw storageError(error, "make", root);
  }
  using _lock = acquireProjectLock(root, "init");
  const paths = projectPaths(root, config);
  for (const folder of [join(paths.database, ".."), paths.cutouts, paths.cache, paths.results, paths.logs]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  await writeFileAtomic(configFile, newProjectFile(values));
  new Database(paths.database).close();
  return {
    project: root,
    configFile,
    database: paths.database,
    catalog: reading === undefined || catalogPath === undefined ? null : {
      path: catalogPath,
      targets: reading.sources.length,
      warnings: reading.problems.map((problem) => problem.message),
    },
  };
}
