import assert from "node:assert/strict";
import { erf } from "../../lib/simulator/error_function.ts";

/** Abramowitz & Stegun, table 7.1, and values of mpmath 1.3 with 20 digits. */
const KNOWN: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.1, 0.11246291601828489],
  [0.5, 0.52049987781304654],
  [1, 0.84270079294971487],
  [2, 0.99532226501895273],
  [2.3999999, 0.99931148611335492],
  [2.4000001, 0.99931148682451],
  [3, 0.99997790950300141],
  [5, 0.99999999999846254],
  [7, 1],
];

Deno.test("erf() agrees with published values on both sides of its branches", () => {
  for (const [x, expected] of KNOWN) {
    assert(Math.abs(erf(x) - expected) < 1e-9, `erf(${x}) = ${erf(x)}, expected ${expected}`);
    assert.equal(erf(-x) + 0, -erf(x) + 0);
  }
});

Deno.test("erf() is the integral of its derivative", () => {
  const step = 1e-4;
  for (let x = -4; x <= 4; x += 0.37) {
    const slope = (erf(x + step) - erf(x - step)) / (2 * step);
    assert(Math.abs(slope - 2 / Math.sqrt(Math.PI) * Math.exp(-x * x)) < 1e-7, `at ${x}`);
  }
});

Deno.test("erf() of NaN is NaN", () => {
  assert(Number.isNaN(erf(NaN)));
});
