import assert from "node:assert/strict";
import { barycentricWavelength, earthVelocityTowards } from "../../lib/spectrum/barycentric_velocity.ts";
import { extinctionMagnitudes, relativeExtinction } from "../../lib/spectrum/extinction.ts";

interface Oracle {
  readonly extinction: readonly { readonly rv: number; readonly wavelength: number; readonly axav: number }[];
  readonly velocities: readonly {
    readonly mjd: number;
    readonly ra: number;
    readonly dec: number;
    readonly km_s: number;
  }[];
}

const ORACLE: Oracle = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/spectra/corrections.json", import.meta.url)),
);

Deno.test("relativeExtinction() is the law that dust_extinction has under its name", () => {
  for (const { rv, wavelength, axav } of ORACLE.extinction) {
    const found = relativeExtinction(wavelength, rv);
    assert.ok(Math.abs(found - axav) < 1e-10, `R(V) ${rv}, ${wavelength} micron: ${found}, not ${axav}`);
  }
});

Deno.test("extinctionMagnitudes() scales with E(B-V) and R(V), and refuses what the law does not hold for", () => {
  const once = extinctionMagnitudes(1, { colorExcess: 0.1 });
  assert.equal(once, 0.1 * 3.1 * relativeExtinction(1, 3.1));
  assert.equal(extinctionMagnitudes(1, { colorExcess: 0 }), 0);
  for (
    const bad of [
      () => relativeExtinction(0.2),
      () => relativeExtinction(NaN),
      () => relativeExtinction(1, 9),
    ]
  ) {
    assert.throws(bad, RangeError);
  }
  assert.throws(() => extinctionMagnitudes(1, { colorExcess: -1 }), RangeError);
});

Deno.test("earthVelocityTowards() agrees with astropy to 0.02 km/s", () => {
  for (const { mjd, ra, dec, km_s } of ORACLE.velocities) {
    const found = earthVelocityTowards(mjd, ra, dec);
    assert.ok(Math.abs(found - km_s) < 0.02, `MJD ${mjd}, ${ra} ${dec}: ${found}, not ${km_s}`);
  }
});

Deno.test("barycentricWavelength() is longer than what an observer sees who moves towards the source", () => {
  assert.ok(Math.abs(barycentricWavelength(2, 29.9792458) - 2.0002) < 1e-12);
  assert.ok(barycentricWavelength(2, -10) < 2);
});
