import assert from "node:assert/strict";
import fc from "fast-check";
import { RunningStatistics } from "../../lib/workflow/running_statistics.ts";

/** The obvious way: everything in memory, one formula after another. */
function slowFigures(values: readonly number[]): [number, number, number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [Math.min(...values), Math.max(...values), mean, Math.sqrt(variance)];
}

Deno.test("RunningStatistics joins pieces to what the values give at once", () => {
  const value = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(NaN, Infinity, -Infinity),
  );
  fc.assert(
    fc.property(fc.array(fc.array(value), { maxLength: 6 }), (pieces) => {
      const statistics = new RunningStatistics();
      for (const piece of pieces) statistics.add(piece);
      const { result } = statistics;
      const all = pieces.flat();
      const finite = all.filter(Number.isFinite);
      assert.equal(result.count, finite.length);
      assert.equal(result.blank_count, all.filter(Number.isNaN).length);
      assert.equal(result.infinite_count, all.length - result.count - result.blank_count);
      if (finite.length === 0) {
        assert.deepEqual([result.minimum, result.maximum, result.mean], [null, null, null]);
        return;
      }
      const [minimum, maximum, mean, deviation] = slowFigures(finite);
      assert.equal(result.minimum, minimum);
      assert.equal(result.maximum, maximum);
      assert(Math.abs(result.mean! - mean) <= 1e-9);
      assert(Math.abs(result.standard_deviation! - deviation) <= 1e-6);
    }),
    { seed: 11 },
  );
});

Deno.test("RunningStatistics keeps the spread of values with a large mean, over many pieces", () => {
  const statistics = new RunningStatistics();
  const values = Float64Array.from({ length: 100_000 }, (_, i) => 1e12 + (i % 2));
  statistics.add(values);
  assert.equal(statistics.result.standard_deviation, 0.5);
  assert.equal(statistics.result.mean, 1e12 + 0.5);
});

Deno.test("RunningStatistics counts marked blanks and keeps 64-bit integers exact", () => {
  const statistics = new RunningStatistics();
  statistics.add(Int16Array.of(1, -999, 3), Uint8Array.of(0, 1, 0));
  assert.deepEqual(statistics.result, {
    count: 2,
    blank_count: 1,
    infinite_count: 0,
    minimum: 1,
    maximum: 3,
    mean: 2,
    standard_deviation: 1,
  });
  const integers = new RunningStatistics();
  integers.add(BigInt64Array.of(9007199254740993n, -5n, 7n), Uint8Array.of(0, 0, 1));
  assert.equal(integers.result.maximum, "9007199254740993");
  assert.equal(integers.result.minimum, -5);
  assert.equal(integers.result.blank_count, 1);
});
