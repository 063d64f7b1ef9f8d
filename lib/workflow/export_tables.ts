import { join, resolve } from "node:path";
import { writeChunksAtomic } from "../files/atomic_write.ts";
import { encodeTableRows } from "../fits/encode_table_rows.ts";
import {
  checkCorrections,
  correctionColumns,
  correctionNotes,
  type SpectrumCorrections,
} from "../outputs/corrections.ts";
import { EXPORTED_COLUMNS, EXPORTED_DESCRIPTIONS, type ExportedTable } from "../outputs/exported_columns.ts";
import type { SourceRecord } from "../store/sources.ts";
import { encodeCsvTable } from "../table/csv_table.ts";
import { encodeEcsvTable } from "../table/ecsv_table.ts";
import { encodeIpacTable } from "../table/ipac_table.ts";
import type { FileChunks, TableRow, TableSource } from "../table/table_source.ts";
import { encodeVotableTable } from "../table/votable_table.ts";
import { checkSelection } from "./discover.ts";
import { type RowsOfSource, rowsOfTable } from "./exported_table_rows.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** A format of exported tables. */
export type ExportFormat = "csv" | "ecsv" | "votable" | "fits" | "parquet" | "ipac";

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  csv: "csv",
  ecsv: "ecsv",
  votable: "vot",
  fits: "fits",
  parquet: "parquet",
  ipac: "tbl",
};

/** The usual name of the file of a table. */
export function exportedFileName(table: ExportedTable, format: ExportFormat): string {
  return `${table}.${EXTENSIONS[format]}`;
}

/** The formats of exported tables. */
export const EXPORT_FORMATS: readonly ExportFormat[] = Object.keys(EXTENSIONS) as ExportFormat[];

/** What to export and where to. */
export interface ExportOptions extends ProjectOptions {
  /** The format of the files. */
  readonly format: ExportFormat;
  /** The table. @default {"spectra"} */
  readonly table?: ExportedTable;
  /** Whether each source gets a file of its own. @default {false} */
  readonly perSource?: boolean;
  /** Names or identities of sources; all when absent or empty. */
  readonly sourceNames?: readonly string[];
  /** For the binned spectra: leaves out measurements so many sigmas off the median of their channel. */
  readonly clipSigma?: number | undefined;
  /** Corrections to add as columns to spectra, measurements and, for extinction, binned spectra; none when absent. */
  readonly corrections?: SpectrumCorrections | undefined;
  /** The file, or the folder when each source gets a file; in `exports/` of the project's results when absent. */
  readonly output?: string;
  /** Stops the writing; the file that is being written is not kept. */
  readonly signal?: AbortSignal;
}

/** A file that was exported. */
export interface ExportedFile {
  /** Absolute path. */
  readonly path: string;
  /** Rows in it. */
  readonly rows: number;
  /** Its length. */
  readonly bytes: number;
}

/** What was exported. */
export interface ExportResult {
  /** The table. */
  readonly table: ExportedTable;
  /** The format. */
  readonly format: ExportFormat;
  /** The files in the order of the catalog. */
  readonly files: readonly ExportedFile[];
}

/** An encoder, loaded when it is asked for: only one of the formats needs a library. */
async function encoderOf(format: ExportFormat): Promise<(table: TableSource) => FileChunks> {
  switch (format) {
    case "csv":
      return encodeCsvTable;
    case "ecsv":
      return encodeEcsvTable;
    case "votable":
      return encodeVotableTable;
    case "fits":
      return encodeTableRows;
    case "ipac":
      return encodeIpacTable;
    case "parquet":
      return (await import("../table/parquet_table.ts")).encodeParquetTable;
  }
}

/** The rows of some sources as a table that counts what is read of it. */
class CountedTable implements TableSource {
  readonly name: ExportedTable;
  readonly description: string;
  readonly columns: TableSource["columns"];
  readonly metadata: Readonly<Record<string, string>>;
  /** Rows of the latest reading. */
  rowCount = 0;
  readonly #sources: () => Iterable<SourceRecord>;
  readonly #rowsOfSource: RowsOfSource;
  readonly #signal: AbortSignal | undefined;

  constructor(
    project: Project,
    options: ExportOptions,
    sources: () => Iterable<SourceRecord>,
    rowsOfSource: RowsOfSource,
  ) {
    this.name = options.table ?? "spectra";
    this.description = EXPORTED_DESCRIPTIONS[this.name];
    this.columns = [...EXPORTED_COLUMNS[this.name], ...correctionColumns(options.corrections)];
    this.metadata = {
      program: `spxcutdb ${PACKAGE_VERSION}`,
      project: project.config.project.name,
      config_hash: project.effective.hash,
      ...(options.clipSigma === undefined ? {} : { clip_sigma: String(options.clipSigma) }),
      ...correctionNotes(options.corrections ?? {}),
    };
    this.#sources = sources;
    this.#rowsOfSource = rowsOfSource;
    this.#signal = options.signal;
  }

  *rows(): Generator<TableRow> {
    this.rowCount = 0;
    for (const source of this.#sources()) {
      this.#signal?.throwIfAborted();
      for (const row of this.#rowsOfSource(source)) {
        this.rowCount++;
        yield row;
      }
    }
  }
}

/**
 * Writes a table of a project for other programs: CSV, ECSV, VOTable, FITS, Parquet or IPAC, with units, descriptions and
 * UCDs where the format has a place for them, as one file or one for each source.
 *
 * Rows are read from one state of the database and written as they come; at most one source, or 10,000 rows, are in
 * memory. A file stands under its name only when it is complete.
 *
 * @throws {TaggedError} `catalog/unknown-source`, `config/…`, `store/…`, `storage/…`.
 * @throws {RangeError} When `clipSigma` is given for another table than `binned`, or is not positive, and for corrections
 * of a table that has none, or that cannot be.
 */
export async function exportTables(options: ExportOptions): Promise<ExportResult> {
  const { format, table = "spectra", clipSigma } = options;
  if (clipSigma !== undefined && !(table === "binned" && clipSigma > 0)) {
    throw new RangeError(`A positive clipSigma belongs to the table binned, not ${clipSigma} to ${table}`);
  }
  checkCorrections(table, options.corrections);
  const encode = await encoderOf(format);
  using project = await Project.open(options);
  using _snapshot = project.database.snapshot();
  const selection = { names: options.sourceNames ?? [] };
  checkSelection(project, selection);
  const rowsOfSource = rowsOfTable(project, table, clipSigma, options.corrections);
  const write = async (path: string, sources: () => Iterable<SourceRecord>): Promise<ExportedFile> => {
    const rows = new CountedTable(project, options, sources, rowsOfSource);
    return { path, bytes: await writeChunksAtomic(path, encode(rows)), rows: rows.rowCount };
  };
  const exports = join(project.paths.results, "exports");
  const extension = EXTENSIONS[format];
  if (options.perSource !== true) {
    const path = resolve(options.output ?? join(exports, exportedFileName(table, format)));
    return { table, format, files: [await write(path, () => project.sources.iterate(selection))] };
  }
  const folder = resolve(options.output ?? join(exports, table));
  const files: ExportedFile[] = [];
  for (const source of project.sources.iterate(selection)) {
    files.push(await write(join(folder, `${source.slug}.${extension}`), () => [source]));
  }
  return { table, format, files };
}
