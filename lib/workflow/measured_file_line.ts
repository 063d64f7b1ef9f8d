import { canonicalCell, type MeasurementCell, type MeasurementRow } from "../outputs/measurement_row.ts";
import { REPEATED_COLUMNS, SPECTRUM_COLUMNS } from "../outputs/spectrum_columns.ts";

/** The keys of a line in their order: the columns of the spectra table between the path and the error. */
const KEYS: readonly { readonly name: string; readonly source: string; readonly text: string }[] = [
  ...SPECTRUM_COLUMNS.map((column) => column.name),
  "error_code",
  "error_message",
].map((name) => ({
  name,
  source: (REPEATED_COLUMNS as Readonly<Record<string, string>>)[name] ?? name,
  text: `,${JSON.stringify(name)}:`,
}));

function cellJson(value: MeasurementCell | undefined): string {
  const cell = canonicalCell(value);
  return typeof cell === "string" ? JSON.stringify(cell) : String(cell);
}

/**
 * A measured file as a line of JSON: its path, all columns of the spectra table in their order, and the error. What is
 * absent is null. Numbers are the shortest decimals that read back as the same doubles.
 */
export function measuredFileLine(path: string, row: MeasurementRow): string {
  let line = `{"path":${JSON.stringify(path)}`;
  for (const { name, source, text } of KEYS) line += text + cellJson(row[name] ?? row[source]);
  return `${line}}`;
}
