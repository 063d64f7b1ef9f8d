import assert from "node:assert/strict";
import { calibratePixels } from "../../lib/photometry/calibrated_pixels.ts";
import { MeasureWorkspace } from "../../lib/photometry/measure_workspace.ts";
import { fitVarianceSlope, followModel } from "../../lib/photometry/noise_model.ts";
import { READ_VARIANCE, syntheticCutout, VARIANCE_SLOPE } from "./synthetic_cutout.ts";

/** A noisy cutout, calibrated. */
function calibrated(varianceSlope: number) {
  const workspace = new MeasureWorkspace();
  const sources = [{ x: 10, y: 10, fluxMicroJy: 3000 }];
  const pixels = syntheticCutout({ sources, varianceSlope, seed: 12 });
  return { workspace, pixels };
}

Deno.test("fitVarianceSlope() finds how the variance follows the rate, in spite of outliers", () => {
  const { workspace, pixels } = calibrated(VARIANCE_SLOPE);
  for (const i of [3, 77, 300]) pixels.varianceMJy2Sr2[i] = 1;
  calibratePixels(pixels, 0, workspace);
  const slope = fitVarianceSlope(pixels, workspace);
  assert.ok(Math.abs(slope / VARIANCE_SLOPE - 1) < 0.02, `slope ${slope}`);
});

Deno.test("fitVarianceSlope() is 0 for a variance that does not follow the rate", () => {
  const { workspace, pixels } = calibrated(0);
  calibratePixels(pixels, 0, workspace);
  assert.equal(fitVarianceSlope(pixels, workspace), 0);
  for (let i = 0; i < 441; i++) pixels.varianceMJy2Sr2[i] = READ_VARIANCE * (1 + 0.1 * Math.sin(i * i));
  assert.equal(fitVarianceSlope(pixels, workspace), 0);
});

Deno.test("followModel() gives each pixel the variance of its model and keeps its own read noise", () => {
  const { workspace, pixels } = calibrated(VARIANCE_SLOPE);
  const truth = syntheticCutout({ sources: [{ x: 10, y: 10, fluxMicroJy: 3000 }] }); // without noise
  pixels.varianceMJy2Sr2[50]! += 4e-5; // a pixel of larger read noise
  calibratePixels(pixels, 0, workspace);
  for (let i = 0; i < 441; i++) {
    workspace.residual[i] = (pixels.imageMJySr[i]! - truth.imageMJySr[i]!) * workspace.fluxPerRate[i]!;
  }
  followModel(VARIANCE_SLOPE, 441, workspace);
  for (let i = 0; i < 441; i++) {
    const expected = truth.varianceMJy2Sr2[i]! + (i === 50 ? 4e-5 : 0);
    const found = workspace.variance[i]! / workspace.fluxPerRate[i]! ** 2;
    assert.ok(Math.abs(found / expected - 1) < 1e-4, `pixel ${i}`);
  }
});

Deno.test("followModel() limits what an outlier may do and leaves the observed variance alone", () => {
  const { workspace, pixels } = calibrated(VARIANCE_SLOPE);
  calibratePixels(pixels, 0, workspace);
  const observed = workspace.observedVariance.slice();
  workspace.residual.fill(0);
  workspace.residual[7] = 1e9;
  followModel(VARIANCE_SLOPE, 441, workspace);
  assert.ok(workspace.variance[7]! >= 0.1 * observed[7]!);
  assert.equal(workspace.variance[8], observed[8]);
  assert.deepEqual(workspace.observedVariance, observed);
});
