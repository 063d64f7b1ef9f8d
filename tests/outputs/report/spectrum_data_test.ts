import assert from "node:assert/strict";
import { REPORT_STANDINGS, reportSpectrum } from "../../../lib/outputs/report/spectrum_data.ts";
import { SPARKLINE_BINS, sparklineCode, sparklineSvg } from "../../../lib/outputs/report/sparkline.ts";
import { spectrumPoints } from "../../../lib/outputs/spectrum_points.ts";
import { exampleRow } from "../example_rows.ts";

const ROWS = [
  exampleRow({ measurement_id: "b".repeat(64), wavelength_um: 2.123456789, selected_flux_uJy: 123.456789 }),
  exampleRow({
    measurement_id: "a".repeat(64),
    wavelength_um: 1.1,
    selected_flux_uJy: NaN,
    science_recommended: false,
    qa_grade: "reject",
    photometry_flags: "FIT_ERROR",
  }),
  exampleRow({
    measurement_id: "c".repeat(64),
    wavelength_um: 3,
    science_recommended: false,
    qa_grade: "non_detection",
  }),
];

Deno.test("reportSpectrum() sorts by wavelength, rounds numbers and writes each text once", () => {
  const spectrum = reportSpectrum(ROWS, new Set(["c".repeat(64)]));
  assert.deepEqual(spectrum.wavelength, [1.1, 2.12346, 3]);
  assert.deepEqual(spectrum.flux, [null, 123.46, 120.5]);
  assert.deepEqual(spectrum.standing.map((index) => REPORT_STANDINGS[index]), [
    "unmeasured",
    "science",
    "upper_limit",
  ]);
  assert.deepEqual(spectrum.flags, { texts: ["FIT_ERROR", ""], at: [0, 1, 1] });
  assert.deepEqual(spectrum.observation, { texts: ["2025W18_2B_0001_1"], at: [0, 0, 0] });
  assert.deepEqual(spectrum.id, ["a".repeat(12), "b".repeat(12), "c".repeat(64)]);
  assert.deepEqual(spectrum.plots, [2]);
  assert(spectrum.fluxRange[0] <= 0 && spectrum.fluxRange[1] > 123.46);
});

Deno.test("reportSpectrum() of nothing is empty and still has an axis", () => {
  const spectrum = reportSpectrum([]);
  assert.deepEqual(spectrum.wavelength, []);
  assert(spectrum.fluxRange[1] > spectrum.fluxRange[0]);
});

Deno.test("sparklineCode() stands for the science points alone, from zero to the highest", () => {
  const row = (wavelength_um: number, selected_flux_uJy: number, science_recommended = true) =>
    exampleRow({ wavelength_um, selected_flux_uJy, science_recommended, qa_grade: "A" });
  const code = sparklineCode(spectrumPoints([row(0.73, 0), row(2, 50), row(5.03, 100), row(4, 1e6, false)]));
  assert.equal(code.length, SPARKLINE_BINS);
  assert.equal(code[0], "0");
  assert.equal(code.at(-1), "z");
  assert.equal(code.replaceAll(".", "").length, 3);
  assert.equal(sparklineCode(spectrumPoints([row(4, 10, false)])), "");
});

Deno.test("sparklineSvg() draws one path for each band that has points", () => {
  const code = sparklineCode(spectrumPoints([
    exampleRow({ wavelength_um: 0.9 }),
    exampleRow({ wavelength_um: 1 }),
    exampleRow({ wavelength_um: 4.8 }),
  ]));
  const paths = [...sparklineSvg(code).matchAll(/<path class="(b\d)" d="([^"]*)"/g)];
  assert.deepEqual(paths.map((path) => [path[1], path[2]!.split("M").length - 1]), [["b1", 2], ["b6", 1]]);
  assert.match(sparklineSvg(""), /no science points/);
});
