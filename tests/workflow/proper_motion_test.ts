import assert from "node:assert/strict";
import fc from "fast-check";
import oracle from "../fixtures/workflow/proper_motion.json" with { type: "json" };
import { angularSeparationDeg } from "../../lib/math/sphere.ts";
import type { FitTarget } from "../../lib/workflow/fit_job.ts";
import { positionAt } from "../../lib/workflow/proper_motion.ts";

const MILLIARCSEC = 1 / 3.6e6;
const MJD_2016 = 51_544.5 + 16 * 365.25;

function target(changes: Partial<FitTarget> = {}): FitTarget {
  return {
    rightAscensionDeg: 68.05,
    declinationDeg: -5.37,
    properMotionRaMasPerYear: 1200,
    properMotionDecMasPerYear: -800,
    referenceEpochYear: 2016,
    ...changes,
  };
}

Deno.test("positionAt() agrees with astropy's space motion to a tenth of a milliarcsecond", () => {
  for (const row of oracle.rows) {
    const moved = positionAt({
      rightAscensionDeg: row.right_ascension_deg,
      declinationDeg: row.declination_deg,
      properMotionRaMasPerYear: row.pm_ra_mas_per_year,
      properMotionDecMasPerYear: row.pm_dec_mas_per_year,
      referenceEpochYear: row.epoch_year,
    }, row.mjd);
    const off = angularSeparationDeg(
      moved.rightAscensionDeg,
      moved.declinationDeg,
      row.moved_right_ascension_deg,
      row.moved_declination_deg,
    );
    assert(off < 0.1 * MILLIARCSEC, `${JSON.stringify(row)}: off by ${off / MILLIARCSEC} mas`);
    assert(moved.rightAscensionDeg >= 0 && moved.rightAscensionDeg < 360);
  }
});

Deno.test("positionAt() leaves a target where it is that has no motion, no epoch or no date", () => {
  const still = { rightAscensionDeg: 68.05, declinationDeg: -5.37 };
  assert.deepEqual(positionAt(target({ referenceEpochYear: null }), 61_000), still);
  assert.deepEqual(positionAt(target(), NaN), still);
  assert.deepEqual(
    positionAt(target({ properMotionRaMasPerYear: null, properMotionDecMasPerYear: null }), 61_000),
    still,
  );
});

Deno.test("positionAt() moves a target at its speed, and by nothing at its epoch", () => {
  fc.assert(fc.property(
    fc.record({
      rightAscensionDeg: fc.double({ min: 0, max: 359.999, noNaN: true }),
      declinationDeg: fc.double({ min: -89, max: 89, noNaN: true }),
      properMotionRaMasPerYear: fc.double({ min: -5000, max: 5000, noNaN: true }),
      properMotionDecMasPerYear: fc.double({ min: -5000, max: 5000, noNaN: true }),
      referenceEpochYear: fc.constant(2016),
    }),
    fc.double({ min: -20, max: 20, noNaN: true }),
    (moving, years) => {
      const moved = positionAt(moving, MJD_2016 + years * 365.25);
      const way = angularSeparationDeg(
        moving.rightAscensionDeg,
        moving.declinationDeg,
        moved.rightAscensionDeg,
        moved.declinationDeg,
      );
      const speed = Math.hypot(moving.properMotionRaMasPerYear, moving.properMotionDecMasPerYear);
      assert(Math.abs(way - Math.abs(years) * speed * MILLIARCSEC) < 1e-9);
    },
  ));
});
