/** The linear system of fluxes and background against ordinary least squares and repeated noise. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { weightedLeastSquares } from "../../lib/math/least_squares.ts";
import { ForcedFit } from "../../lib/photometry/forced_fit.ts";
import { TemplateWindow } from "../../lib/photometry/template_window.ts";
import { addSource, CORE_AND_WING } from "../psf/analytic_psf.ts";

const SIDE = 15;
const COUNT = SIDE * SIDE;

/** Templates of sources at the given places over a window that is the whole image. */
function windowOf(places: readonly (readonly [number, number])[]): TemplateWindow {
  const window = new TemplateWindow();
  window.place(7, 7, 7, SIDE, SIDE);
  places.forEach(([x, y], k) => addSource(CORE_AND_WING, x, y, 1, SIDE, SIDE, window.template(k)));
  window.basis[0]!.fill(1);
  for (let i = 0; i < COUNT; i++) {
    window.basis[1]![i] = i % SIDE - 7;
    window.basis[2]![i] = Math.floor(i / SIDE) - 7;
  }
  return window;
}

/** Sets the weights: which pixels are fitted and which are background. */
function weigh(
  window: TemplateWindow,
  sigma: Float64Array,
  fits: (i: number) => boolean,
  serves: (i: number) => boolean,
) {
  for (let i = 0; i < COUNT; i++) {
    const weight = 1 / (sigma[i]! * sigma[i]!);
    window.fitWeight[i] = fits(i) ? weight : 0;
    window.backgroundWeight[i] = serves(i) ? weight : 0;
    window.sharedWeight[i] = fits(i) && serves(i) ? weight : 0;
  }
}

/** Distance of a pixel from the middle. */
function radius(i: number): number {
  return Math.hypot(i % SIDE - 7, Math.floor(i / SIDE) - 7);
}

const SIGMA = Float64Array.from({ length: COUNT }, (_, i) => 1 + 0.3 * Math.sin(i));

/** Fills the window with a scene and noise, and solves. */
function solve(
  fit: ForcedFit,
  window: TemplateWindow,
  fluxes: readonly number[],
  random?: SeededRandom,
): boolean {
  for (let i = 0; i < COUNT; i++) {
    window.data[i] = 10 + 0.2 * window.basis[1]![i]! + (random ? SIGMA[i]! * random.normal() : 0);
    fluxes.forEach((flux, k) => window.data[i]! += flux * window.template(k)[i]!);
  }
  const pixels = { count: COUNT, data: window.data, weight: window.backgroundWeight, basis: window.basis };
  return fit.solve(window, fluxes.length, pixels, 3);
}

Deno.test("ForcedFit.solve() finds fluxes and plane exactly without noise, wings in the background or not", () => {
  const window = windowOf([[7.2, 6.9], [10.5, 8]]);
  weigh(window, SIGMA, (i) => radius(i) < 6, (i) => radius(i) > 3);
  const fit = new ForcedFit();
  assert.ok(solve(fit, window, [300, 120]));
  const expected = [300, 120, 10, 0.2, 0];
  expected.forEach((value, k) => assert.ok(Math.abs(fit.parameters[k]! - value) < 1e-9, `parameter ${k}`));
});

Deno.test("ForcedFit.solve() is ordinary least squares when all pixels serve both", () => {
  const window = windowOf([[7.2, 6.9], [10.5, 8]]);
  weigh(window, SIGMA, () => true, () => true);
  const fit = new ForcedFit();
  assert.ok(solve(fit, window, [300, 120], new SeededRandom(3)));
  const columns = [window.template(0), window.template(1), ...window.basis.slice(0, 3)];
  const twin = weightedLeastSquares(columns, window.data, window.fitWeight);
  twin.parameters.forEach((value, k) => assert.ok(Math.abs(fit.parameters[k]! - value) < 1e-9));
  twin.covariance.forEach((value, k) => assert.ok(Math.abs(fit.covariance[k]! - value) < 1e-11));
});

Deno.test("ForcedFit.solve() gives the covariance that repeated noise shows, with pixels that serve one or both", () => {
  const window = windowOf([[7.2, 6.9], [8.6, 7.7]]);
  weigh(window, SIGMA, (i) => radius(i) < 5, (i) => radius(i) > 2.5);
  const fit = new ForcedFit();
  const random = new SeededRandom(4);
  const runs = 5000;
  let target = 0, both = 0, level = 0;
  for (let run = 0; run < runs; run++) {
    solve(fit, window, [30, 20], random);
    target += (fit.flux(0) - 30) ** 2 / runs;
    both += (fit.flux(0) - 30) * (fit.flux(1) - 20) / runs;
    level += (fit.background(0) - 10) ** 2 / runs;
  }
  assert.ok(Math.abs(target / fit.fluxError(0) ** 2 - 1) < 0.06);
  assert.ok(Math.abs(level / fit.backgroundError() ** 2 - 1) < 0.06);
  const correlation = both / (fit.fluxError(0) * fit.fluxError(1));
  assert.ok(Math.abs(correlation - fit.correlation(0, 1)) < 0.04);
  assert.ok(fit.correlation(0, 1) < -0.05);
});

Deno.test("ForcedFit.solve() reports what cannot be solved", () => {
  const fit = new ForcedFit();
  const twice = windowOf([[7, 7], [7, 7]]);
  weigh(twice, SIGMA, () => true, () => true);
  const ok = solve(fit, twice, [1, 1]);
  assert.ok(!ok || fit.conditionNumber > 1e12);
  const blank = windowOf([[7, 7]]);
  weigh(blank, SIGMA, () => false, () => true);
  assert.equal(solve(fit, blank, [1]), false);
  assert.ok(Number.isNaN(fit.flux(0)) && Number.isNaN(fit.fluxError(0)) && Number.isNaN(fit.background(0)));
  const line = windowOf([[7, 7]]);
  weigh(line, SIGMA, () => true, (i) => i % SIDE === 3);
  solve(fit, line, [1]);
  assert.ok(fit.backgroundConditionNumber > 1e8);
});
