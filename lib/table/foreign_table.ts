/** One value of a table that another program wrote; null where there is none. */
export type ForeignScalar = string | number | bigint | boolean | null;

/** A cell of such a table: a value, or an array of them. */
export type ForeignValue = ForeignScalar | readonly ForeignScalar[];

/** One column of such a table. */
export interface ForeignColumn {
  /** Name, as written. */
  readonly name: string;
  /** Unit, as written; empty when the format or the file has none. */
  readonly unit: string;
  /** Its cells, row by row. */
  readonly values: readonly ForeignValue[];
}

/** A table that another program wrote, whole in memory. */
export interface ForeignTable {
  /** Name of the format, for messages. */
  readonly format: string;
  /** Number of rows. */
  readonly rowCount: number;
  /** The columns in order. */
  readonly columns: readonly ForeignColumn[];
}

/** Turns rows of cells into columns; rows that are too short have nulls at their end. */
export function foreignTable(
  format: string,
  heads: readonly { readonly name: string; readonly unit: string }[],
  rows: readonly (readonly ForeignValue[])[],
): ForeignTable {
  const columns = heads.map(({ name, unit }, index) => ({
    name,
    unit,
    values: rows.map((row) => row[index] ?? null),
  }));
  return { format, rowCount: rows.length, columns };
}
