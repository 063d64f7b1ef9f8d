import { fitsError } from "./fits_error.ts";
import { type Hdu, integerKeyword } from "./hdu.ts";
import type { Header } from "./header.ts";
import { product } from "./product.ts";
import type { Scaling } from "./scaling.ts";

/** The letter of a TFORM that says what each element is. */
export type ElementCode = "L" | "X" | "B" | "I" | "J" | "K" | "A" | "E" | "D" | "C" | "M";

/** Where a column lies in a row of a binary table and what it holds. */
export interface ColumnLayout {
  /** Number of the column, from 1. */
  readonly number: number;
  /** TTYPEn, "" when absent. */
  readonly name: string;
  /** What each element is; for a variable-length column what its arrays hold. */
  readonly code: ElementCode;
  /** Elements in each row; 1 or 0 for a variable-length column. */
  readonly repeat: number;
  /** First byte in the row. */
  readonly offset: number;
  /** Number of bytes in the row. */
  readonly byteLength: number;
  /** Set for a variable-length column: "P" has descriptors of 32-bit, "Q" of 64-bit integers. */
  readonly descriptor: "P" | "Q" | undefined;
  /** Characters of each string of a text column. */
  readonly textWidth: number;
  /** TUNITn. */
  readonly unit: string | undefined;
  /** TDIMn, when it agrees with the number of elements. */
  readonly shape: readonly number[] | undefined;
  /** TSCALn, TZEROn, TNULLn. */
  readonly scaling: Scaling;
}

/** Where the rows, columns and heap of a binary table lie. */
export interface TableLayout {
  /** Number of rows. */
  readonly rowCount: number;
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** The columns in order. */
  readonly columns: readonly ColumnLayout[];
  /** Where the heap starts in the file. */
  readonly heapOffset: number;
  /** Length of the heap. */
  readonly heapBytes: number;
}

const TFORM = /^\s*(\d*)([LXBIJKAEDCM])(\d*)/;
const VARIABLE_TFORM = /^\s*(\d*)([PQ])([LXBIJKAEDCM])/;
/** More columns than this the standard does not allow. */
const MAX_COLUMNS = 999;

/** Bytes of one element; a bit column is counted apart. */
const ELEMENT_BYTES: Readonly<Record<ElementCode, number>> = {
  L: 1,
  X: 0.125,
  B: 1,
  I: 2,
  J: 4,
  K: 8,
  A: 1,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
};

/** The bytes that `count` elements take. */
export function bytesOfElements(code: ElementCode, count: number): number {
  return Math.ceil(ELEMENT_BYTES[code] * count);
}

/** Reads the layout of a binary table from its header. Throws `fits/not-table`, `fits/bad-keyword`, `fits/bad-table`. */
export function tableLayout(hdu: Hdu): TableLayout {
  if (hdu.kind !== "bintable" && hdu.kind !== "compressed-image") throw notTable(hdu);
  const { header } = hdu;
  const rowBytes = integerKeyword(header, "NAXIS1");
  const rowCount = integerKeyword(header, "NAXIS2");
  const columns: ColumnLayout[] = [];
  let offset = 0;
  for (let number = 1; number <= columnCount(header); number++) {
    const column = columnLayout(header, number, offset);
    columns.push(column);
    offset += column.byteLength;
  }
  if (offset > rowBytes) {
    throw fitsError(
      "bad-table",
      `Cannot use the table of HDU ${hdu.index}: its columns take ${offset} bytes, a row has ${rowBytes}`,
      hdu.headerOffset,
      { context: { hdu: hdu.index, columnBytes: offset, rowBytes } },
    );
  }
  const heapStart = integerKeyword(header, "THEAP", 0, rowBytes * rowCount);
  const heapBytes = Math.max(0, hdu.dataByteLength - heapStart);
  return { rowCount, rowBytes, columns, heapOffset: hdu.dataOffset + heapStart, heapBytes };
}

/** TFIELDS. Throws `fits/bad-table` beyond 999. */
export function columnCount(header: Header): number {
  const count = integerKeyword(header, "TFIELDS");
  if (count <= MAX_COLUMNS) return count;
  throw fitsError(
    "bad-table",
    `Cannot use the table: TFIELDS is ${count}, at most ${MAX_COLUMNS} is allowed`,
    header.byteOffset,
  );
}

/** The error for reading a table where there is none. */
export function notTable(hdu: Hdu): Error {
  return fitsError(
    "not-table",
    `Cannot read a table from HDU ${hdu.index} "${hdu.name}": it holds a ${hdu.kind}`,
    hdu.headerOffset,
    { context: { hdu: hdu.index, kind: hdu.kind } },
  );
}

/** TSCAL, TZERO and TNULL of a column. */
export function columnScaling(header: Header, number: number): Scaling {
  return {
    scale: header.getNumber(`TSCAL${number}`) ?? 1,
    zero: header.getNumber(`TZERO${number}`) ?? 0,
    blank: header.getBigInt(`TNULL${number}`),
  };
}

function columnLayout(header: Header, number: number, offset: number): ColumnLayout {
  const form = header.getString(`TFORM${number}`) ?? "";
  const variable = VARIABLE_TFORM.exec(form);
  const match = variable ?? TFORM.exec(form);
  if (match === null) throw badForm(header, number, form);
  const repeat = match[1] === "" ? 1 : Number(match[1]);
  const code = (variable === null ? match[2] : match[3]) as ElementCode;
  const descriptor = variable === null ? undefined : match[2] as "P" | "Q";
  if (descriptor !== undefined && repeat > 1) throw badForm(header, number, form);
  const byteLength = descriptor === undefined
    ? bytesOfElements(code, repeat)
    : repeat * (descriptor === "P" ? 8 : 16);
  if (!Number.isSafeInteger(byteLength)) throw badForm(header, number, form);
  const axes = parseAxes(header.getString(`TDIM${number}`));
  const shape = axes !== undefined && product(axes) === repeat && descriptor === undefined ? axes : undefined;
  return {
    number,
    name: header.getString(`TTYPE${number}`)?.trim() ?? "",
    code,
    repeat,
    offset,
    byteLength,
    descriptor,
    textWidth: code === "A" ? textWidth(repeat, shape, match[3] ?? "") : 0,
    unit: header.getString(`TUNIT${number}`),
    shape,
    scaling: columnScaling(header, number),
  };
}

/** Width of the strings in a cell: from TDIM, else from the form rAw, else the cell is one string. */
function textWidth(repeat: number, shape: readonly number[] | undefined, suffix: string): number {
  if (shape !== undefined) return shape[0]!;
  const width = Number(suffix);
  return width > 0 && repeat % width === 0 ? width : repeat;
}

/** The numbers of a TDIM such as "(33,33)", or undefined when it is none. */
function parseAxes(text: string | undefined): number[] | undefined {
  const match = text === undefined ? null : /^\s*\(\s*(\d+(?:\s*,\s*\d+)*)\s*\)\s*$/.exec(text);
  return match === null ? undefined : match[1]!.split(",").map(Number);
}

function badForm(header: Header, number: number, form: string): Error {
  const keyword = `TFORM${number}`;
  return fitsError(
    "bad-table",
    `Cannot use the table: ${keyword} is "${form}", expected a form such as 1J or 1PE(100)`,
    header.card(keyword)?.byteOffset ?? header.byteOffset,
    { context: { keyword, form } },
  );
}
