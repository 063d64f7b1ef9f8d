import assert from "node:assert/strict";
import fc from "fast-check";
import {
  angularSeparationDeg,
  crossProduct,
  dotProduct,
  isInsideSphericalPolygon,
  offsetPosition,
  positionAngleDeg,
  positionOfVector,
  unitVector,
} from "../../lib/math/sphere.ts";

const longitude = fc.double({ min: 0, max: 359.999, noNaN: true });
const latitude = fc.double({ min: -89.9, max: 89.9, noNaN: true });

function near(found: number, expected: number, tolerance: number): void {
  assert(Math.abs(found - expected) <= tolerance, `found ${found}, expected ${expected}`);
}

Deno.test("angularSeparationDeg() is exact for known angles, small and large", () => {
  near(angularSeparationDeg(0, 0, 90, 0), 90, 1e-13);
  near(angularSeparationDeg(10, 20, 190, -20), 180, 1e-6);
  near(angularSeparationDeg(0, 89, 180, 89), 2, 1e-13);
  near(angularSeparationDeg(359.9999999, 0, 0.0000001, 0), 2e-7, 1e-13);
  // astropy.coordinates.angular_separation(83.633083, 22.0145, 83.633083 + 1e-7, 22.0145 + 2e-7)
  near(angularSeparationDeg(83.633083, 22.0145, 83.6330831, 22.0145002), 2.204425946e-7, 1e-14);
  assert.equal(angularSeparationDeg(12.5, -33.25, 12.5, -33.25), 0);
  assert(Number.isNaN(angularSeparationDeg(NaN, 0, 1, 1)));
});

Deno.test("offsetPosition() goes the stated distance in the stated direction", () => {
  fc.assert(
    fc.property(
      longitude,
      latitude,
      fc.double({ min: 0, max: 359, noNaN: true }),
      fc.double({ min: 1e-5, max: 170, noNaN: true }),
      (rightAscensionDeg, declinationDeg, angleDeg, separationDeg) => {
        const end = offsetPosition(rightAscensionDeg, declinationDeg, angleDeg, separationDeg);
        const found = angularSeparationDeg(
          rightAscensionDeg,
          declinationDeg,
          end.rightAscensionDeg,
          end.declinationDeg,
        );
        near(found, separationDeg, 1e-11);
        const angle = positionAngleDeg(
          rightAscensionDeg,
          declinationDeg,
          end.rightAscensionDeg,
          end.declinationDeg,
        );
        const miss = Math.abs(angle - angleDeg) % 360;
        // The angle of a short step is as uncertain as its end is rounded.
        assert(
          Math.min(miss, 360 - miss) <
            1e-9 + 1e-11 / separationDeg / Math.cos(declinationDeg * Math.PI / 180),
        );
      },
    ),
    { seed: 5 },
  );
  const east = offsetPosition(0, 0, 90, 1);
  near(east.rightAscensionDeg, 1, 1e-13);
  near(east.declinationDeg, 0, 1e-13);
});

Deno.test("positionOfVector() undoes unitVector()", () => {
  fc.assert(
    fc.property(longitude, latitude, (rightAscensionDeg, declinationDeg) => {
      const vector = unitVector(rightAscensionDeg, declinationDeg);
      near(dotProduct(vector, vector), 1, 1e-15 * 4);
      const back = positionOfVector(vector);
      near(back.declinationDeg, declinationDeg, 1e-12);
      near(back.rightAscensionDeg, rightAscensionDeg, 1e-10);
      assert(back.rightAscensionDeg >= 0 && back.rightAscensionDeg < 360);
    }),
    { seed: 6 },
  );
  assert.equal(positionOfVector([1, -1e-30, 0]).rightAscensionDeg, 0);
});

Deno.test("crossProduct() is at right angles to both vectors", () => {
  assert.deepEqual(crossProduct([1, 0, 0], [0, 1, 0]), [0, 0, 1]);
});

Deno.test("isInsideSphericalPolygon() agrees with a slow test by half-spaces for convex quadrilaterals", () => {
  fc.assert(
    fc.property(
      longitude,
      latitude,
      fc.double({ min: 0, max: 360, noNaN: true }),
      fc.double({ min: 0, max: 360, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.boolean(),
      (rightAscensionDeg, declinationDeg, turnDeg, angleDeg, separationDeg, reversed) => {
        const corners = [45, 135, 225, 315].map((angle) => {
          const corner = offsetPosition(rightAscensionDeg, declinationDeg, angle + turnDeg, 2.5);
          return unitVector(corner.rightAscensionDeg, corner.declinationDeg);
        });
        const place = offsetPosition(rightAscensionDeg, declinationDeg, angleDeg, separationDeg);
        const position = unitVector(place.rightAscensionDeg, place.declinationDeg);
        const sides = corners.map((corner, i) =>
          dotProduct(crossProduct(corner, corners[(i + 1) % 4]!), position)
        );
        if (sides.some((side) => Math.abs(side) < 1e-12)) return;
        const inside = sides.every((side) => side > 0) || sides.every((side) => side < 0);
        assert.equal(isInsideSphericalPolygon(position, reversed ? corners.toReversed() : corners), inside);
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});

Deno.test("isInsideSphericalPolygon() knows concave shapes, the pole, the far side and too few corners", () => {
  const arrow = [[0, 0], [10, 10], [0, 4], [-10, 10]].map(([ra, dec]) => unitVector(ra!, dec!));
  assert.equal(isInsideSphericalPolygon(unitVector(0, 2), arrow), true);
  assert.equal(isInsideSphericalPolygon(unitVector(0, 6), arrow), false);
  assert.equal(isInsideSphericalPolygon(unitVector(5, 6.2), arrow), true);
  const cap = [0, 90, 180, 270].map((ra) => unitVector(ra, 80));
  assert.equal(isInsideSphericalPolygon(unitVector(123, 89.9), cap), true);
  assert.equal(isInsideSphericalPolygon(unitVector(123, -89.9), cap), false);
  assert.equal(isInsideSphericalPolygon(unitVector(0, 90), cap.slice(0, 2)), false);
});
