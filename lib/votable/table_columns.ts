import { votableError } from "./votable_error.ts";
import type { VotableTable, VotableValue } from "./votable_model.ts";

/** Index of a column by its name, or by its identifier when no column has that name; -1 when there is none. */
export function columnIndex(table: VotableTable, name: string): number {
  const wanted = name.toLowerCase();
  const byName = table.fields.findIndex((field) => field.name.toLowerCase() === wanted);
  return byName >= 0 ? byName : table.fields.findIndex((field) => field.id?.toLowerCase() === wanted);
}

/** All values of a column; throws `votable/missing-column`. */
export function columnValues(table: VotableTable, name: string): VotableValue[] {
  const index = columnIndex(table, name);
  if (index < 0) {
    const names = table.fields.map((field) => field.name);
    throw votableError("missing-column", `The table has no column "${name}"`, {
      column: name,
      columns: names,
    });
  }
  return table.rows.map((row) => row[index]!);
}
