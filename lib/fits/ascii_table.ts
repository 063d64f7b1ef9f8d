import { readExactly } from "./byte_source.ts";
import { parseNumber } from "./card_value.ts";
import { fitsError } from "./fits_error.ts";
import { type Hdu, integerKeyword } from "./hdu.ts";
import type { Header } from "./header.ts";
import { decodeLatin1 } from "./latin1.ts";
import { columnNamed, makeTable, selectedRows, type TableSelection } from "./table_selection.ts";
import type { NumberColumn, Table, TableColumn } from "./table_column.ts";
import { columnCount, columnScaling } from "./table_layout.ts";
import type { Scaling } from "./scaling.ts";

/** Where a column lies in a line of an ASCII table and what it holds. */
interface AsciiColumn {
  readonly number: number;
  readonly name: string;
  readonly code: "A" | "I" | "F" | "E" | "D";
  /** First character, from 0. */
  readonly start: number;
  readonly width: number;
  /** Digits behind the decimal point where the field has none. */
  readonly decimals: number;
  readonly unit: string | undefined;
  /** The text that stands for no value. */
  readonly nullText: string | undefined;
  readonly scaling: Scaling;
}

/** Fields of this width fit int32, whatever their digits. */
const INT32_WIDTH = 9;
/** Integers in wider fields than this are read as bigints; up to here float64 holds them exactly. */
const FLOAT64_WIDTH = 15;

/** Reads rows of an ASCII table (FITS standard 4.0, section 7.2); see readTable. An empty number field is 0. */
export async function readAsciiTable(hdu: Hdu, selection: TableSelection): Promise<Table> {
  const { header } = hdu;
  const rowBytes = integerKeyword(header, "NAXIS1");
  const { firstRow, rowCount } = selectedRows(selection, integerKeyword(header, "NAXIS2"));
  const all = Array.from({ length: columnCount(header) }, (_, i) => asciiColumn(header, i + 1, rowBytes));
  const wanted = selection.columns?.map((name) => columnNamed(all, name, hdu.headerOffset)) ?? all;
  const dataOffset = hdu.dataOffset + firstRow * rowBytes;
  const read = readExactly(hdu.source, dataOffset, rowBytes * rowCount, `rows of HDU ${hdu.index}`);
  const text = decodeLatin1(read instanceof Uint8Array ? read : await read);
  const columns = wanted.map((column) => {
    const fields = Array.from({ length: column.width === 0 ? 0 : rowCount }, (_, row) => {
      const start = row * rowBytes + column.start;
      return text.substring(start, start + column.width);
    });
    return decodeFields(column, fields, dataOffset, rowBytes);
  });
  return makeTable(columns, rowCount, hdu.headerOffset);
}

function asciiColumn(header: Header, number: number, rowBytes: number): AsciiColumn {
  const form = header.getString(`TFORM${number}`) ?? "";
  const match = /^\s*([AIFED])\s*(\d*)(?:\.(\d+))?/.exec(form);
  const start = integerKeyword(header, `TBCOL${number}`, 1) - 1;
  const width = Number(match?.[2] === "" ? 1 : match?.[2]);
  if (match === null || start + width > rowBytes) {
    throw fitsError(
      "bad-table",
      `Cannot use the table: column ${number} has the form "${form}" from character ${
        start + 1
      } on, a row has ${rowBytes} characters`,
      header.card(`TFORM${number}`)?.byteOffset ?? header.byteOffset,
      { context: { column: number, form, rowBytes } },
    );
  }
  return {
    number,
    name: header.getString(`TTYPE${number}`)?.trim() ?? "",
    code: match[1] as AsciiColumn["code"],
    start,
    width,
    decimals: Number(match[3] ?? 0),
    unit: header.getString(`TUNIT${number}`),
    nullText: header.getString(`TNULL${number}`)?.trim(),
    scaling: columnScaling(header, number),
  };
}

function decodeFields(
  column: AsciiColumn,
  fields: readonly string[],
  dataOffset: number,
  rowBytes: number,
): TableColumn {
  const description = {
    name: column.name,
    elementsPerRow: column.width === 0 ? 0 : 1,
    ...(column.unit === undefined ? {} : { unit: column.unit }),
  };
  if (column.code === "A") {
    return { ...description, kind: "text", data: fields.map((field) => field.replace(/[ \0]+$/, "")) };
  }
  const { scale, zero } = column.scaling;
  const plainInteger = column.code === "I" && scale === 1 && zero === 0;
  const big = plainInteger && column.width > FLOAT64_WIDTH;
  const values = new Float64Array(big ? 0 : fields.length);
  const bigValues = new BigInt64Array(big ? fields.length : 0);
  let nulls: Uint8Array | undefined;
  fields.forEach((field, row) => {
    const text = field.trim();
    if (column.nullText !== undefined && text === column.nullText) {
      (nulls ??= new Uint8Array(fields.length))[row] = 1;
      if (!plainInteger) values[row] = NaN;
    } else if (big) {
      bigValues[row] = bigField(column, text, dataOffset + row * rowBytes);
    } else {
      values[row] = zero + scale * numberField(column, text, dataOffset + row * rowBytes);
    }
  });
  const data: NumberColumn["data"] = big
    ? bigValues
    : plainInteger && column.width <= INT32_WIDTH
    ? Int32Array.from(values)
    : values;
  return { ...description, kind: "number", data, ...(nulls === undefined ? {} : { nulls }) };
}

/** A number; without a decimal point the last digits are decimals, as TFORM says. */
function numberField(column: AsciiColumn, text: string, lineOffset: number): number {
  if (text === "") return 0;
  const spaced = text.replaceAll(" ", "");
  const number = parseNumber(spaced) ?? parseNumber(spaced.replace(/(\d)([+-]\d+)$/, "$1E$2"));
  if (number === undefined) throw badField(column, text, lineOffset);
  const implied = column.code !== "I" && column.decimals > 0 && !text.includes(".");
  return implied ? number.value / 10 ** column.decimals : number.value;
}

function bigField(column: AsciiColumn, text: string, lineOffset: number): bigint {
  if (text === "") return 0n;
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace("+", ""));
  throw badField(column, text, lineOffset);
}

function badField(column: AsciiColumn, text: string, lineOffset: number): Error {
  return fitsError(
    "bad-field",
    `Cannot read column ${column.number} "${column.name}": "${text}" is not a number`,
    lineOffset + column.start,
    { context: { column: column.number, text } },
  );
}
