/** One value of a measurement row; null stands for a value that was not measured (NaN in the kernel). */
export type MeasurementCell = string | number | boolean | null;

/** One measurement as a flat record keyed by the column names of the spectrum CSV; a missing key equals null. */
export type MeasurementRow = Readonly<Record<string, MeasurementCell>>;

/**
 * The row in the one form that is stored, hashed and written: NaN, infinities and empty text become absent,
 * negative zero becomes zero, and absent cells are left out.
 *
 * Two rows that differ only in such accidents of representation (a row fresh from the kernel and the same row
 * read back from the database) are equal afterwards.
 */
export function canonicalRow(row: MeasurementRow): MeasurementRow {
  const cells: Record<string, MeasurementCell> = {};
  for (const [name, value] of Object.entries(row)) {
    const cell = canonicalCell(value);
    if (cell !== null) cells[name] = cell;
  }
  return cells;
}

/** One cell in its canonical form; see {@linkcode canonicalRow}. */
export function canonicalCell(value: MeasurementCell | undefined): MeasurementCell {
  if (value === undefined || value === "") return null;
  if (typeof value !== "number") return value;
  if (!Number.isFinite(value)) return null;
  return value === 0 ? 0 : value;
}

/** The number in a cell, or NaN when the cell is absent or holds something else. */
export function numberCell(row: MeasurementRow, name: string): number {
  const value = row[name];
  return typeof value === "number" ? value : NaN;
}

/** The text in a cell, or the empty string when the cell is absent or holds something else. */
export function textCell(row: MeasurementRow, name: string): string {
  const value = row[name];
  return typeof value === "string" ? value : "";
}

/** The measurement id of a row. Throws TypeError when the row has none, since nothing could refer to it. */
export function measurementIdOf(row: MeasurementRow): string {
  const id = textCell(row, "measurement_id");
  if (id === "") throw new TypeError("A measurement row needs a measurement_id");
  return id;
}

/** The rows in the order of publication: wavelength (absent last), detector, observation id, measurement id. */
export function sortRows(rows: readonly MeasurementRow[]): MeasurementRow[] {
  return [...rows].sort((a, b) =>
    compareNumbers(numberCell(a, "wavelength_um"), numberCell(b, "wavelength_um")) ||
    compareNumbers(numberCell(a, "detector_id"), numberCell(b, "detector_id")) ||
    compareText(textCell(a, "observation_id"), textCell(b, "observation_id")) ||
    compareText(textCell(a, "measurement_id"), textCell(b, "measurement_id"))
  );
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
