import type { JsonValue } from "../core/errors.ts";
import { canonicalCell, measurementIdOf, type MeasurementRow, sortRows } from "./measurement_row.ts";

/** What an index is made from. */
export interface MeasurementIndexInput {
  /** Identifier of the source. */
  readonly sourceId: string;
  /** Name of the source. */
  readonly sourceName: string;
  /** Its rows, in any order. */
  readonly rows: readonly MeasurementRow[];
  /** Where the CSV stands, relative to the project folder. */
  readonly csvPath: string;
  /** Where the full quality plot of a measurement stands; one without a plot is missing. */
  readonly plotPaths: Readonly<Record<string, string>>;
}

const INDEXED_COLUMNS = [
  "work_item_id",
  "cutout_key",
  "product_id",
  "observation_id",
  "detector_id",
  "wavelength_um",
  "spectral_wcs_calibration_id",
  "solid_angle_calibration_id",
] as const;

/**
 * Tells where everything about a measurement stands: its line in the CSV (`csv_row`, 1 for the first line below
 * the header), its full quality plot if there is one, and the cutout and calibration it was made from.
 */
export function measurementIndex(input: MeasurementIndexInput): JsonValue {
  const measurements: Record<string, JsonValue> = {};
  for (const [index, row] of sortRows(input.rows).entries()) {
    const id = measurementIdOf(row);
    measurements[id] = {
      csv_row: index + 1,
      qa_plot_path: input.plotPaths[id] ?? null,
      ...Object.fromEntries(INDEXED_COLUMNS.map((name) => [name, canonicalCell(row[name])])),
    };
  }
  return {
    source_id: input.sourceId,
    source_name: input.sourceName,
    csv_path: input.csvPath,
    measurement_count: input.rows.length,
    measurements,
  };
}
