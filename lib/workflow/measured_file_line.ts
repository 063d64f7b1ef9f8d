import { canonicalCell, type MeasurementCell, type MeasurementRow } from "../outputs/measurement_row.ts";
import { REPEATED_COLUMNS, SPECTRUM_COLUMNS } from "../outputs/spectrum_columns.ts";

/** The cells of a line in their order: the columns of the spectra table, then the error. */
const NAMES: readonly string[] = [
  ...SPECTRUM_COLUMNS.map((column) => column.name),
  "error_code",
  "error_message",
];
/** Place of each column in the line. */
const PLACES: ReadonlyMap<string, number> = new Map(NAMES.map((name, place) => [name, place]));
/** Columns that repeat another one where they are not given: their places, and those of what they repeat. */
const REPEATED: readonly (readonly [number, number])[] = Object.entries(REPEATED_COLUMNS).map(
  ([name, source]) => [PLACES.get(name)!, PLACES.get(source)!],
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
 * absent is null. Numbers are the shortest decimals that read back as the same doubles. `groups` hold the cells; a
 * later group goes before an earlier one.
 */
export function measuredFileLine(path: string, groups: readonly MeasurementRow[]): string {
  const cells: string[] = NAMES.map(() => "null");
  for (const group of groups) {
    for (const name in group) {
      const place = PLACES.get(name);
      if (place !== undefined) cells[place] = cellJson(group[name]);
    }
  }
  for (const [place, source] of REPEATED) if (cells[place] === "null") cells[place] = cells[source]!;
  for (let place = 0; place < cells.length; place++) cells[place] = KEYS[place]! + cells[place]!;
  // Joined at once: a text that is added to keeps all of its pieces until it is printed, four times the memory.
  return `{"path":${JSON.stringify(path)}${cells.join("")}}`;
}
