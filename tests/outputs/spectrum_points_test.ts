import assert from "node:assert/strict";
import { spectrumPoints } from "../../lib/outputs/spectrum_points.ts";
import { exampleRow } from "./example_rows.ts";

Deno.test("spectrumPoints() tells science, limits, rejected and unmeasured rows apart", () => {
  const standings = spectrumPoints([
    exampleRow(),
    exampleRow({ science_recommended: false, qa_grade: "non_detection" }),
    exampleRow({ science_recommended: false, qa_grade: "reject" }),
    exampleRow({ science_recommended: false, qa_grade: "reject", selected_flux_uJy: NaN }),
    {},
  ]).map((point) => point.standing);
  assert.deepEqual(standings, ["science", "upper_limit", "rejected", "unmeasured", "unmeasured"]);
});

Deno.test("spectrumPoints() takes the selected flux and leaves absent numbers NaN", () => {
  const [full, empty] = spectrumPoints([exampleRow(), { measurement_id: "m" }]);
  assert.equal(full!.fluxMicroJy, 120.5);
  assert.equal(full!.fluxErrorMicroJy, 6.25);
  assert.equal(full!.upperLimitMicroJy, 18.75);
  assert.equal(full!.detector, 3);
  assert.equal(empty!.detector, 0);
  assert.equal(empty!.wavelengthMicron, NaN);
});
