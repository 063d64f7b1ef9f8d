import { readAsciiTable } from "./ascii_table.ts";
import { readRanges } from "./byte_ranges.ts";
import { readExactly } from "./byte_source.ts";
import { decodeColumn } from "./decode_column.ts";
import type { Hdu } from "./hdu.ts";
import { readVariableColumn } from "./variable_column.ts";
import type { Table, TableColumn } from "./table_column.ts";
import { columnNamed, makeTable, selectedRows, type TableSelection } from "./table_selection.ts";
import { type ColumnLayout, type TableLayout, tableLayout } from "./table_layout.ts";

/** Rows whose unwanted part is longer than this are read in pieces. */
const MAX_SKIPPED_BYTES = 64 * 1024;

/**
 * Reads rows of a binary or ASCII table; the source is asked for these rows only, and for the heap of the columns
 * asked for.
 *
 * Throws RangeError for rows outside the table, `fits/missing-column`, `fits/not-table`, `fits/bad-table`,
 * `fits/heap-range`, `fits/truncated`.
 */
export async function readTable(hdu: Hdu, selection: TableSelection = {}): Promise<Table> {
  if (hdu.kind === "asciitable") return await readAsciiTable(hdu, selection);
  const layout = tableLayout(hdu);
  const { firstRow, rowCount } = selectedRows(selection, layout.rowCount);
  const layouts = selection.columns === undefined
    ? layout.columns
    : selection.columns.map((name) => columnNamed(layout.columns, name, hdu.headerOffset));
  const rows = await readRows(hdu, layout, layouts, firstRow, rowCount);
  const columns: TableColumn[] = [];
  for (const column of layouts) {
    columns.push(
      column.descriptor === undefined || column.repeat === 0
        ? decodeColumn(column, rows.bytes, rows.rowBytes, rowCount)
        : await readVariableColumn(hdu, layout, column, rows.bytes, rows.rowBytes, rowCount),
    );
  }
  return makeTable(columns, rowCount, hdu.headerOffset);
}

/** The bytes of the rows; of very wide rows only the part that holds the columns. */
async function readRows(
  hdu: Hdu,
  layout: TableLayout,
  columns: readonly ColumnLayout[],
  firstRow: number,
  rowCount: number,
): Promise<{ bytes: Uint8Array; rowBytes: number }> {
  const { rowBytes } = layout;
  const what = `rows ${firstRow} to ${firstRow + rowCount - 1} of HDU ${hdu.index}`;
  const start = hdu.dataOffset + firstRow * rowBytes;
  const last = columns.reduce((end, column) => Math.max(end, column.offset + column.byteLength), 0);
  if (rowCount < 2 || rowBytes - last <= MAX_SKIPPED_BYTES) {
    const read = readExactly(hdu.source, start, rowBytes * rowCount, what);
    return { bytes: read instanceof Uint8Array ? read : await read, rowBytes };
  }
  if (start + rowBytes * (rowCount - 1) + last > hdu.source.byteLength) {
    readExactly(hdu.source, start, rowBytes * rowCount, what);
  }
  const ranges = Array.from(
    { length: rowCount },
    (_, row) => ({ offset: start + row * rowBytes, length: last }),
  );
  const pieces = await readRanges(hdu.source, ranges, what);
  const bytes = new Uint8Array(last * rowCount);
  pieces.forEach((piece, row) => bytes.set(piece, row * last));
  return { bytes, rowBytes: last };
}
