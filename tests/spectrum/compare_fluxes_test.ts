import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { fluxAgreements, type FluxPair, pullOf, ratioOf } from "../../lib/spectrum/compare_fluxes.ts";

function pair(flux: number, other: number, error = 1, detector = 1): FluxPair {
  return {
    detector,
    fluxMicroJy: flux,
    fluxErrorMicroJy: error,
    otherFluxMicroJy: other,
    otherFluxErrorMicroJy: error,
  };
}

Deno.test("ratioOf() leaves out pairs that are faint together, not those that are faint on one side", () => {
  assert.equal(ratioOf(pair(200, 100), 10), 2);
  assert.ok(Number.isNaN(ratioOf(pair(4, 4), 10)));
  assert.equal(ratioOf(pair(14, 2), 10), 7);
  assert.ok(Number.isNaN(ratioOf(pair(100, -1), 10)));
});

Deno.test("fluxAgreements() finds scale and scatter of independent measurements, band by band", () => {
  const random = new SeededRandom(5);
  const pairs = Array.from(
    { length: 4000 },
    (_, n) => pair(1.02 * 1000 + 10 * random.normal(), 1000 + 10 * random.normal(), 10, 1 + n % 2),
  );
  const [first, second, all] = fluxAgreements(pairs, 10);
  assert.deepEqual([first!.detector, second!.detector, all!.detector], [1, 2, null]);
  assert.deepEqual([first!.pairs, all!.pairs, all!.ratios], [2000, 4000, 4000]);
  assert.ok(Math.abs(all!.ratioMedian! - 1.02) < 0.001);
  assert.ok(Math.abs(all!.ratioMad! * 1.4826 - 0.0143) < 0.0007);
  assert.ok(Math.abs(all!.pullMean! - 20 / Math.hypot(10, 10)) < 0.05);
  assert.ok(Math.abs(all!.pullWidth! - 1) < 0.05);
  assert.equal(all!.pullsBeyondFive, pairs.filter((item) => Math.abs(pullOf(item)) > 5).length);
});

Deno.test("fluxAgreements() of nothing has counts of zero and no numbers", () => {
  assert.deepEqual(fluxAgreements([], 10), [{
    detector: null,
    pairs: 0,
    ratios: 0,
    ratioMedian: null,
    ratioMad: null,
    pullMean: null,
    pullWidth: null,
    pullsBeyondFive: 0,
  }]);
});
