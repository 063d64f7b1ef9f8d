import { parse } from "csv-parse/sync";
import { TaggedError } from "../core/errors.ts";
import { nearestWord } from "../core/text.ts";
import {
  canonicalCell,
  canonicalRow,
  type MeasurementCell,
  type MeasurementRow,
  sortRows,
} from "./measurement_row.ts";
import {
  REPEATED_COLUMNS,
  SPECTRUM_COLUMNS,
  type SpectrumColumn,
  type SpectrumColumnType,
} from "./spectrum_columns.ts";

const COLUMN_NAMES: ReadonlySet<string> = new Set(SPECTRUM_COLUMNS.map((column) => column.name));

/**
 * The spectrum of one source as CSV (RFC 4180, lines ended by a line feed), one line a measurement, sorted by
 * wavelength, detector, observation id and measurement id.
 *
 * Numbers are written as the shortest decimal that reads back as the same double; absent values and NaN are
 * empty. Throws RangeError for a key that is no column, and TypeError for a value that is not of its column's type.
 */
export function encodeSpectrumCsv(rows: readonly MeasurementRow[]): string {
  const lines = [SPECTRUM_COLUMNS.map((column) => column.name).join(",")];
  for (const row of sortRows(rows)) {
    refuseUnknownColumns(row);
    lines.push(SPECTRUM_COLUMNS.map((column) => quoted(cellText(column, cellOf(row, column)))).join(","));
  }
  return lines.join("\n") + "\n";
}

/**
 * Reads a spectrum CSV back into rows in canonical form: empty cells are left out.
 *
 * Columns may stand in any order and may be missing. Throws TaggedError `output/bad-spectrum-csv` for text that
 * is no CSV, for a column this version does not know, or for a cell that does not read as its column's type.
 */
export function decodeSpectrumCsv(text: string): MeasurementRow[] {
  const [header, ...records] = parseRecords(text);
  if (header === undefined) throw badCsv("Cannot read a spectrum CSV: the file is empty", {});
  const columns = header.map((name) => {
    const column = SPECTRUM_COLUMNS.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw badCsv(`Cannot read a spectrum CSV: column "${name}" is unknown`, { column: name });
    }
    return column;
  });
  return records.map((record, index) =>
    canonicalRow(Object.fromEntries(
      columns.map((column, i) => [column.name, cellValue(column, record[i] ?? "", index + 1)]),
    ))
  );
}

/** The cell of a column, taken from the column it repeats when the row leaves it out. */
export function cellOf(row: MeasurementRow, column: SpectrumColumn): MeasurementCell {
  const own = canonicalCell(row[column.name]);
  const repeated = REPEATED_COLUMNS[column.name];
  return own === null && repeated !== undefined ? canonicalCell(row[repeated]) : own;
}

function refuseUnknownColumns(row: MeasurementRow): void {
  for (const name of Object.keys(row)) {
    if (COLUMN_NAMES.has(name)) continue;
    const nearest = nearestWord(name, COLUMN_NAMES);
    throw new RangeError(
      `"${name}" is no column of the spectrum CSV${
        nearest === undefined ? "" : `; did you mean "${nearest}"?`
      }`,
    );
  }
}

const ACCEPTS: Readonly<Record<SpectrumColumnType, (value: MeasurementCell) => boolean>> = {
  text: (value) => typeof value === "string",
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
};

function cellText(column: SpectrumColumn, value: MeasurementCell): string {
  if (value === null) return "";
  if (!ACCEPTS[column.type](value)) {
    throw new TypeError(`Column ${column.name} holds ${column.type} values, not ${JSON.stringify(value)}`);
  }
  return String(value);
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellValue(column: SpectrumColumn, text: string, rowNumber: number): MeasurementCell {
  if (text === "") return null;
  if (column.type === "text") return text;
  const value = column.type === "boolean" ? BOOLEANS[text] : Number(text);
  if (value === undefined || !ACCEPTS[column.type](value) || Number.isNaN(value)) {
    throw badCsv(
      `Cannot read a spectrum CSV: row ${rowNumber} has "${text}" in ${column.name}, expected ${column.type}`,
      { column: column.name, row: rowNumber },
    );
  }
  return value;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

function parseRecords(text: string): string[][] {
  try {
    return parse(text, { bom: true, record_delimiter: ["\n", "\r\n"] });
  } catch (cause) {
    throw new TaggedError("output/bad-spectrum-csv", "Cannot read a spectrum CSV: it is not well formed", {
      cause,
    });
  }
}

function badCsv(message: string, context: Record<string, string | number>): TaggedError {
  return new TaggedError("output/bad-spectrum-csv", message, {
    context,
    hint: "Rebuild it with spxcutdb summary --rebuild-missing-outputs",
  });
}
