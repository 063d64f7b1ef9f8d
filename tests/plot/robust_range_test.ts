import assert from "node:assert/strict";
import { paddedRange, type RangeValue, rangeWith, robustRange } from "../../lib/plot/robust_range.ts";

function values(numbers: readonly number[], error = 0): RangeValue[] {
  return numbers.map((value, i) => ({ position: i, reach: 1.5, value, error }));
}

const FLAT = Array.from({ length: 40 }, (_, i) => 100 + 5 * Math.sin(i));

Deno.test("robustRange() holds all values when none is wild", () => {
  assert.deepEqual(robustRange(values([3, 1, 2, 5, 4, 2, 3])), [1, 5]);
});

Deno.test("robustRange() is not stretched by one wild value, high or low", () => {
  const plain = robustRange(values(FLAT))!;
  for (const wild of [1e6, -1e6]) {
    const range = robustRange(values(FLAT.with(20, wild)))!;
    assert(range[0] >= plain[0] && range[1] <= plain[1], `${range} for ${wild}`);
  }
});

Deno.test("robustRange() shows a line that is seen twice at the same place", () => {
  const range = robustRange(values(FLAT.with(20, 900).with(21, 1000)))!;
  assert.equal(range[1], 1000);
});

Deno.test("robustRange() leaves out two wild values far apart", () => {
  assert(robustRange(values(FLAT.with(5, 900).with(30, 1000)))![1] < 110);
});

Deno.test("robustRange() makes room for error bars, but not for absurd ones", () => {
  assert.deepEqual(robustRange(values([10, 20, 30], 2)), [8, 32]);
  assert.deepEqual(robustRange(values([10, 20, 30], 1e9)), [-10, 50]);
});

Deno.test("robustRange() knows values without spread, without number, and none", () => {
  assert.deepEqual(robustRange(values([4])), [2, 6]);
  assert.deepEqual(robustRange(values([0, 0, 0])), [-1, 1]);
  assert.equal(robustRange(values([NaN, Infinity])), undefined);
  assert.equal(robustRange([]), undefined);
});

Deno.test("paddedRange() and rangeWith() only widen", () => {
  assert.deepEqual(paddedRange([0, 10], 0.1), [-1, 11]);
  assert.deepEqual(rangeWith([2, 3], 0), [0, 3]);
  assert.deepEqual(rangeWith([2, 3], 2.5), [2, 3]);
});
