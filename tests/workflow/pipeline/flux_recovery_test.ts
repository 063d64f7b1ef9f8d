/** Known fluxes through the whole pipeline: query, download and processing of isolated stars. */
import assert from "node:assert/strict";
import { StarField, summarize } from "../../../bench/aperture_recovery.ts";

Deno.test("The pipeline recovers fluxes with aperture correction, and loses the curve of growth without", async () => {
  await using field = await StarField.open({ side: 6, visitsPerDetector: 2, seed: 21 });
  const corrected = summarize(await field.measure({}));
  const text = JSON.stringify(corrected);
  assert(corrected.count > 380 && corrected.brightCount > 60, text);
  assert(Math.abs(corrected.bias) < 0.005, text);
  assert(Math.abs(corrected.pullWidth - 1) < 0.05, text);
  assert(Math.abs(corrected.pullMean) < 0.15, text);

  const fetched = field.fetched;
  const plain = summarize(await field.measure({ aperture_correction: false }));
  assert.equal(field.fetched, fetched);
  assert.equal(plain.count, corrected.count);
  assert(plain.loss > 0.02, `light beyond the aperture: ${plain.loss}`);
  assert(plain.bias < -0.02, `${plain.bias}`);
  assert(Math.abs(plain.growthDifference) < 0.002, `${plain.growthDifference}`);
});
