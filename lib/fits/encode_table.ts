import { encodeBigEndianInto } from "./big_endian.ts";
import { encodeStored, type HduContent, storageOffset, withTemplate } from "./encode_fits.ts";
import type { FitsArray } from "./big_endian.ts";
import { Header } from "./header.ts";
import { encodeLatin1 } from "./latin1.ts";
import type { TableColumn, VariableColumn } from "./table_column.ts";

/** A column as it is stored: bytes of fixed width in each row. */
interface StoredColumn {
  readonly form: string;
  readonly rowBytes: number;
  /** rowCount * rowBytes bytes. */
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  readonly offset: number;
  readonly shape: readonly number[] | undefined;
}

/** Variable-length data behind the rows. */
interface Heap {
  readonly parts: Uint8Array[];
  length: number;
}

/**
 * A binary table extension of these columns, which must have the same number of rows.
 *
 * The types of the arrays decide TFORM; integers that FITS stores with an offset get TZERO. Strings take the width of
 * the longest. Variable-length columns go to the heap, with 64-bit descriptors when it passes 2 GiB. Cards of `header`
 * that do not describe the structure are kept. Throws RangeError when columns do not agree.
 */
export function binTableHdu(name: string, columns: readonly TableColumn[], header?: Header): HduContent {
  const heap: Heap = { parts: [], length: 0 };
  const stored = columns.map((column) => storeColumn(column, heap));
  const rowCount = stored[0]?.rowCount ?? 0;
  stored.forEach((column, index) => {
    if (column.rowCount === rowCount) return;
    throw new RangeError(
      `Column "${columns[index]!.name}" has ${column.rowCount} rows, expected ${rowCount}`,
    );
  });
  const rowBytes = stored.reduce((sum, column) => sum + column.rowBytes, 0);
  const structure = Header.of([
    ["XTENSION", "BINTABLE", "binary table extension"],
    ["BITPIX", 8, "array data type"],
    ["NAXIS", 2, "number of array dimensions"],
    ["NAXIS1", rowBytes, "length of dimension 1"],
    ["NAXIS2", rowCount, "length of dimension 2"],
    ["PCOUNT", heap.length, "number of group parameters"],
    ["GCOUNT", 1, "number of groups"],
    ["TFIELDS", columns.length, "number of table fields"],
  ]);
  if (name !== "") structure.append("EXTNAME", name, "extension name");
  columns.forEach((column, index) => describeColumn(structure, index + 1, column, stored[index]!));
  return { header: withTemplate(structure, header), data: tableBytes(stored, rowCount, rowBytes, heap) };
}

function describeColumn(header: Header, number: number, column: TableColumn, stored: StoredColumn): void {
  if (column.name !== "") header.append(`TTYPE${number}`, column.name);
  header.append(`TFORM${number}`, stored.form);
  if (column.unit !== undefined) header.append(`TUNIT${number}`, column.unit);
  if (stored.shape !== undefined) header.append(`TDIM${number}`, `(${stored.shape.join(",")})`);
  if (stored.offset !== 0) header.append(`TSCAL${number}`, 1).append(`TZERO${number}`, stored.offset);
}

function tableBytes(
  columns: readonly StoredColumn[],
  rowCount: number,
  rowBytes: number,
  heap: Heap,
): Uint8Array {
  const bytes = new Uint8Array(rowCount * rowBytes + heap.length);
  let start = 0;
  for (const column of columns) {
    for (let row = 0; row < rowCount; row++) {
      const from = row * column.rowBytes;
      bytes.set(column.bytes.subarray(from, from + column.rowBytes), row * rowBytes + start);
    }
    start += column.rowBytes;
  }
  let offset = rowCount * rowBytes;
  for (const part of heap.parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function storeColumn(column: TableColumn, heap: Heap): StoredColumn {
  const repeat = column.elementsPerRow ?? 1;
  switch (column.kind) {
    case "number":
      return fixed(
        column,
        numberCode(column.data),
        encodeStored(column.data),
        column.data.length,
        storageOffset(column.data),
      );
    case "complex":
      return fixed(
        column,
        column.data instanceof Float32Array ? "C" : "M",
        encodeStored(column.data),
        column.data.length / 2,
      );
    case "logical":
      return fixed(column, "L", logicalBytes(column.data, column.nulls), column.data.length);
    case "bit":
      return storeBits(column.name, column.data, repeat);
    case "text":
      return storeText(column.data, repeat, column.shape);
    case "variable":
      return storeVariable(column, heap);
  }
}

function fixed(
  column: TableColumn,
  code: string,
  bytes: Uint8Array,
  count: number,
  offset = 0,
): StoredColumn {
  const repeat = column.elementsPerRow ?? 1;
  const rowCount = wholeRows(column.name, count, repeat);
  return {
    form: `${repeat}${code}`,
    rowBytes: rowCount === 0 ? repeat * elementBytes(code) : bytes.byteLength / rowCount,
    bytes,
    rowCount,
    offset,
    shape: column.shape,
  };
}

function wholeRows(name: string, count: number, repeat: number): number {
  const rowCount = repeat === 0 ? 0 : count / repeat;
  if (Number.isInteger(rowCount)) return rowCount;
  throw new RangeError(`Column "${name}" has ${count} values, which is no multiple of ${repeat}`);
}

/** Bytes of one element of a TFORM code. */
function elementBytes(code: string): number {
  return { L: 1, B: 1, A: 1, I: 2, J: 4, E: 4, K: 8, D: 8, C: 8, M: 16 }[code] ?? 0;
}

function numberCode(data: FitsArray): string {
  if (data instanceof Float32Array) return "E";
  if (data instanceof Float64Array) return "D";
  return { 1: "B", 2: "I", 4: "J" }[data.BYTES_PER_ELEMENT] ?? "K";
}

function logicalBytes(values: Uint8Array, nulls: Uint8Array | undefined): Uint8Array {
  return values.map((value, i) => nulls?.[i] === 1 ? 0 : value === 0 ? 70 : 84);
}

function packBits(values: Uint8Array, start: number, count: number, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < count; i++) if (values[start + i] !== 0) bytes[at + (i >> 3)]! |= 0x80 >> (i & 7);
}

function storeBits(name: string, values: Uint8Array, repeat: number): StoredColumn {
  const rowCount = wholeRows(name, values.length, repeat);
  const rowBytes = Math.ceil(repeat / 8);
  const bytes = new Uint8Array(rowCount * rowBytes);
  for (let row = 0; row < rowCount; row++) packBits(values, row * repeat, repeat, bytes, row * rowBytes);
  return { form: `${repeat}X`, rowBytes, bytes, rowCount, offset: 0, shape: undefined };
}

function storeText(
  texts: readonly string[],
  repeat: number,
  shape: readonly number[] | undefined,
): StoredColumn {
  const width = texts.reduce((longest, text) => Math.max(longest, text.length), 1);
  const rowCount = wholeRows("text", texts.length, repeat);
  const bytes = new Uint8Array(texts.length * width);
  texts.forEach((text, i) => bytes.set(encodeLatin1(text), i * width));
  const axes = repeat === 1 && shape === undefined ? undefined : [width, ...(shape ?? [repeat])];
  return { form: `${width * repeat}A`, rowBytes: width * repeat, bytes, rowCount, offset: 0, shape: axes };
}

/** The bytes of one cell, its TFORM code, its number of elements and the offset under which it is stored. */
function variableCell(
  column: VariableColumn,
  cell: FitsArray | string,
): { code: string; bytes: Uint8Array; count: number; offset: number } {
  if (typeof cell === "string") {
    return { code: "A", bytes: encodeLatin1(cell), count: cell.length, offset: 0 };
  }
  const count = cell.length;
  if (column.elementKind === "logical") {
    return { code: "L", bytes: logicalBytes(cell as Uint8Array, undefined), count, offset: 0 };
  }
  if (column.elementKind === "bit") {
    const bytes = new Uint8Array(Math.ceil(count / 8));
    packBits(cell as Uint8Array, 0, count, bytes, 0);
    return { code: "X", bytes, count, offset: 0 };
  }
  if (column.elementKind === "complex") {
    return {
      code: cell instanceof Float32Array ? "C" : "M",
      bytes: encodeStored(cell),
      count: count / 2,
      offset: 0,
    };
  }
  return { code: numberCode(cell), bytes: encodeStored(cell), count, offset: storageOffset(cell) };
}

function storeVariable(column: VariableColumn, heap: Heap): StoredColumn {
  const cells = column.data.map((cell) => variableCell(column, cell));
  const { code, offset } = cells[0] ?? { code: column.elementKind === "text" ? "A" : "B", offset: 0 };
  if (cells.some((cell) => cell.code !== code || cell.offset !== offset)) {
    throw new TypeError(`The arrays of column "${column.name}" are not all of one type`);
  }
  const total = heap.length + cells.reduce((sum, cell) => sum + cell.bytes.byteLength, 0);
  const wide = total >= 2 ** 31;
  const descriptors = wide ? new BigInt64Array(cells.length * 2) : new Int32Array(cells.length * 2);
  let longest = 0;
  cells.forEach((cell, row) => {
    descriptors[row * 2] = wide ? BigInt(cell.count) : cell.count;
    descriptors[row * 2 + 1] = wide ? BigInt(heap.length) : heap.length;
    heap.parts.push(cell.bytes);
    heap.length += cell.bytes.byteLength;
    longest = Math.max(longest, cell.count);
  });
  const bytes = new Uint8Array(descriptors.byteLength);
  encodeBigEndianInto(bytes, 0, descriptors);
  return {
    form: `1${wide ? "Q" : "P"}${code}(${longest})`,
    rowBytes: wide ? 16 : 8,
    bytes,
    rowCount: cells.length,
    offset,
    shape: column.shape,
  };
}
