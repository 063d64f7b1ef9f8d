import type { Hdu } from "../fits/hdu.ts";
import { imageShape, readImageSection } from "../fits/read_image.ts";
import { readTable } from "../fits/read_table.ts";
import type { TableColumn } from "../fits/table_column.ts";
import type { ValueStatistics } from "./inspect_model.ts";
import { RunningStatistics } from "./running_statistics.ts";

/** Values in memory at a time. */
const MAXIMUM_VALUES = 2 ** 20;
/** Bytes of table rows in memory at a time. */
const MAXIMUM_ROW_BYTES = 4 * 2 ** 20;

/**
 * Figures of an image, read in pieces of bounded size; null for an HDU without data.
 * Throws the errors of {@linkcode readImageSection}.
 */
export async function imageStatistics(hdu: Hdu, signal?: AbortSignal): Promise<ValueStatistics | null> {
  const shape = imageShape(hdu);
  const [width, height, ...planes] = [shape[0] ?? 0, shape[1] ?? 1, ...shape.slice(2)];
  const planeCount = planes.reduce((product, length) => product * length, 1);
  if (width * height * planeCount === 0) return null;
  const statistics = new RunningStatistics();
  const pieceWidth = Math.min(width, MAXIMUM_VALUES);
  const pieceHeight = Math.max(1, Math.floor(MAXIMUM_VALUES / pieceWidth));
  for (let plane = 0; plane < planeCount; plane++) {
    for (let y0 = 0; y0 < height; y0 += pieceHeight) {
      for (let x0 = 0; x0 < width; x0 += pieceWidth) {
        signal?.throwIfAborted();
        const image = await readImageSection(hdu, {
          x0,
          y0,
          width: Math.min(pieceWidth, width - x0),
          height: Math.min(pieceHeight, height - y0),
          plane,
        });
        statistics.add(image.data, image.blanks);
      }
    }
  }
  return statistics.result;
}

/**
 * Figures of the numeric columns of a table, in the order of the columns, null for the others; rows are read in
 * pieces of bounded size. Throws the errors of {@linkcode readTable}.
 */
export async function columnStatistics(
  hdu: Hdu,
  rowCount: number,
  rowBytes: number,
  signal?: AbortSignal,
): Promise<(ValueStatistics | null)[]> {
  const pieceRows = Math.max(1, Math.floor(MAXIMUM_ROW_BYTES / Math.max(1, rowBytes)));
  const statistics: (RunningStatistics | undefined)[] = [];
  let firstRow = 0;
  do {
    signal?.throwIfAborted();
    const table = await readTable(hdu, { firstRow, rowCount: Math.min(pieceRows, rowCount - firstRow) });
    table.columns.forEach((column, index) => {
      if (isNumeric(column)) addColumn(statistics[index] ??= new RunningStatistics(), column);
    });
    statistics.length = table.columns.length;
    firstRow += pieceRows;
  } while (firstRow < rowCount);
  return Array.from(statistics, (each) => each?.result ?? null);
}

function isNumeric(column: TableColumn): boolean {
  return column.kind === "number" || (column.kind === "variable" && column.elementKind === "number");
}

function addColumn(statistics: RunningStatistics, column: TableColumn): void {
  if (column.kind === "number") statistics.add(column.data, column.nulls);
  if (column.kind !== "variable") return;
  for (const cell of column.data) {
    if (typeof cell !== "string") statistics.add(cell);
  }
}
