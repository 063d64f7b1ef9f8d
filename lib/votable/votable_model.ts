/** The data types of VOTable 1.4, section 2.1. */
export type VotableDatatype =
  | "boolean"
  | "bit"
  | "unsignedByte"
  | "short"
  | "int"
  | "long"
  | "char"
  | "unicodeChar"
  | "float"
  | "double"
  | "floatComplex"
  | "doubleComplex";

/** A complex number as real and imaginary part. */
export type VotableComplex = readonly [real: number, imaginary: number];

/**
 * One value of a cell: `long` is a number while a number can hold it exactly and a bigint otherwise;
 * null where the table says there is no value.
 */
export type VotableScalar = string | number | bigint | boolean | VotableComplex | null;

/** A cell: one value, or an array in the order of the stream (first axis fastest). */
export type VotableValue = VotableScalar | readonly VotableScalar[];

/** The number of values in a cell. */
export interface VotableShape {
  /** Fixed axes, fastest first; empty for a scalar. */
  readonly axes: readonly number[];
  /** Whether the last axis may have any length. */
  readonly variable: boolean;
  /** The most the last axis may have, when variable and stated. */
  readonly maximum: number | undefined;
}

/** A column of a table, or the description of a parameter. */
export interface VotableField {
  /** The name, which is what services agree on. */
  readonly name: string;
  /** The XML identifier, made up by many services. */
  readonly id: string | undefined;
  /** Data type of one value. */
  readonly datatype: VotableDatatype;
  /** How many values a cell has. */
  readonly shape: VotableShape;
  /** Unit as written. */
  readonly unit: string | undefined;
  /** Unified content descriptor. */
  readonly ucd: string | undefined;
  /** Data model element. */
  readonly utype: string | undefined;
  /** Extended type, such as `timestamp`. */
  readonly xtype: string | undefined;
  /** The text that stands for a missing value. */
  readonly nullText: string | undefined;
  /** Description as text. */
  readonly description: string | undefined;
}

/** A parameter: a column of one row. */
export interface VotableParam extends VotableField {
  /** Its value. */
  readonly value: VotableValue;
}

/** A name and a value that a service adds, such as QUERY_STATUS. */
export interface VotableInfo {
  /** Name. */
  readonly name: string;
  /** Value. */
  readonly value: string;
  /** Text inside of the element. */
  readonly text: string;
}

/** A table with all its rows. */
export interface VotableTable {
  /** The XML identifier. */
  readonly id: string | undefined;
  /** The name. */
  readonly name: string | undefined;
  /** Description as text. */
  readonly description: string | undefined;
  /** The columns in order. */
  readonly fields: readonly VotableField[];
  /** Parameters of the table. */
  readonly params: readonly VotableParam[];
  /** Infos inside of the table. */
  readonly infos: readonly VotableInfo[];
  /** The cells, row by row, in the order of the columns. */
  readonly rows: readonly (readonly VotableValue[])[];
}

/** A resource: what one service result or one service descriptor consists of. */
export interface VotableResource {
  /** `results`, `meta` or what the file says. */
  readonly type: string | undefined;
  /** The XML identifier. */
  readonly id: string | undefined;
  /** The name. */
  readonly name: string | undefined;
  /** What it is used for, such as `adhoc:service`. */
  readonly utype: string | undefined;
  /** Its infos. */
  readonly infos: readonly VotableInfo[];
  /** Its parameters, those in groups under the group's name and a dot. */
  readonly params: readonly VotableParam[];
  /** Its tables. */
  readonly tables: readonly VotableTable[];
  /** Resources inside of it. */
  readonly resources: readonly VotableResource[];
}

/** A whole document. */
export interface VotableDocument {
  /** Version of the format as stated. */
  readonly version: string | undefined;
  /** Infos outside of resources. */
  readonly infos: readonly VotableInfo[];
  /** Parameters outside of resources. */
  readonly params: readonly VotableParam[];
  /** Resources in order. */
  readonly resources: readonly VotableResource[];
}
