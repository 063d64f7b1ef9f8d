import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { bandLightCurve, epochsOf, type TimedFlux } from "../../lib/spectrum/light_curve.ts";

const CHANNELS = Array.from({ length: 17 }, (_, n) => ({
  centerMicron: 1.7 + 0.05 * n,
  widthMicron: 0.05,
  detector: 3,
}));

/** Fluxes of a source with a steep spectrum; the channels seen differ from epoch to epoch. */
function observed(brightness: readonly number[], noise: number, seed = 1): TimedFlux[] {
  const random = new SeededRandom(seed);
  return brightness.flatMap((factor, epoch) =>
    CHANNELS.filter((_, n) => (n + epoch) % 3 !== 0).map(({ centerMicron }, n) => ({
      mjd: 60800 + 180 * epoch + 0.1 * n,
      wavelengthMicron: centerMicron,
      fluxMicroJy: factor * 1000 * (centerMicron - 1.5) + noise * random.normal(),
      fluxErrorMicroJy: Math.max(noise, 1e-3),
      detector: 3,
    }))
  );
}

Deno.test("bandLightCurve() finds the brightness of each epoch whatever channels it saw", () => {
  const truth = [1, 1.4, 0.7, 1.1];
  const curve = bandLightCurve(observed(truth, 0), CHANNELS);
  const mean = curve.reduce((sum, { relativeFlux, count }) => sum + relativeFlux * count, 0) /
    curve.reduce((sum, { count }) => sum + count, 0);
  assert.ok(Math.abs(mean - 1) < 1e-9);
  for (const [n, { relativeFlux, epoch, mjd, firstMjd, lastMjd }] of curve.entries()) {
    assert.equal(epoch, n + 1);
    assert.ok(firstMjd <= mjd && mjd <= lastMjd && lastMjd - firstMjd < 2);
    assert.ok(Math.abs(relativeFlux / curve[0]!.relativeFlux - truth[n]!) < 1e-6, `${n}: ${relativeFlux}`);
  }
});

Deno.test("bandLightCurve() has errors that describe the scatter of a constant source", () => {
  const pulls: number[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    for (
      const { relativeFlux, relativeFluxError } of bandLightCurve(observed([1, 1, 1, 1], 60, seed), CHANNELS)
    ) {
      pulls.push((relativeFlux - 1) / relativeFluxError);
    }
  }
  const width = Math.hypot(...pulls) / Math.sqrt(pulls.length);
  assert.ok(Math.abs(width - 1) < 0.1, String(width));
});

Deno.test("bandLightCurve() of a source too faint, of one epoch and of nothing", () => {
  const faint = bandLightCurve(observed([1, 1], 1e6), CHANNELS);
  assert.ok(faint.length === 2 && faint.every(({ relativeFlux }) => Number.isNaN(relativeFlux)));
  assert.deepEqual(bandLightCurve(observed([1], 1), CHANNELS).map(({ relativeFlux }) => relativeFlux), [1]);
  assert.deepEqual(bandLightCurve([], CHANNELS), []);
  assert.deepEqual(
    bandLightCurve(observed([1], 1).map((flux) => ({ ...flux, fluxMicroJy: NaN })), CHANNELS),
    [],
  );
});

Deno.test("epochsOf() counts pauses, in the order of the fluxes", () => {
  assert.deepEqual(epochsOf([{ mjd: 300 }, { mjd: 100 }, { mjd: 110 }, { mjd: 301 }]), [2, 1, 1, 2]);
  assert.deepEqual(epochsOf([{ mjd: 100 }, { mjd: 110 }], 5), [1, 2]);
});
