import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../lib/core/random.ts";
import {
  median,
  medianAbsoluteDeviationInPlace,
  medianInPlace,
  NORMAL_SIGMA_PER_MAD,
  selectInPlace,
  sigmaClip,
} from "../../lib/math/robust_statistics.ts";

const NUMBERS = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 });

Deno.test("selectInPlace() finds every rank that sorting finds and only rearranges", () => {
  fc.assert(
    fc.property(NUMBERS, fc.nat(), (numbers, seed) => {
      const sorted = Float64Array.from(numbers).sort();
      const rank = seed % numbers.length;
      const values = Float64Array.from(numbers);
      assert.equal(selectInPlace(values, values.length, rank), sorted[rank]);
      assert.deepEqual(values.sort(), sorted);
    }),
    { seed: 3 },
  );
});

Deno.test("medianInPlace() equals the middle of the sorted values", () => {
  fc.assert(
    fc.property(NUMBERS, (numbers) => {
      const sorted = Float64Array.from(numbers).sort();
      const half = sorted.length >> 1;
      const expected = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
      assert.equal(medianInPlace(Float64Array.from(numbers)), expected);
    }),
    { seed: 4 },
  );
});

Deno.test("medianInPlace() looks only at the first values and is NaN for none", () => {
  assert.equal(medianInPlace(Float64Array.of(3, 1, 2, 99, 99), 3), 2);
  assert.ok(Number.isNaN(medianInPlace(Float64Array.of(1), 0)));
});

Deno.test("median() ignores values that are not finite and leaves its input alone", () => {
  const values = [5, NaN, 1, Infinity, 3];
  assert.equal(median(values), 3);
  assert.deepEqual(values, [5, NaN, 1, Infinity, 3]);
});

Deno.test("medianAbsoluteDeviationInPlace() measures normal noise in spite of outliers", () => {
  const random = new SeededRandom(8);
  const values = Float64Array.from(
    { length: 20000 },
    (_, i) => i % 50 === 0 ? 1000 : 2 + 3 * random.normal(),
  );
  const sigma = NORMAL_SIGMA_PER_MAD * medianAbsoluteDeviationInPlace(values, 2);
  assert.ok(Math.abs(sigma - 3) < 0.15);
});

Deno.test("sigmaClip() removes outliers and values that are not finite, and keeps the rest", () => {
  const random = new SeededRandom(9);
  const values = Float64Array.from({ length: 500 }, () => 10 + random.normal());
  values[3] = 100;
  values[4] = -80;
  values[5] = NaN;
  const kept = new Uint8Array(500);
  const result = sigmaClip(values, 5, 5, kept, new Float64Array(500));
  assert.deepEqual([kept[3], kept[4], kept[5], kept[6]], [0, 0, 0, 1]);
  assert.equal(result.count, 497);
  assert.ok(Math.abs(result.median - 10) < 0.15 && Math.abs(result.sigma - 1) < 0.15);
});

Deno.test("sigmaClip() without iterations only drops what is not finite", () => {
  const kept = new Uint8Array(4);
  const result = sigmaClip([1, 1, 1, 1e9], 3, 0, kept, new Float64Array(4));
  assert.equal(result.count, 4);
});
