/** Cosmic rays in the fit box: rejected when a flag or their shape gives them away, never when they look like light. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const OUTLIER = 1 << 19;
const TRANSIENT = 1;
const FLUX = 1000;

function star(seed: number, fluxMicroJy = FLUX): CutoutPixels {
  return syntheticCutout({ sources: [{ x: 10.1, y: 9.8, fluxMicroJy }], seed });
}

/** Lifts a pixel by a number of its standard deviations and gives it a flag. */
function hit(cutout: CutoutPixels, x: number, y: number, sigmas: number, flag = 0): CutoutPixels {
  const i = y * cutout.width + x;
  cutout.imageMJySr[i]! += sigmas * Math.sqrt(cutout.varianceMJy2Sr2[i]!);
  cutout.flags[i]! |= flag;
  return cutout;
}

function pullOf(cutout: CutoutPixels, truth = FLUX): number {
  const m = measureCutout(cutout, SETTINGS);
  return (m.selectedFluxMicroJy - truth) / m.selectedFluxErrorMicroJy;
}

Deno.test("measureCutout() leaves out a flagged hit on the core, whatever its height", () => {
  for (const sigmas of [10, 20, 50, -20]) {
    const pulls = Array.from({ length: 60 }, (_, seed) => pullOf(hit(star(seed), 10, 10, sigmas, OUTLIER)));
    const mean = pulls.reduce((sum, value) => sum + value, 0) / pulls.length;
    // The mean of 60 pulls of width 1 has a standard error of 0.13.
    assert.ok(Math.abs(mean) < 0.5, `${sigmas} sigma: mean pull ${mean}`);
    assert.ok(pulls.every((pull) => Math.abs(pull) < 4.5), `${sigmas} sigma: ${pulls}`);
  }
  const m = measureCutout(hit(star(1), 10, 10, 20, TRANSIENT), SETTINGS);
  assert.ok(m.photometryFlags.includes("OUTLIER_PIXELS_REJECTED"));
  assert.ok(m.templateFractionUnmasked < measureCutout(star(1), SETTINGS).templateFractionUnmasked - 0.2);
});

Deno.test("measureCutout() keeps flagged pixels that fit, as in the core of a bright star", () => {
  let kept = 0;
  for (let seed = 0; seed < 40; seed++) {
    const cutout = star(seed, 50_000);
    for (const i of [9 * 21 + 10, 10 * 21 + 10, 10 * 21 + 11]) cutout.flags[i]! |= OUTLIER;
    if (!measureCutout(cutout, SETTINGS).photometryFlags.includes("OUTLIER_PIXELS_REJECTED")) kept++;
  }
  assert.ok(kept >= 30, `${kept} of 40 kept all`);
});

Deno.test("measureCutout() leaves out a hit without a flag that is sharper than any source", () => {
  const random = new SeededRandom(5);
  for (let seed = 0; seed < 40; seed++) {
    const angle = 2 * Math.PI * random.uniform();
    const x = Math.round(10 + 4 * Math.cos(angle)), y = Math.round(10 + 4 * Math.sin(angle));
    const cutout = hit(star(seed), x, y, 40);
    const m = measureCutout(cutout, SETTINGS);
    assert.ok(m.photometryFlags.includes("OUTLIER_PIXELS_REJECTED"));
    assert.equal(m.neighborCount, 0);
    assert.ok(Math.abs(pullOf(cutout)) < 4);
  }
});

Deno.test("measureCutout() does not take a neighbour for a hit", () => {
  const random = new SeededRandom(6);
  for (let seed = 0; seed < 40; seed++) {
    const angle = 2 * Math.PI * random.uniform();
    const neighbor = {
      x: 10.1 + 5 * Math.cos(angle),
      y: 9.8 + 5 * Math.sin(angle),
      fluxMicroJy: 600 + 3000 * random.uniform(),
    };
    const cutout = syntheticCutout({
      sources: [{ x: 10.1, y: 9.8, fluxMicroJy: FLUX }, neighbor],
      seed,
    });
    const m = measureCutout(cutout, SETTINGS);
    assert.ok(!m.photometryFlags.includes("OUTLIER_PIXELS_REJECTED"), JSON.stringify(neighbor));
    assert.equal(m.neighborCount, 1);
  }
});

Deno.test("measureCutout() does not trust a core that contradicts itself without a flag", () => {
  const m = measureCutout(hit(star(3), 10, 10, 40), SETTINGS);
  assert.ok(!m.scienceRecommended);
  assert.ok(m.photometryFlags.includes("TARGET_PSF_MISMATCH"));
});
