/** Backgrounds that slope, which pixels around a place between pixels are not symmetric about. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../../lib/core/random.ts";
import {
  type ApertureSettings,
  DEFAULT_APERTURE_SETTINGS,
} from "../../../lib/photometry/aperture/aperture_settings.ts";
import { fitSlope } from "../../../lib/photometry/aperture/background_slope.ts";
import { measureAperture } from "../../../lib/photometry/aperture/measure_aperture.ts";
import { EFFECTIVE_PSF, syntheticCutout } from "../synthetic_cutout.ts";

const SIZE = 25;
const FLUX = 200;

/** Fluxes at random places on a sky of 0.3 MJy/sr with a slope, per pixel, of random direction; some pixels are bad. */
function fluxes(
  slope: number,
  { badShare = 0, seeded = false, change = {} as Partial<ApertureSettings> } = {},
) {
  const random = new SeededRandom(5);
  return Array.from({ length: 300 }, (_, index) => {
    const [x, y] = [11.5 + random.uniform(), 11.5 + random.uniform()];
    const angle = 2 * Math.PI * random.uniform();
    const cutout = syntheticCutout({
      width: SIZE,
      height: SIZE,
      psf: EFFECTIVE_PSF,
      background: [0.3, slope * Math.cos(angle), slope * Math.sin(angle)],
      sources: [{ x, y, fluxMicroJy: FLUX }],
      ...(seeded ? { seed: index } : {}),
    });
    const flags = new Int32Array(SIZE * SIZE).map(() => random.uniform() < badShare ? 1 << 21 : 0);
    const found = measureAperture({ ...cutout, flags }, { ...DEFAULT_APERTURE_SETTINGS, ...change });
    return { flux: found.fluxMicroJy, error: found.fluxErrorMicroJy };
  });
}

/** Root of the mean square of what a slope does to fluxes. */
function slopeError(slope: number, options: Parameters<typeof fluxes>[1]): number {
  const [flat, sloping] = [fluxes(0, options), fluxes(slope, options)];
  return Math.sqrt(flat.reduce((sum, { flux }, i) => sum + (sloping[i]!.flux - flux) ** 2, 0) / flat.length);
}

for (const badShare of [0, 0.3]) {
  Deno.test(`measureAperture() is not misled by a slope of 1 % a pixel; bad pixels: ${100 * badShare} %`, () => {
    assert(slopeError(0.003, { badShare }) < 0.1);
    // What the median alone would make of it is half of the flux's error.
    assert(slopeError(0.003, { badShare, change: { backgroundSlope: false } }) > 15);
  });
}

Deno.test("measureAperture() states errors that hold with slopes, of many bad pixels too", () => {
  for (const badShare of [0, 0.4]) {
    const pulls = fluxes(0.003, { badShare, seeded: true }).map(({ flux, error }) => (flux - FLUX) / error);
    const width = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    assert(Math.abs(width - 1) < 0.12, `width ${width}`);
  }
});

Deno.test("fitSlope() finds a plane, and none from few pixels or a line of them", () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => 5 + 0.5 * (i % 10) - 0.25 * Math.floor(i / 10));
  const plane = { values, width: 10, x: 4.2, y: 5.1 };
  const none = { perColumn: 0, perRow: 0 };
  const fit = (pixels: number[]) => fitSlope(plane, none, Int32Array.from(pixels), 5, 100);
  const { perColumn, perRow } = fit([11, 12, 27, 45, 61, 88, 93]);
  assert(Math.abs(perColumn - 0.5) < 1e-12 && Math.abs(perRow + 0.25) < 1e-12);
  const absent = { ...none, levelVariance: 0 };
  assert.deepEqual(fit([11, 12, 27, 45, 61]), absent);
  assert.deepEqual(fit([10, 11, 12, 13, 14, 15, 16]), absent);
});
