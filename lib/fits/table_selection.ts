import { fitsError } from "./fits_error.ts";
import type { Table, TableColumn } from "./table_column.ts";

/** Which part of a table to read. */
export interface TableSelection {
  /** Names of columns, without regard to case; all when not given. */
  readonly columns?: readonly string[];
  /** First row, from 0. */
  readonly firstRow?: number;
  /** Number of rows; all that follow when not given. */
  readonly rowCount?: number;
}

/** The rows that a selection means. Throws RangeError when they are not all in the table. */
export function selectedRows(
  selection: TableSelection,
  available: number,
): { firstRow: number; rowCount: number } {
  const firstRow = selection.firstRow ?? 0;
  const rowCount = selection.rowCount ?? available - firstRow;
  const whole = Number.isInteger(firstRow) && Number.isInteger(rowCount) && firstRow >= 0 && rowCount >= 0;
  if (whole && firstRow + rowCount <= available) return { firstRow, rowCount };
  throw new RangeError(
    `Rows from ${firstRow} on, ${rowCount} of them, are not in a table of ${available} rows`,
  );
}

/** The first of `columns` of that name. Throws `fits/missing-column`. */
export function columnNamed<C extends { readonly name: string }>(
  columns: readonly C[],
  name: string,
  headerOffset: number,
): C {
  const wanted = name.trim().toUpperCase();
  const column = columns.find((each) => each.name.toUpperCase() === wanted);
  if (column !== undefined) return column;
  const names = columns.map((each) => each.name);
  throw fitsError(
    "missing-column",
    `Cannot find column "${name}": the table has ${names.join(", ")}`,
    headerOffset,
    {
      context: { column: name, found: names },
    },
  );
}

/** A table of these columns. */
export function makeTable(columns: readonly TableColumn[], rowCount: number, headerOffset: number): Table {
  return {
    rowCount,
    columns,
    column: (name: string): TableColumn => columnNamed(columns, name, headerOffset),
  };
}
