import { relative, resolve } from "node:path";
import type { CatalogProblem } from "../catalog/catalog_source.ts";
import { catalogError, readCatalog } from "../catalog/read_catalog.ts";
import { runtimeLimits } from "../config/runtime_limits.ts";
import { photometrySettings } from "../config/photometry_settings.ts";
import { type TaggedError } from "../core/errors.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import { catalogMapping } from "./ingest_catalog.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** What to check. */
export interface ValidateOptions extends ProjectOptions {
  /** Another catalog than the project's; relative paths start at the working directory. */
  readonly catalog?: string;
}

/** What a check of a project found. */
export interface ValidateResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** Absolute path of the catalog. */
  readonly catalog: string;
  /** Usable targets in the catalog. */
  readonly targets: number;
  /** What is wrong or odd with the catalog, with lines. */
  readonly catalogProblems: readonly CatalogProblem[];
  /** What is wrong with the database. */
  readonly databaseProblems: readonly string[];
  /** What a run may use of the machine, all limits taken together. */
  readonly limits: Readonly<Record<string, number>>;
  /** The one error that stands for all errors of the catalog; undefined when it can be used. */
  readonly error: TaggedError | undefined;
}

/**
 * Checks a project before work: configuration, paths, runtime limits, catalog and database. Nothing is changed.
 *
 * @throws {TaggedError} `config/…` and `project/…` when the configuration cannot be used, `storage/outside-project`
 * when a folder leads out of the project, `catalog/not-found`.
 */
export async function validateProject(options: ValidateOptions): Promise<ValidateResult> {
  const root = resolve(options.project);
  const overrides = options.catalog === undefined
    ? {}
    : { "catalog.path": relative(root, resolve(options.catalog)) };
  using project = await Project.open({ ...options, config: { ...options.config, ...overrides } });
  photometrySettings(project.config, PIXEL_FLAGS);
  const reading = await readCatalog(project.paths.catalog, catalogMapping(project.config));
  return {
    project: project.root,
    configHash: project.effective.hash,
    catalog: project.paths.catalog,
    targets: reading.sources.length,
    catalogProblems: reading.problems,
    databaseProblems: project.database.integrityProblems(),
    limits: { ...runtimeLimits(project.config, navigator.hardwareConcurrency) },
    error: catalogError(reading, project.paths.catalog),
  };
}
