/** What the cells of a column hold; absent ones are null in every column. */
export type TableColumnType = "text" | "integer" | "number" | "boolean";

/** One column of a table, with what another program needs to understand it. */
export interface TableColumn {
  /** Name of the column. */
  readonly name: string;
  /** What its cells hold. */
  readonly type: TableColumnType;
  /** Unit in the spelling of the VO; empty for a column without one. */
  readonly unit: string;
  /** One sentence, without a period. */
  readonly description: string;
  /** Unified Content Descriptor (UCD1+) of the IVOA; empty where none fits. */
  readonly ucd: string;
}

/** One cell; null where there is no value. Numbers are finite. */
export type TableCell = string | number | boolean | null;

/** The cells of one row, in the order of the columns. */
export type TableRow = readonly TableCell[];

/** A table that is read row by row. */
export interface TableSource {
  /** Name of the table. */
  readonly name: string;
  /** What the rows are, in one sentence. */
  readonly description: string;
  /** The columns in order. */
  readonly columns: readonly TableColumn[];
  /** Facts about the whole table, by name: program, version, settings. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads the rows from the first one; each call starts anew and gives the same rows. Formats with columns of fixed
   * width read them twice.
   */
  rows(): Iterable<TableRow>;
}

/** A file as pieces that are written one after the other. */
export type FileChunks = Iterable<Uint8Array>;

/** Characters that are gathered before they are handed on. */
const CHUNK_CHARACTERS = 1 << 16;

/** Gathers lines into pieces of UTF-8 that are worth a write. */
export function* textChunks(parts: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let waiting = "";
  for (const part of parts) {
    waiting += part;
    if (waiting.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(waiting);
    waiting = "";
  }
  if (waiting !== "") yield encoder.encode(waiting);
}
