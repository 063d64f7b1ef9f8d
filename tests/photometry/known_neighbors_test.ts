/** Catalogue priors: neighbours whose places are known are fitted at those places, also where no residual shows them. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const FLUX = 500;
const TARGET = { x: 10.2, y: 9.7, fluxMicroJy: FLUX };

/** Pulls with and without knowing of a neighbour at a distance in pixels. */
function pulls(distance: number, neighborFlux: number, isKnown: boolean): number[] {
  const random = new SeededRandom(17);
  return Array.from({ length: 300 }, (_, seed) => {
    const angle = 2 * Math.PI * random.uniform();
    const neighbor = { x: 10.2 + distance * Math.cos(angle), y: 9.7 + distance * Math.sin(angle) };
    const cutout = syntheticCutout({ sources: [TARGET, { ...neighbor, fluxMicroJy: neighborFlux }], seed });
    const known = isKnown ? { knownNeighbors: [neighbor] } : {};
    const m = measureCutout({ ...cutout, ...known }, SETTINGS);
    return (m.selectedFluxMicroJy - FLUX) / m.selectedFluxErrorMicroJy;
  });
}

function meanAndWidth(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return [mean, Math.sqrt(square)];
}

Deno.test("measureCutout() has true errors beside a known neighbour that no search could split off", () => {
  const [blind] = meanAndWidth(pulls(1.6, 400, false));
  assert.ok(blind > 1, `without knowing: mean pull ${blind}`);
  const [mean, width] = meanAndWidth(pulls(1.6, 400, true));
  // Four standard errors for 300 pulls.
  assert.ok(Math.abs(mean) < 0.24, `mean ${mean}`);
  assert.ok(Math.abs(width - 1) < 0.17, `width ${width}`);
});

Deno.test("measureCutout() says that a known neighbour on top of the target cannot be separated", () => {
  const cutout = syntheticCutout({ sources: [TARGET, { ...TARGET, x: 10.4, fluxMicroJy: 400 }], seed: 4 });
  const m = measureCutout({ ...cutout, knownNeighbors: [{ x: 10.4, y: 9.7 }] }, SETTINGS);
  assert.equal(m.selectedFit, "point");
  assert.ok(m.photometryFlags.includes("CONTAMINATION_RISK") && !m.scienceRecommended);
});

Deno.test("measureCutout() takes a residual near a known neighbour for its light, and ignores those far away", () => {
  const bright = { x: 15, y: 10, fluxMicroJy: 5000 };
  const cutout = syntheticCutout({ sources: [TARGET, bright], seed: 5 });
  const knownNeighbors = [{ x: 300, y: -40 }, { x: NaN, y: 3 }, { x: 15, y: 10 }];
  const m = measureCutout({ ...cutout, knownNeighbors }, SETTINGS, { keepModels: true });
  assert.equal(m.neighborCount, 1);
  assert.deepEqual([m.models.neighbors[0]!.x, m.models.neighbors[0]!.y], [15, 10]);
  assert.ok(Math.abs(m.models.neighbors[0]!.fluxMicroJy / 5000 - 1) < 0.03);
  const off = { ...SETTINGS, deblending: { ...SETTINGS.deblending, enabled: false } };
  assert.equal(measureCutout({ ...cutout, knownNeighbors }, off).neighborCount, 0);
});
