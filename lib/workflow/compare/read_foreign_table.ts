import { TaggedError } from "../../core/errors.ts";
import { memorySource } from "../../fits/byte_source.ts";
import { openFits } from "../../fits/fits_file.ts";
import { readTable } from "../../fits/read_table.ts";
import type { TableColumn } from "../../fits/table_column.ts";
import { storageError } from "../../files/storage_error.ts";
import {
  type ForeignScalar,
  type ForeignTable,
  foreignTable,
  type ForeignValue,
} from "../../table/foreign_table.ts";
import { readDelimitedTable } from "../../table/read_delimited_table.ts";
import { looksLikeIpac, readIpacTable } from "../../table/read_ipac_table.ts";
import { resultTable } from "../../votable/query_status.ts";
import { parseVotable } from "../../votable/votable_parser.ts";

/** Larger files are no spectra of one source or of one upload; they would not fit into memory as text. */
const LARGEST_FILE_BYTES = 1 << 29;

/**
 * Reads a table that another program wrote, whatever its format: VOTable, FITS, Parquet, IPAC, ECSV, CSV or text
 * separated by tabs or blanks.
 *
 * @throws {TaggedError} `usage/not-a-table` when it is none of these, `storage/…`, `votable/…`, `fits/…`.
 */
export async function readForeignTable(path: string): Promise<ForeignTable> {
  const bytes = await readBytes(path);
  const start = String.fromCharCode(...bytes.subarray(0, 512));
  if (start.startsWith("SIMPLE  =")) return await fitsTable(bytes, path);
  if (start.startsWith("PAR1")) return await parquetTable(bytes);
  if (/^(\xef\xbb\xbf)?\s*</.test(start)) return votableTable(bytes);
  const text = new TextDecoder().decode(bytes);
  const table = looksLikeIpac(text) ? readIpacTable(text) : readDelimitedTable(text);
  if (table !== undefined && !text.includes("\u0000")) return table;
  throw notATable(path, "it has no line of column names");
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > LARGEST_FILE_BYTES) {
      throw notATable(path, `it has ${size} bytes, too many for a table of spectra`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof TaggedError) throw error;
    throw storageError(error, "read", path);
  }
}

function notATable(path: string, why: string): TaggedError {
  return new TaggedError("usage/not-a-table", `Cannot read ${path} as a table: ${why}`, {
    context: { path },
    hint: "Give a VOTable, FITS, Parquet, IPAC, ECSV or CSV file, or the folder of another project",
  });
}

function votableTable(bytes: Uint8Array): ForeignTable {
  const { fields, rows } = resultTable(parseVotable(bytes));
  const heads = fields.map(({ name, unit }) => ({ name, unit: unit ?? "" }));
  // Complex numbers, the one kind of value that is no scalar here, belong to no spectrum.
  return foreignTable("VOTable", heads, rows as readonly (readonly ForeignValue[])[]);
}

async function fitsTable(bytes: Uint8Array, path: string): Promise<ForeignTable> {
  const file = await openFits(memorySource(bytes));
  const hdu = (await file.hdus()).find(({ kind }) => kind === "bintable" || kind === "asciitable");
  if (hdu === undefined) throw notATable(path, "the FITS file has no table");
  const { columns, rowCount } = await readTable(hdu);
  return {
    format: "FITS",
    rowCount,
    columns: columns.map((column) => ({
      name: column.name,
      unit: column.unit ?? "",
      values: Array.from({ length: rowCount }, (_, row) => fitsCell(column, row)),
    })),
  };
}

function fitsCell(column: TableColumn, row: number): ForeignValue {
  if (column.kind === "variable") {
    const cell = column.data[row]!;
    return typeof cell === "string" ? cell : [...cell];
  }
  if (column.kind === "complex") return null;
  const count = column.elementsPerRow ?? 1;
  const values = Array.from({ length: count }, (_, n) => fitsValue(column, row * count + n));
  return count === 1 ? values[0]! : values;
}

function fitsValue(
  column: Exclude<TableColumn, { kind: "variable" | "complex" }>,
  index: number,
): ForeignScalar {
  if ("nulls" in column && column.nulls?.[index] === 1) return null;
  const value = column.data[index]!;
  return column.kind === "logical" ? value === 1 : value;
}

async function parquetTable(bytes: Uint8Array<ArrayBuffer>): Promise<ForeignTable> {
  const { parquetReadObjects } = await import("hyparquet");
  const rows = await parquetReadObjects({ file: bytes.buffer }) as Record<string, ForeignValue>[];
  const names = Object.keys(rows[0] ?? {});
  return foreignTable(
    "Parquet",
    names.map((name) => ({ name, unit: "" })),
    rows.map((row) => names.map((name) => row[name] ?? null)),
  );
}
