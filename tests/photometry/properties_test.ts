/** What must not matter to a flux: scale, a constant background, whole pixels. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { asVariance } from "../../lib/core/noise.ts";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const SEED = fc.integer({ min: 0, max: 1e6 });
const PLACE = fc.double({ noNaN: true, min: 8.5, max: 11.5 });
const FLUX = fc.double({ noNaN: true, min: -200, max: 20000 });

/** Rates and variances as they would be in another unit, and on another level. */
function rescaled(cutout: CutoutPixels, scale: number, level: number): CutoutPixels {
  return {
    ...cutout,
    imageMJySr: cutout.imageMJySr.map((rate) => scale * rate + level),
    varianceMJy2Sr2: asVariance(cutout.varianceMJy2Sr2.map((variance) => scale * scale * variance)),
  };
}

Deno.test("measureCutout() scales flux and error with the data and keeps all that has no unit", () => {
  fc.assert(
    fc.property(PLACE, PLACE, FLUX, SEED, (x, y, fluxMicroJy, seed) => {
      const cutout = syntheticCutout({ sources: [{ x, y, fluxMicroJy }], seed });
      const a = measureCutout(cutout, SETTINGS);
      const b = measureCutout(rescaled(cutout, 4, 0), SETTINGS); // a power of two: float32 stays exact
      const tolerance = 1e-6 * b.selectedFluxErrorMicroJy;
      assert.ok(Math.abs(b.selectedFluxMicroJy - 4 * a.selectedFluxMicroJy) < tolerance);
      assert.ok(Math.abs(b.selectedFluxErrorMicroJy - 4 * a.selectedFluxErrorMicroJy) < tolerance);
      assert.deepEqual(b.photometryFlags, a.photometryFlags);
      assert.equal(b.background.pixelCount, a.background.pixelCount);
      assert.ok(Math.abs(b.wavelengthMicron - a.wavelengthMicron) < 1e-9);
    }),
    { seed: 41, numRuns: 60 },
  );
});

Deno.test("measureCutout() does not see a constant added to the image", () => {
  const level = fc.double({ noNaN: true, min: -0.2, max: 5 });
  fc.assert(
    fc.property(PLACE, PLACE, FLUX, SEED, level, (x, y, fluxMicroJy, seed, added) => {
      const cutout = syntheticCutout({ sources: [{ x, y, fluxMicroJy }], seed });
      cutout.solidAngleArcsec2.fill(37.8); // else a constant rate is not a plane of fluxes
      const a = measureCutout(cutout, SETTINGS);
      const b = measureCutout(rescaled(cutout, 1, added), SETTINGS);
      const tolerance = 2e-3 * a.selectedFluxErrorMicroJy; // rounding of float32
      assert.ok(Math.abs(b.selectedFluxMicroJy - a.selectedFluxMicroJy) < tolerance);
      const found = b.background.b0MicroJyPerPixel - a.background.b0MicroJyPerPixel;
      assert.ok(Math.abs(found / (37.8 * 23.504430539) - added) < 1e-5);
    }),
    { seed: 42, numRuns: 60 },
  );
});

Deno.test("measureCutout() measures the same wherever in the cutout whole pixels take the target", () => {
  const step = fc.integer({ min: -3, max: 3 });
  fc.assert(
    fc.property(PLACE, PLACE, step, step, (x, y, dx, dy) => {
      const size = { width: 31, height: 31, background: [0.3, 0, 0] } as const;
      const flux = (right: number, up: number) => {
        const sources = [{ x: x + 5 + right, y: y + 5 + up, fluxMicroJy: 5000 }];
        const cutout = syntheticCutout({ ...size, sources });
        return measureCutout(cutout, SETTINGS).selectedFluxMicroJy;
      };
      assert.ok(Math.abs(flux(dx, dy) / flux(0, 0) - 1) < 1e-4);
    }),
    { seed: 43, numRuns: 40 },
  );
});

Deno.test("measureCutout() recovers a noiseless flux at any sub-pixel phase", () => {
  fc.assert(
    fc.property(PLACE, PLACE, (x, y) => {
      const m = measureCutout(syntheticCutout({ sources: [{ x, y, fluxMicroJy: 5000 }] }), SETTINGS);
      assert.ok(Math.abs(m.selectedFluxMicroJy / 5000 - 1) < 2e-4);
    }),
    { seed: 44, numRuns: 100 },
  );
});

Deno.test("measureCutout() never throws, whatever the pixels hold", () => {
  const odd = fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e30, 1e-30, 0.3);
  fc.assert(
    fc.property(fc.array(odd, { minLength: 36, maxLength: 36 }), SEED, PLACE, (values, seed, place) => {
      const cutout = syntheticCutout({
        width: 12,
        height: 9,
        sources: [{ x: 6, y: 4, fluxMicroJy: 100 }],
        seed,
      });
      values.forEach((value, k) => {
        const i = (seed + 7 * k) % 108;
        [
          cutout.imageMJySr,
          cutout.varianceMJy2Sr2,
          cutout.solidAngleArcsec2,
          cutout.wavelengthMicron,
        ][k % 4]![i] = value;
        cutout.flags[i] = seed << (k % 31);
      });
      const m = measureCutout({ ...cutout, targetX: place - 3 }, SETTINGS);
      assert.equal(m.measurementStatus === "measured", Number.isFinite(m.selectedFluxMicroJy));
    }),
    { seed: 45, numRuns: 300 },
  );
});
