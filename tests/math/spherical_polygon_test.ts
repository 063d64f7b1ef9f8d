import fc from "fast-check";
import assert from "node:assert/strict";
import { angularSeparationDeg, offsetPosition, unitVector } from "../../lib/math/sphere.ts";
import { isCircleTouchingPolygon } from "../../lib/math/spherical_polygon.ts";

const DEGREE = Math.PI / 180;

Deno.test("isCircleTouchingPolygon() agrees with points walked along the sides", () => {
  const place = fc.record({
    ra: fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
    dec: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 89.99)),
    turn: fc.double({ min: 0, max: 360, noNaN: true }),
    away: fc.double({ min: 0, max: 5, noNaN: true }),
    towards: fc.double({ min: 0, max: 360, noNaN: true }),
    radius: fc.double({ min: 1e-6, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(place, ({ ra, dec, turn, away, towards, radius }) => {
      const corners = [0, 90, 180, 270].map((angle) => offsetPosition(ra, dec, turn + angle, 2.4));
      const vectors = corners.map((one) => unitVector(one.rightAscensionDeg, one.declinationDeg));
      const center = offsetPosition(ra, dec, towards, away);
      const { rightAscensionDeg, declinationDeg } = center;
      const point = unitVector(rightAscensionDeg, declinationDeg);
      const toSide = Math.min(...vectors.flatMap((from, i) => {
        const to = vectors[(i + 1) % 4]!;
        return Array.from({ length: 401 }, (_, step) => {
          const [x, y, z] = [0, 1, 2].map((axis) => from[axis]! + (to[axis]! - from[axis]!) * step / 400);
          const length = Math.hypot(x!, y!, z!);
          const chord = Math.hypot(point[0] - x! / length, point[1] - y! / length, point[2] - z! / length);
          return 2 * Math.asin(Math.min(1, chord / 2)) / DEGREE;
        });
      }));
      // Nearer to the middle than any side is: inside. The walk is 0.0085 degrees a step.
      const isInside = angularSeparationDeg(ra, dec, rightAscensionDeg, declinationDeg) < 1.69;
      const touches = isCircleTouchingPolygon(point, radius * DEGREE, vectors);
      if (isInside || toSide < radius) assert.equal(touches, true);
      else if (toSide > radius + 0.01 && away > 2.5) assert.equal(touches, false);
    }),
    { numRuns: 300 },
  );
});

Deno.test("isCircleTouchingPolygon() reaches over sides, corners and RA 0 by the radius and no further", () => {
  const square = [[359, -1], [1, -1], [1, 1], [359, 1]].map(([ra, dec]) => unitVector(ra!, dec!));
  const touches = (ra: number, dec: number, radius: number) =>
    isCircleTouchingPolygon(unitVector(ra, dec), radius * DEGREE, square);
  assert(touches(0, 0, 1e-9));
  assert(touches(2, 0, 1.0000001) && !touches(2, 0, 0.9999999));
  const corner = angularSeparationDeg(358, 2, 359, 1);
  assert(touches(358, 2, corner + 1e-9) && !touches(358, 2, corner - 1e-9));
  assert(!touches(180, 0, 1), "the far side of the sky");
  assert(!isCircleTouchingPolygon(unitVector(0, 0), 1, square.slice(0, 2)), "two corners are no polygon");
});
