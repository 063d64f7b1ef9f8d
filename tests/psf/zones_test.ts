import assert from "node:assert/strict";
import fc from "fast-check";
import { selectZones, type ZoneGrid } from "../../lib/psf/zones.ts";

/** The centres of the 11 x 11 zones of a QR2 file. */
const CENTERS = Float64Array.from({ length: 11 }, (_, i) => 93.22727273 + i * 185.45454545);
const GRID: ZoneGrid = { xCentersPixels: CENTERS, yCentersPixels: CENTERS };

/** A grid that is not square, as that of detector 3 in QR3. */
const OBLONG: ZoneGrid = {
  xCentersPixels: Float64Array.of(100, 300, 500),
  yCentersPixels: Float64Array.of(50, 80),
};

Deno.test("selectZones() finds the nearest zone with the plane index running along x first", () => {
  // The archive's own example: parent pixel (223.2, 2007.4) is in zone 112, which counts from 1.
  assert.deepEqual(selectZones(GRID, 223.174, 2007.353, "nearest"), [{ index: 111, weight: 1 }]);
  assert.deepEqual(selectZones(OBLONG, 420, 79, "nearest"), [{ index: 5, weight: 1 }]);
});

Deno.test("selectZones() blends four zones whose shares put the centre where the target is", () => {
  const coordinate = fc.double({ noNaN: true, min: 93.3, max: 1947 });
  fc.assert(
    fc.property(coordinate, coordinate, (x, y) => {
      let sum = 0, meanX = 0, meanY = 0;
      for (const { index, weight } of selectZones(GRID, x, y, "bilinear")) {
        assert.ok(weight > 0);
        sum += weight;
        meanX += weight * CENTERS[index % 11]!;
        meanY += weight * CENTERS[Math.floor(index / 11)]!;
      }
      assert.ok(Math.abs(sum - 1) < 1e-12);
      assert.ok(Math.abs(meanX - x) < 1e-9 && Math.abs(meanY - y) < 1e-9);
    }),
    { seed: 14 },
  );
});

Deno.test("selectZones() takes one zone at a centre and the outermost beyond the last centre", () => {
  assert.deepEqual(selectZones(OBLONG, 300, 80, "bilinear"), [{ index: 4, weight: 1 }]);
  assert.deepEqual(selectZones(OBLONG, -20, 0, "bilinear"), [{ index: 0, weight: 1 }]);
  assert.deepEqual(selectZones(OBLONG, 2000, 2000, "bilinear"), [{ index: 5, weight: 1 }]);
});

Deno.test("selectZones() puts the zone of largest weight first", () => {
  const zones = selectZones(OBLONG, 460, 55, "bilinear");
  assert.equal(zones[0]!.index, 2);
  assert.equal(zones.length, 4);
});

Deno.test("selectZones() never makes the first plane out of an unknown place or an empty grid", () => {
  assert.deepEqual(selectZones(GRID, NaN, 100, "bilinear"), []);
  assert.deepEqual(selectZones(GRID, 100, Infinity, "nearest"), []);
  const empty = { xCentersPixels: new Float64Array(0), yCentersPixels: CENTERS };
  assert.throws(() => selectZones(empty, 100, 100, "nearest"), RangeError);
});
