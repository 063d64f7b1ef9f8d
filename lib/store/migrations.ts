import initial from "./migrations/001_initial.sql" with { type: "text" };
import cutoutContent from "./migrations/002_cutout_content.sql" with { type: "text" };
import measurementInputs from "./migrations/003_measurement_inputs.sql" with { type: "text" };
import datalinks from "./migrations/004_datalinks.sql" with { type: "text" };
import scale from "./migrations/005_scale.sql" with { type: "text" };

import covers from "./migrations/006_covers.sql" with { type: "text" };

/** One step of the database's schema; steps are only ever added. */
export interface Migration {
  /** Version of the schema after this step, 1 for the first. */
  readonly version: number;
  /** What the step is for. */
  readonly description: string;
  /** The statements. */
  readonly sql: string;
}

/** All steps in order. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, description: "sources, products, cutouts, measurements, outputs, runs", sql: initial },
  { version: 2, description: "the content of cutouts apart from their files", sql: cutoutContent },
  { version: 3, description: "all inputs of a measurement", sql: measurementInputs },
  { version: 4, description: "where DataLink documents lead", sql: datalinks },
  { version: 5, description: "answers over a million measurements from indexes", sql: scale },
  { version: 6, description: "images that end before the target", sql: covers },
];
