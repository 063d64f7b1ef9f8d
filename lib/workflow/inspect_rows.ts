import type { JsonValue } from "../core/errors.ts";
import type { Hdu } from "../fits/hdu.ts";
import { readTable } from "../fits/read_table.ts";
import type { TableColumn } from "../fits/table_column.ts";
import { jsonCell } from "./inspect_json.ts";
import type { InspectOptions, TableRows } from "./inspect_model.ts";

/** The rows of a FITS table that were asked for, as far as the table has them. Throws the errors of {@linkcode readTable}. */
export async function inspectRows(
  hdu: Hdu,
  rowCount: number,
  wanted: NonNullable<InspectOptions["rows"]>,
): Promise<TableRows> {
  const first = Math.min(wanted.first, rowCount);
  const end = Math.max(first, Math.min(wanted.end ?? rowCount, rowCount));
  const table = await readTable(hdu, { firstRow: first, rowCount: end - first });
  const rows = Array.from(
    { length: table.rowCount },
    (_, row) => table.columns.map((column) => cellOf(column, row)),
  );
  return { first, columns: table.columns.map((column) => column.name), rows };
}

/** A cell as JSON: one value, or a list when the column holds several in each row. */
function cellOf(column: TableColumn, row: number): JsonValue {
  if (column.kind === "variable") {
    const cell = column.data[row]!;
    return column.elementKind === "logical" && typeof cell !== "string"
      ? Array.from(cell as ArrayLike<number>, (value) => value === 1)
      : jsonCell(cell);
  }
  const elements = column.elementsPerRow ?? 1;
  if (elements === 1 && column.shape === undefined) return elementOf(column, row);
  return Array.from({ length: elements }, (_, element) => elementOf(column, row * elements + element));
}

function elementOf(column: Exclude<TableColumn, { kind: "variable" }>, index: number): JsonValue {
  switch (column.kind) {
    case "number":
      return column.nulls?.[index] === 1 ? null : jsonCell(column.data[index]);
    case "logical":
      return column.nulls?.[index] === 1 ? null : column.data[index] === 1;
    case "bit":
      return column.data[index]!;
    case "complex":
      return [jsonCell(column.data[2 * index]), jsonCell(column.data[2 * index + 1])];
    case "text":
      return column.data[index] ?? null;
  }
}
