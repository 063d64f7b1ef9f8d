/** Injection and recovery: fluxes of a known sky come back unbiased, with errors that tell the truth. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { MeasureWorkspace } from "../../lib/photometry/measure_workspace.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS, type PhotometrySettings } from "../../lib/photometry/settings.ts";
import { syntheticCutout, type SyntheticSky } from "./synthetic_cutout.ts";

/** Means over many measurements of one flux. */
interface Recovery {
  readonly meanFlux: number;
  readonly meanError: number;
  readonly meanBackground: number;
  readonly pulls: readonly number[];
  readonly recommendedFraction: number;
}

const WORKSPACE = new MeasureWorkspace();

/** Measures `runs` skies that differ in noise and in the sub-pixel place of the target. */
function recover(
  fluxMicroJy: number,
  runs: number,
  sky: Partial<SyntheticSky> = {},
  settings: PhotometrySettings = DEFAULT_PHOTOMETRY_SETTINGS,
): Recovery {
  const random = new SeededRandom(1000 + fluxMicroJy);
  const pulls: number[] = [];
  let flux = 0, error = 0, background = 0, recommended = 0;
  for (let run = 0; run < runs; run++) {
    const middle = ((sky.width ?? 21) - 1) / 2;
    const x = middle + random.uniform() - 0.5, y = middle + random.uniform() - 0.5;
    const cutout = syntheticCutout({ ...sky, sources: [{ x, y, fluxMicroJy }], seed: random.uint32() });
    const m = measureCutout(cutout, settings, { workspace: WORKSPACE });
    pulls.push((m.selectedFluxMicroJy - fluxMicroJy) / m.selectedFluxErrorMicroJy);
    flux += m.selectedFluxMicroJy / runs;
    error += m.selectedFluxErrorMicroJy / runs;
    background += m.background.b0MicroJyPerPixel / runs;
    if (m.scienceRecommended) recommended++;
  }
  const recommendedFraction = recommended / runs;
  return { meanFlux: flux, meanError: error, meanBackground: background, pulls, recommendedFraction };
}

/** Mean and standard deviation. */
function meanAndWidth(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return [mean, Math.sqrt(square)];
}

Deno.test("measureCutout() recovers fluxes above S/N 50 to a thousandth", () => {
  const medium = recover(3000, 2000);
  assert.ok(medium.meanFlux / medium.meanError > 50);
  assert.ok(Math.abs(medium.meanFlux / 3000 - 1) < 1e-3, `bias ${medium.meanFlux / 3000 - 1}`);
  const bright = recover(30000, 500);
  assert.ok(bright.meanFlux / bright.meanError > 200);
  assert.ok(Math.abs(bright.meanFlux / 30000 - 1) < 1e-3, `bias ${bright.meanFlux / 30000 - 1}`);
});

Deno.test("measureCutout() has pulls of mean 0 and width 1 from no flux to S/N 200", () => {
  const pulls = [0, 60, 300, 1500, 30000].flatMap((flux) => recover(flux, 800).pulls);
  const [mean, width] = meanAndWidth(pulls);
  assert.equal(pulls.length, 4000);
  assert.ok(Math.abs(mean) < 0.05, `mean ${mean}`);
  assert.ok(Math.abs(width - 1) < 0.05, `width ${width}`);
});

Deno.test("measureCutout() has true errors in a small cutout, where the background is uncertain", () => {
  const [mean, width] = meanAndWidth(recover(500, 2000, { width: 11, height: 11 }).pulls);
  assert.ok(Math.abs(mean) < 0.07, `mean ${mean}`);
  assert.ok(Math.abs(width - 1) < 0.05, `width ${width}`);
});

Deno.test("measureCutout() fitting flux and plane in one has true errors too", () => {
  const { background } = DEFAULT_PHOTOMETRY_SETTINGS;
  const joint = {
    ...DEFAULT_PHOTOMETRY_SETTINGS,
    background: { ...background, method: "joint_plane" as const },
  };
  const [mean, width] = meanAndWidth(recover(500, 2000, { width: 11, height: 11 }, joint).pulls);
  assert.ok(Math.abs(mean) < 0.07, `mean ${mean}`);
  assert.ok(Math.abs(width - 1) < 0.05, `width ${width}`);
});

Deno.test("measureCutout() recommends nearly all bright isolated sources", () => {
  assert.ok(recover(3000, 300).recommendedFraction > 0.97);
});

Deno.test("measureCutout() with smoothed noise is free of the bias of observed noise", () => {
  // Few photons make the bias plain: 150 electrons per MJy/sr.
  const sky = { varianceSlope: 1 / 150 };
  const observed = { ...DEFAULT_PHOTOMETRY_SETTINGS, noise: { model: "observed", iterations: 0 } as const };
  const before = recover(200, 2000, sky, observed);
  const after = recover(200, 2000, sky);
  const truth = 0.3 * 37.8 * 23.50443;
  assert.ok(truth - before.meanBackground > 3, `background ${before.meanBackground} for ${truth}`);
  assert.ok(Math.abs(truth - after.meanBackground) < 1, `background ${after.meanBackground} for ${truth}`);
  const standardError = after.meanError / Math.sqrt(2000);
  assert.ok(Math.abs(after.meanFlux - 200) < 2.5 * standardError, `flux ${after.meanFlux}`);
  assert.ok(before.meanFlux - after.meanFlux > 2, `${before.meanFlux} before, ${after.meanFlux} after`);
});
