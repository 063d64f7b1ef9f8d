import assert from "node:assert/strict";
import fc from "fast-check";
import { nearPairs } from "../../lib/catalog/near_duplicates.ts";

/** Angle between two places from their unit vectors, arcseconds: the slow twin. */
function separationArcsec(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const [a, b] = [[ra1, dec1], [ra2, dec2]].map(([ra, dec]) => {
    const [r, d] = [ra! * Math.PI / 180, dec! * Math.PI / 180];
    return [Math.cos(d) * Math.cos(r), Math.cos(d) * Math.sin(r), Math.sin(d)];
  });
  const chord = Math.hypot(...a!.map((value, axis) => value - b![axis]!));
  return 2 * Math.asin(Math.min(1, chord / 2)) * 180 / Math.PI * 3600;
}

Deno.test("nearPairs() finds pairs across 0 h, at the poles and in one place", () => {
  assert.equal(nearPairs([359.99999, 0.00001], [0, 0], 0.1).length, 1);
  assert.equal(nearPairs([10, 190], [89.99999, 89.99999], 0.1).length, 1);
  assert.equal(nearPairs([0, 123], [-90, -90], 0.1).length, 1);
  assert.deepEqual(nearPairs([5, 5, 5], [5, 5, 5], 0.1).map(({ first, second }) => [first, second]), [
    [0, 1],
    [0, 2],
  ]);
  assert.deepEqual(nearPairs([5, 5], [5, 5], 0), []);
  assert.deepEqual(nearPairs([5, 5], [5, 5 + 0.11 / 3600], 0.1), []);
});

Deno.test("nearPairs() pairs each place with its nearest earlier one, and tells the distance", () => {
  const [pair] = nearPairs([10, 10, 10], [0, 3 / 3600, 1 / 3600], 1.5).filter(({ second }) => second === 2);
  assert.equal(pair!.first, 0);
  assert(Math.abs(pair!.separationArcsec - 1) < 1e-6);
});

Deno.test("nearPairs() agrees with comparing all with all", () => {
  const near = fc.record({
    ra: fc.integer({ min: -40, max: 40 }),
    dec: fc.integer({ min: -40, max: 40 }),
  });
  const center = fc.constantFrom([0, 0], [0, 89.999], [180, -89.99], [83.6, 22.01], [359.9999, 60]);
  fc.assert(
    fc.property(
      center,
      fc.array(near, { maxLength: 14 }),
      fc.integer({ min: 1, max: 30 }),
      ([ra0, dec0], offsets, tolerance) => {
        const dec = offsets.map((offset) => Math.max(-90, Math.min(90, dec0! + offset.dec / 3600)));
        const ra = offsets.map((offset, i) => {
          const turned = ra0! + offset.ra / 3600 / Math.max(0.01, Math.cos(dec[i]! * Math.PI / 180));
          return ((turned % 360) + 360) % 360 % 360;
        });
        const limit = tolerance + 0.5;
        const expected = ra.flatMap((_, second) =>
          ra.slice(0, second).some((_, first) =>
              separationArcsec(ra[first]!, dec[first]!, ra[second]!, dec[second]!) <= limit
            )
            ? [second]
            : []
        );
        assert.deepEqual(nearPairs(ra, dec, limit).map(({ second }) => second), expected);
      },
    ),
  );
});

Deno.test("nearPairs() stays quick when all places have one declination or are one place", () => {
  const count = 30_000;
  const ras = Float64Array.from({ length: count }, (_, i) => i * 360 / count);
  const start = performance.now();
  assert.equal(nearPairs(ras, new Float64Array(count), 0.2).length, 0);
  assert.equal(nearPairs(new Float64Array(count).fill(10), new Float64Array(count), 0.2).length, count - 1);
  assert(performance.now() - start < 5000, "comparing all with all would take much longer");
});
