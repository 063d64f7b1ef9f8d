import { readRanges } from "./byte_ranges.ts";
import { decodeCell, describe } from "./decode_column.ts";
import { fitsError } from "./fits_error.ts";
import type { Hdu } from "./hdu.ts";
import type { TableColumn, VariableColumn } from "./table_column.ts";
import { bytesOfElements, type ColumnLayout, type TableLayout } from "./table_layout.ts";

/** Rows may share parts of the heap, but not so often that a small file asks for boundless memory. */
const MAX_HEAP_REUSE = 4;
const FREE_REUSE_BYTES = 2 ** 20;

/** Where the array of one row lies. */
export interface HeapSlice {
  /** Number of elements. */
  readonly count: number;
  /** First byte, from the start of the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/**
 * Reads the descriptors of a variable-length column and the parts of the heap that they point to.
 *
 * Throws `fits/heap-range` when a descriptor points outside the heap, and when the arrays together are many times as
 * long as the heap.
 */
export async function readVariableColumn(
  hdu: Hdu,
  table: TableLayout,
  column: ColumnLayout,
  rows: Uint8Array,
  rowBytes: number,
  rowCount: number,
): Promise<TableColumn> {
  const slices = heapSlices(hdu, table, column, rows, rowBytes, rowCount);
  const pieces = await readRanges(hdu.source, slices, `column ${column.number} of HDU ${hdu.index}`);
  const data = pieces.map((bytes, row) => decodeCell(column, bytes, slices[row]!.count));
  return { ...describe(column), kind: "variable", elementKind: elementKind(column), data };
}

/** The places of the arrays of a variable-length column, checked against the heap. Throws `fits/heap-range`. */
export function heapSlices(
  hdu: Hdu,
  table: TableLayout,
  column: ColumnLayout,
  rows: Uint8Array,
  rowBytes: number,
  rowCount: number,
): HeapSlice[] {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  const slices: HeapSlice[] = [];
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const at = row * rowBytes + column.offset;
    const wide = column.descriptor === "Q";
    const count = wide ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const start = count === 0 ? 0 : wide ? Number(view.getBigUint64(at + 8)) : view.getUint32(at + 4);
    const length = bytesOfElements(column.code, count);
    total += length;
    if (start + length > table.heapBytes || total > table.heapBytes * MAX_HEAP_REUSE + FREE_REUSE_BYTES) {
      throw heapRange(hdu, table, column, row, count, start);
    }
    slices.push({ count, offset: table.heapOffset + start, length });
  }
  return slices;
}

function heapRange(
  hdu: Hdu,
  table: TableLayout,
  column: ColumnLayout,
  row: number,
  count: number,
  start: number,
): Error {
  return fitsError(
    "heap-range",
    `Cannot read column ${column.number} "${column.name}" of HDU ${hdu.index}: an array has ${count} elements from byte ${start} of the heap on, the heap has ${table.heapBytes} bytes`,
    table.heapOffset,
    {
      context: {
        hdu: hdu.index,
        column: column.number,
        row,
        count,
        heapStart: start,
        heapBytes: table.heapBytes,
      },
    },
  );
}

function elementKind(column: ColumnLayout): VariableColumn["elementKind"] {
  switch (column.code) {
    case "A":
      return "text";
    case "L":
      return "logical";
    case "X":
      return "bit";
    case "C":
    case "M":
      return "complex";
    default:
      return "number";
  }
}
