import { BLOCK_BYTES } from "./card.ts";
import { Header } from "./header.ts";
import { encodeLatin1 } from "./latin1.ts";

/** A column of a table that is written row by row: one value a cell. */
export interface RowColumn {
  /** TTYPEn. */
  readonly name: string;
  /** What its cells hold; integers are stored with 64 bits. */
  readonly type: "text" | "integer" | "number" | "boolean";
  /** TUNITn; empty for none. */
  readonly unit: string;
  /** TCOMMn, a sentence for people. */
  readonly description: string;
  /** TUCDn; empty for none. */
  readonly ucd: string;
}

/** One cell of a row; null where there is no value. */
export type RowCell = string | number | boolean | null;

/** A table that is written row by row. */
export interface RowTable {
  /** EXTNAME. */
  readonly name: string;
  /** The columns in order. */
  readonly columns: readonly RowColumn[];
  /** Facts about the table; they become HISTORY. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Reads the rows from the first one; each call gives the same rows. */
  rows(): Iterable<readonly RowCell[]>;
}

/** What stands for an absent integer (TNULLn): no flag and no number of a table comes near it. */
const ABSENT_INTEGER = BigInt(Number.MIN_SAFE_INTEGER);

/** Bytes that are gathered before they are handed on. */
const CHUNK_BYTES = 1 << 18;

/** How a column lies in a row. */
interface StoredColumn extends RowColumn {
  readonly start: number;
  readonly width: number;
}

/**
 * A FITS file with one binary table, in pieces: the rows are read twice, first for their number and the width of texts,
 * then for their contents, so that memory does not grow with the table.
 *
 * Absent numbers are NaN, absent integers TNULLn, absent truth values the byte 0 and absent texts blank. Characters
 * outside printable ASCII become question marks. Throws RangeError when the second reading gives other rows.
 */
export function* encodeTableRows(table: RowTable): Generator<Uint8Array> {
  const { columns, rowBytes, rowCount } = layOut(table);
  yield primaryHeader().encode();
  yield tableHeader(table, columns, rowBytes, rowCount).encode();
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / Math.max(1, rowBytes)));
  let bytes = new Uint8Array(0), used = 0, written = 0;
  for (const row of table.rows()) {
    if (used === bytes.length) {
      if (used > 0) yield bytes;
      [bytes, used] = [new Uint8Array(rowBytes * Math.min(rowsAtOnce, rowCount - written)), 0];
    }
    if (++written > rowCount) throw new RangeError(`The table has more rows than the ${rowCount} first read`);
    storeRow(new DataView(bytes.buffer, used, rowBytes), columns, row);
    used += rowBytes;
  }
  if (written !== rowCount) {
    throw new RangeError(`The table has ${written} rows, ${rowCount} were first read`);
  }
  yield bytes;
  const rest = rowBytes * rowCount % BLOCK_BYTES;
  if (rest > 0) yield new Uint8Array(BLOCK_BYTES - rest);
}

function layOut(table: RowTable): { columns: StoredColumn[]; rowBytes: number; rowCount: number } {
  const widths = table.columns.map((column): number =>
    column.type === "boolean" || column.type === "text" ? 1 : 8
  );
  const texts = table.columns.flatMap((column, index) => column.type === "text" ? [index] : []);
  let rowCount = 0;
  for (const row of table.rows()) {
    rowCount++;
    for (const index of texts) {
      const cell = row[index];
      if (typeof cell === "string" && cell.length > widths[index]!) widths[index] = cell.length;
    }
  }
  let start = 0;
  const columns = table.columns.map((column, index): StoredColumn => {
    const width = widths[index]!;
    start += width;
    return { ...column, width, start: start - width };
  });
  return { columns, rowBytes: start, rowCount };
}

function primaryHeader(): Header {
  return Header.of([
    ["SIMPLE", true, "conforms to FITS standard"],
    ["BITPIX", 8, "array data type"],
    ["NAXIS", 0, "number of array dimensions"],
    ["EXTEND", true],
  ]);
}

function tableHeader(
  table: RowTable,
  columns: readonly StoredColumn[],
  rowBytes: number,
  rowCount: number,
): Header {
  const header = Header.of([
    ["XTENSION", "BINTABLE", "binary table extension"],
    ["BITPIX", 8, "array data type"],
    ["NAXIS", 2, "number of array dimensions"],
    ["NAXIS1", rowBytes, "length of dimension 1"],
    ["NAXIS2", rowCount, "length of dimension 2"],
    ["PCOUNT", 0, "number of group parameters"],
    ["GCOUNT", 1, "number of groups"],
    ["TFIELDS", columns.length, "number of table fields"],
    ["EXTNAME", printable(table.name), "extension name"],
  ]);
  columns.forEach((column, index) => describeColumn(header, index + 1, column));
  for (const [name, value] of Object.entries(table.metadata)) {
    header.append("HISTORY", printable(`${name}: ${value}`));
  }
  return header;
}

function describeColumn(header: Header, number: number, column: StoredColumn): void {
  const form = { text: `${column.width}A`, integer: "1K", number: "1D", boolean: "1L" }[column.type];
  header.append(`TTYPE${number}`, printable(column.name)).append(`TFORM${number}`, form);
  if (column.unit !== "") header.append(`TUNIT${number}`, printable(column.unit));
  if (column.type === "integer") header.append(`TNULL${number}`, Number(ABSENT_INTEGER));
  if (column.description !== "") header.append(`TCOMM${number}`, printable(column.description));
  if (column.ucd !== "") header.append(`TUCD${number}`, printable(column.ucd));
}

function storeRow(view: DataView, columns: readonly StoredColumn[], row: readonly RowCell[]): void {
  columns.forEach(({ type, start, width }, index) => {
    const cell = row[index] ?? null;
    if (type === "number") view.setFloat64(start, typeof cell === "number" ? cell : NaN);
    else if (type === "integer") {
      view.setBigInt64(start, typeof cell === "number" ? BigInt(cell) : ABSENT_INTEGER);
    } else if (type === "boolean") view.setUint8(start, cell === null ? 0 : cell === true ? 84 : 70);
    else {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, width).fill(32);
      if (typeof cell === "string") bytes.set(encodeLatin1(printable(cell).slice(0, width)));
    }
  });
}

/** Text in the characters of a FITS file, one for each UTF-16 unit, so that its length stays. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
