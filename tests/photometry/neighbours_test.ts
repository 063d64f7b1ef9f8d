/** Neighbours: found, fitted jointly, and the target never split. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { acceptsJoint } from "../../lib/photometry/joint_fit.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout, type SyntheticSource } from "./synthetic_cutout.ts";

const TARGET: SyntheticSource = { x: 10.2, y: 9.7, fluxMicroJy: 2000 };
const NEIGHBOR: SyntheticSource = { x: 14.4, y: 11.6, fluxMicroJy: 8000 };

Deno.test("measureCutout() separates a neighbour and improves the residuals", () => {
  const cutout = syntheticCutout({ sources: [TARGET, NEIGHBOR], seed: 4 });
  const { models, ...m } = measureCutout(cutout, SETTINGS, { keepModels: true });
  assert.equal(m.deblendStatus, "joint_stable");
  assert.equal(m.scienceMode, "joint_point_source");
  assert.equal(m.neighborCount, 1);
  assert.ok(m.joint.chiSquareReduced < m.point.chiSquareReduced / 5);
  assert.ok(Math.abs(m.selectedFluxMicroJy - 2000) < 4 * m.selectedFluxErrorMicroJy);
  assert.ok(m.uncertaintyInflation < 3 && m.targetNeighborMaxCorrelation < 0.9);
  const [found] = models.neighbors;
  assert.ok(Math.hypot(found!.x - NEIGHBOR.x, found!.y - NEIGHBOR.y) < 0.03);
  assert.ok(Math.abs(found!.fluxMicroJy / 8000 - 1) < 0.03);
  assert.ok(m.scienceRecommended);
});

Deno.test("measureCutout() has true errors beside a neighbour, whatever its direction", () => {
  const random = new SeededRandom(31);
  let sum = 0, squares = 0;
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const x = 10 + random.uniform() - 0.5, y = 10 + random.uniform() - 0.5;
    const angle = 2 * Math.PI * random.uniform();
    const sources = [
      { x, y, fluxMicroJy: 2000 },
      { x: x + 4.6 * Math.cos(angle), y: y + 4.6 * Math.sin(angle), fluxMicroJy: 4000 },
    ];
    const m = measureCutout(syntheticCutout({ sources, seed: run }), SETTINGS);
    assert.equal(m.deblendStatus, "joint_stable");
    const pull = (m.selectedFluxMicroJy - 2000) / m.selectedFluxErrorMicroJy;
    sum += pull;
    squares += pull * pull;
  }
  assert.ok(Math.abs(sum / runs) < 0.15, `mean ${sum / runs}`);
  assert.ok(Math.abs(Math.sqrt(squares / runs) - 1) < 0.1, `width ${Math.sqrt(squares / runs)}`);
});

Deno.test("measureCutout() fits several neighbours, the brightest first, and no more than allowed", () => {
  const sources = [TARGET, NEIGHBOR, { x: 5.3, y: 8.1, fluxMicroJy: 5000 }, {
    x: 9.2,
    y: 15.5,
    fluxMicroJy: 3000,
  }];
  const cutout = syntheticCutout({ sources, seed: 4 });
  assert.equal(measureCutout(cutout, SETTINGS).neighborCount, 3);
  const two = { ...SETTINGS, deblending: { ...SETTINGS.deblending, maxNeighbors: 2 } };
  const { models } = measureCutout(cutout, two, { keepModels: true });
  assert.deepEqual(models.neighbors.map(({ x }) => Math.round(x)), [14, 5]);
});

Deno.test("measureCutout() keeps the point fit and says so when the joint fit is not stable", () => {
  const strict = { ...SETTINGS, fit: { ...SETTINGS.fit, uncertaintyInflationMax: 0.5 } };
  const m = measureCutout(syntheticCutout({ sources: [TARGET, NEIGHBOR], seed: 4 }), strict);
  assert.equal(m.deblendStatus, "needed_unstable");
  assert.equal(m.scienceMode, "point_source_forced");
  assert.equal(m.selectedFluxMicroJy, m.point.fluxMicroJy);
  assert.ok(Number.isFinite(m.joint.fluxMicroJy));
  assert.ok(m.photometryFlags.includes("DEBLEND_UNSTABLE"));
  assert.ok(m.photometryFlags.includes("CONTAMINATION_RISK"));
  assert.equal(m.scienceRecommended, false);
});

Deno.test("measureCutout() does not split a slightly resolved target", () => {
  const sources = [{ x: 10, y: 10, fluxMicroJy: 0 }, { x: 9.3, y: 10, fluxMicroJy: 9000 }, {
    x: 10.7,
    y: 10,
    fluxMicroJy: 9000,
  }];
  const m = measureCutout(syntheticCutout({ sources, seed: 6 }), SETTINGS);
  assert.equal(m.neighborCount, 0);
  assert.equal(m.selectedFit, "point");
  for (const name of ["TARGET_SPLIT_PROTECTED", "TARGET_POSSIBLY_EXTENDED", "TARGET_PSF_MISMATCH"] as const) {
    assert.ok(m.photometryFlags.includes(name), name);
  }
  assert.ok(m.targetResidualPeakSigma > 5);
});

Deno.test("measureCutout() does not look for neighbours when told not to", () => {
  const settings = { ...SETTINGS, deblending: { ...SETTINGS.deblending, enabled: false } };
  const m = measureCutout(syntheticCutout({ sources: [TARGET, NEIGHBOR], seed: 4 }), settings);
  assert.deepEqual([m.neighborCount, m.deblendStatus], [0, "none"]);
});

Deno.test("measureCutout() ignores a source beyond the fit box", () => {
  const sources = [TARGET, { x: 18.5, y: 17, fluxMicroJy: 8000 }];
  const m = measureCutout(syntheticCutout({ sources, seed: 4 }), SETTINGS);
  assert.equal(m.neighborCount, 0);
  assert.ok(Math.abs(m.selectedFluxMicroJy - 2000) < 4 * m.selectedFluxErrorMicroJy);
});

Deno.test("acceptsJoint() needs every piece of evidence", () => {
  const good = { bothOk: true, correlation: 0.9, inflation: 3, chiSquareRatio: 1.05, targetProtected: false };
  assert.ok(acceptsJoint(good, SETTINGS));
  const spoiled = [
    { bothOk: false },
    { correlation: 0.91 },
    { inflation: 3.1 },
    { chiSquareRatio: 1.06 },
    { chiSquareRatio: NaN },
    { targetProtected: true },
  ];
  for (const change of spoiled) assert.equal(acceptsJoint({ ...good, ...change }, SETTINGS), false);
});

Deno.test("measureCutout() takes light right beside the target for the target's, and warns", () => {
  const beside = { x: 12.2, y: 12.8, fluxMicroJy: 2500 };
  const cutout = syntheticCutout({ sources: [{ x: 10, y: 10, fluxMicroJy: 2000 }, beside], seed: 4 });
  const m = measureCutout(cutout, SETTINGS);
  assert.equal(m.targetOverlapComponentCount, 1);
  assert.equal(m.rejectedNeighborComponentCount, 1);
  assert.equal(m.neighborCount, 0);
  assert.ok(m.photometryFlags.includes("CONTAMINATION_RISK"));
  const deblending = { ...SETTINGS.deblending, rejectComponentsTouchingTargetProtection: false };
  assert.equal(measureCutout(cutout, { ...SETTINGS, deblending }).neighborCount, 1);
});

Deno.test("measureCutout() allows for an imperfect PSF when it judges a bright target", () => {
  const psf = { ...SETTINGS.psf, coreShiftPixels: [0.015, 0] as const };
  const cutout = syntheticCutout({ sources: [{ x: 10.3, y: 9.8, fluxMicroJy: 300000 }], seed: 4 });
  const tolerant = measureCutout(cutout, { ...SETTINGS, psf });
  assert.ok(!tolerant.photometryFlags.includes("TARGET_SPLIT_PROTECTED"));
  assert.ok(tolerant.targetResidualPeakSigma > 5); // reported as it is
  const deblending = { ...SETTINGS.deblending, modelErrorFraction: 0 };
  const strict = measureCutout(cutout, { ...SETTINGS, psf, deblending });
  assert.ok(strict.photometryFlags.includes("TARGET_SPLIT_PROTECTED"));
});

Deno.test("measureCutout() keeps the flags of reading and drops those of the first look when neighbours are fitted", () => {
  const cutout = syntheticCutout({ sources: [TARGET, NEIGHBOR], seed: 4 });
  const m = measureCutout({ ...cutout, detectorCoordinateMethod: "cutout" }, SETTINGS);
  assert.equal(m.deblendStatus, "joint_stable");
  assert.deepEqual(m.photometryFlags, ["DETECTOR_COORD_FALLBACK"]);
});
