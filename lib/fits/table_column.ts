import type { FitsArray } from "./big_endian.ts";

/** What every column has. */
export interface ColumnDescription {
  /** TTYPEn; "" when absent. */
  readonly name: string;
  /** Values in each row, 1 when not given; of no meaning for variable-length columns. */
  readonly elementsPerRow?: number;
  /** TUNITn. */
  readonly unit?: string;
  /** TDIMn: the axes of the array in each row, fastest first; for text without the length of the strings. */
  readonly shape?: readonly number[];
}

/** Numbers; index = row * elementsPerRow + element. */
export interface NumberColumn extends ColumnDescription {
  /** Says that this column holds numbers. */
  readonly kind: "number";
  /** Physical values (see applyScaling). */
  readonly data: FitsArray;
  /** 1 for each value that is null (TNULLn); absent when the column cannot have any. */
  readonly nulls?: Uint8Array;
}

/** Complex numbers as pairs of real and imaginary part; index of the pair = row * elementsPerRow + element. */
export interface ComplexColumn extends ColumnDescription {
  /** Says that this column holds complex numbers. */
  readonly kind: "complex";
  /** Real and imaginary parts in turn. */
  readonly data: Float32Array | Float64Array;
}

/** Truth values; index = row * elementsPerRow + element. */
export interface LogicalColumn extends ColumnDescription {
  /** Says that this column holds truth values. */
  readonly kind: "logical";
  /** 1 for true, 0 for false and null. */
  readonly data: Uint8Array;
  /** 1 for each value that is neither true nor false; absent when there is none. */
  readonly nulls?: Uint8Array;
}

/** Bits, one in each byte; index = row * elementsPerRow + bit. */
export interface BitColumn extends ColumnDescription {
  /** Says that this column holds bits. */
  readonly kind: "bit";
  /** 0 or 1. */
  readonly data: Uint8Array;
}

/** Strings without the blanks at their end; index = row * elementsPerRow + element. */
export interface TextColumn extends ColumnDescription {
  /** Says that this column holds strings. */
  readonly kind: "text";
  /** The strings. */
  readonly data: readonly string[];
}

/** Arrays of a length that differs from row to row. */
export interface VariableColumn extends ColumnDescription {
  /** Says that this column holds an array of its own length in each row. */
  readonly kind: "variable";
  /** What the arrays hold; complex numbers are pairs, truth values and bits are 0 or 1. */
  readonly elementKind: "number" | "complex" | "logical" | "bit" | "text";
  /** One array, or string, for each row. */
  readonly data: readonly (FitsArray | string)[];
}

/** A column of a table with its values. */
export type TableColumn =
  | NumberColumn
  | ComplexColumn
  | LogicalColumn
  | BitColumn
  | TextColumn
  | VariableColumn;

/** Rows of a table, column by column. */
export interface Table {
  /** Number of rows that were read. */
  readonly rowCount: number;
  /** The columns in the order of the file, or those that were asked for. */
  readonly columns: readonly TableColumn[];
  /** The first column of that name, without regard to case. Throws `fits/missing-column`. */
  column(name: string): TableColumn;
}
