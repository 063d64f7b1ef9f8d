import { canonicalCell, type MeasurementCell, type MeasurementRow } from "../outputs/measurement_row.ts";
import { REPEATED_COLUMNS, SPECTRUM_COLUMNS } from "../outputs/spectrum_columns.ts";

/** The cells of a line in their order: the columns of the spectra table, then the error. */
const NAMES: readonly string[] = [
  ...SPECTRUM_COLUMNS.map((column) => column.name),
  "error_code",
  "error_message",
];
/** The column that each cell repeats, or its own. */
const SOURCES: readonly string[] = NAMES.map((name) =>
  (REPEATED_COLUMNS as Readonly<Record<string, string>>)[name] ?? name
);
/** What stands before each cell. */
const KEYS: readonly string[] = NAMES.map((name) => `,${JSON.stringify(name)}:`);

/** Text without anything to escape. */
const PLAIN_TEXT = /^[\w .:;,+()/-]*$/;

function cellJson(value: MeasurementCell | undefined): string {
  const cell = canonicalCell(value);
  if (typeof cell !== "string") return String(cell);
  return PLAIN_TEXT.test(cell) ? `"${cell}"` : JSON.stringify(cell);
}

/**
 * A measured file as a line of JSON: its path, all columns of the spectra table in their order, and the error. What is
 * absent is null. Numbers are the shortest decimals that read back as the same doubles.
 */
export function measuredFileLine(path: string, row: MeasurementRow): string {
  const parts: string[] = [`{"path":${JSON.stringify(path)}`];
  for (let i = 0; i < NAMES.length; i++) {
    parts.push(KEYS[i]!, cellJson(row[NAMES[i]!] ?? row[SOURCES[i]!]));
  }
  parts.push("}");
  return parts.join("");
}
