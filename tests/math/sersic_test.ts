import assert from "node:assert/strict";
import { incompleteGamma, logGamma, sersicRadius } from "../../lib/math/sersic.ts";

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

Deno.test("logGamma() is the logarithm of the factorial", () => {
  let factorial = 1;
  for (let n = 1; n < 16; n++) {
    near(logGamma(n), Math.log(factorial), 1e-10);
    factorial *= n;
  }
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-10);
});

Deno.test("incompleteGamma() is 1 - exp(-x) for a = 1 and the Erlang distribution for a = 2", () => {
  for (const x of [0.01, 0.5, 1, 3, 10, 40]) {
    near(incompleteGamma(1, x), 1 - Math.exp(-x), 1e-12);
    near(incompleteGamma(2, x), 1 - (1 + x) * Math.exp(-x), 1e-12);
  }
});

Deno.test("sersicRadius() holds half of the light at the effective radius and follows the known laws", () => {
  for (const index of [0.5, 1, 2.5, 4, 8]) near(sersicRadius(index, 0.5), 1, 1e-9);
  // Gaussian: light inside r is 1 - 2^-(r^2).
  near(sersicRadius(0.5, 0.9), Math.sqrt(-Math.log2(0.1)), 1e-8);
  // Exponential: 90 % of the light is inside 2.318 effective radii (Graham & Driver 2005, table 1: 1.678 scale lengths).
  near(sersicRadius(1, 0.9), 3.8897 / 1.67835, 1e-4);
  // de Vaucouleurs: numerical integral of exp(-7.669 ((r)^(1/4) - 1)) r dr.
  const light = (to: number) => {
    let sum = 0;
    for (let k = 0; k < 200000; k++) {
      const u = (k + 0.5) / 200000 * to ** 0.25; // r = u^4
      sum += Math.exp(-7.66925 * (u - 1)) * u ** 4 * 4 * u ** 3 * to ** 0.25 / 200000;
    }
    return sum;
  };
  near(light(sersicRadius(4, 0.8)) / light(1), 1.6, 1e-3);
  assert.throws(() => sersicRadius(12, 0.5), RangeError);
  assert.throws(() => sersicRadius(1, 1), RangeError);
});
