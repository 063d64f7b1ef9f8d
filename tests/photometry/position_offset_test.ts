/** The offset fit finds where the light is, with errors that tell the truth, and changes no flux. */
import assert from "node:assert/strict";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const WITH_OFFSET = { ...SETTINGS, fit: { ...SETTINGS.fit, fitsOffset: true } };

/** A star that lies (0.12, -0.08) pixels from where the flux is forced. */
function misplaced(seed: number, fluxMicroJy: number) {
  const cutout = syntheticCutout({ sources: [{ x: 10.22, y: 9.62, fluxMicroJy }], seed });
  return { ...cutout, targetX: 10.1, targetY: 9.7 };
}

Deno.test("measureCutout() finds the offset of a misplaced target, with true errors", () => {
  const pulls: number[] = [];
  for (let seed = 0; seed < 300; seed++) {
    const { positionOffset: offset } = measureCutout(misplaced(seed, 2000), WITH_OFFSET);
    pulls.push((offset.xPixels - 0.12) / offset.xErrorPixels, (offset.yPixels + 0.08) / offset.yErrorPixels);
  }
  const mean = pulls.reduce((sum, value) => sum + value, 0) / pulls.length;
  const width = Math.sqrt(pulls.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pulls.length - 1));
  // Four standard errors for 600 pulls.
  assert.ok(Math.abs(mean) < 0.17, `mean ${mean}`);
  assert.ok(Math.abs(width - 1) < 0.12, `width ${width}`);
});

Deno.test("measureCutout() keeps the forced flux when it fits the offset, and fits none unless told to", () => {
  const cutout = misplaced(1, 2000);
  const plain = measureCutout(cutout, SETTINGS);
  assert.ok(Number.isNaN(plain.positionOffset.xPixels));
  assert.equal(measureCutout(cutout, WITH_OFFSET).selectedFluxMicroJy, plain.selectedFluxMicroJy);
});

Deno.test("measureCutout() gives no offset for what it does not detect", () => {
  assert.ok(Number.isNaN(measureCutout(misplaced(2, 0), WITH_OFFSET).positionOffset.yPixels));
  assert.ok(
    Number.isNaN(measureCutout({ ...misplaced(2, 900), psf: null }, WITH_OFFSET).positionOffset.yPixels),
  );
});
