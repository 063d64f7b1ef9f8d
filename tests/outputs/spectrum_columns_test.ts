import assert from "node:assert/strict";
import { measurementCells } from "../../lib/outputs/measurement_cells.ts";
import { SPECTRUM_COLUMNS } from "../../lib/outputs/spectrum_columns.ts";
import { exampleMeasurement } from "./example_measurement.ts";

Deno.test("SPECTRUM_COLUMNS are the reviewed names in the reviewed order", async (t) => {
  const lines = SPECTRUM_COLUMNS.map((column) => [column.name, column.type, column.unit].join(" ").trim());
  await t.assertSnapshot(lines.join("\n"));
});

Deno.test("SPECTRUM_COLUMNS have unique names and one sentence each", () => {
  assert.equal(new Set(SPECTRUM_COLUMNS.map((column) => column.name)).size, SPECTRUM_COLUMNS.length);
  for (const { name, description } of SPECTRUM_COLUMNS) {
    assert.match(description, /^[A-Za-z0-9].*[^.]$/, name);
  }
});

Deno.test("SPECTRUM_COLUMNS hold what the tutorial promises", () => {
  const names = new Set<string>(SPECTRUM_COLUMNS.map((column) => column.name));
  for (
    const promised of [
      "selected_flux_uJy",
      "detection_status",
      "science_recommended",
      "photometry_flags",
      "spectral_wcs_calibration_id",
      "solid_angle_calibration_id",
      "photometry_config_hash",
      "photometry_code_version",
      "output_schema_version",
      "fit_ql_mean_abs_2p5pix",
      "detector_release_match",
      "header_reference_match",
      "exact_match",
      "calibration_match_quality",
    ]
  ) assert(names.has(promised), promised);
});

Deno.test("measurementCells() fills columns that exist, with values of their types", () => {
  const types = new Map<string, string>(SPECTRUM_COLUMNS.map((column) => [column.name, column.type]));
  for (const [name, value] of Object.entries(measurementCells(exampleMeasurement()))) {
    const type = types.get(name);
    const found = typeof value === "string" ? "text" : typeof value;
    assert.equal(type === "integer" ? "number" : type, found, name);
  }
});

Deno.test("measurementCells() takes the quality of the selected fit", () => {
  const { point, joint } = exampleMeasurement();
  const quality = (selectedFit: "point" | "joint" | "none") =>
    measurementCells(exampleMeasurement({ selectedFit })).fit_quality;
  assert.equal(quality("point"), point.fitQuality);
  assert.equal(quality("joint"), joint.fitQuality);
  assert.equal(quality("none"), null);
});
