import { join } from "node:path";
import type { ExportedTable } from "../outputs/exported_columns.ts";
import { exportedFileName, type ExportFormat, type ExportResult, exportTables } from "./export_tables.ts";
import type { ProjectOptions } from "./project.ts";

/** Which lists to write. */
export interface ExportManifestOptions extends ProjectOptions {
  /** The lists; sources, images, cutouts, failures and manifests when left out. */
  readonly tables?: readonly ExportedTable[];
  /** The formats of each. @default {["csv"]} */
  readonly formats?: readonly ExportFormat[];
  /** Folder of the files; in `exports/` of the project's results when absent. */
  readonly outputDirectory?: string;
  /** Stops the writing; the file that is being written is not kept. */
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface ExportManifestResult {
  /** Each list in each format. */
  readonly exports: readonly ExportResult[];
}

const LISTS: readonly ExportedTable[] = ["sources", "images", "cutouts", "failures", "manifests"];

/**
 * Writes lists of what a project has: its sources, the images that cover them, cutouts, failures and published outputs.
 *
 * @throws {TaggedError} `config/…`, `store/…`, `storage/…`.
 */
export async function exportManifest(options: ExportManifestOptions): Promise<ExportManifestResult> {
  const { tables = LISTS, formats = ["csv"], outputDirectory, ...others } = options;
  const exports: ExportResult[] = [];
  for (const table of new Set(tables)) {
    for (const format of new Set(formats)) {
      const output = outputDirectory === undefined
        ? {}
        : { output: join(outputDirectory, exportedFileName(table, format)) };
      exports.push(await exportTables({ ...others, table, format, ...output }));
    }
  }
  return { exports };
}
