import assert from "node:assert/strict";
import {
  abMagnitude,
  abMagnitudeError,
  fluxMicroJyOfAbMagnitude,
  fluxPerAngstrom,
  MICRO_JY_PER_ARCSEC2_PER_MJY_SR,
  pixelFluxMicroJy,
  STERADIAN_PER_ARCSEC2,
  surfaceBrightnessMJySr,
} from "../../lib/spherex/units.ts";

Deno.test("STERADIAN_PER_ARCSEC2 is exact", () => {
  assert(Math.abs(STERADIAN_PER_ARCSEC2 / 2.350443053909e-11 - 1) < 1e-12);
  assert(Math.abs(MICRO_JY_PER_ARCSEC2_PER_MJY_SR / 23.50443053909 - 1) < 1e-12);
});

Deno.test("pixelFluxMicroJy() and surfaceBrightnessMJySr() are inverse to each other", () => {
  assert(Math.abs(pixelFluxMicroJy(1, 37.87) - 890.1127845) < 1e-6);
  assert(Math.abs(surfaceBrightnessMJySr(pixelFluxMicroJy(0.3, 37.7), 37.7) - 0.3) < 1e-15);
  assert(pixelFluxMicroJy(-0.5, 37.87) < 0);
});

Deno.test("abMagnitude() is 23.9 at a microjansky, 0 at 3631 Jy, NaN at or below zero", () => {
  assert.equal(abMagnitude(1), 23.9);
  assert(Math.abs(abMagnitude(3631e6)) < 1e-4);
  assert.equal(abMagnitude(0), NaN);
  assert.equal(abMagnitude(-3), NaN);
  assert(Math.abs(abMagnitudeError(10, 1) - 0.10857362) < 1e-8);
  assert.equal(abMagnitudeError(-1, 1), NaN);
  assert(Math.abs(fluxMicroJyOfAbMagnitude(abMagnitude(123.4)) - 123.4) < 1e-10);
});

Deno.test("fluxPerAngstrom() follows f_lambda = f_nu c / lambda^2", () => {
  // 1 mJy at 2 micron: 1e-26 erg/s/cm2/Hz * 2.99792458e18 / (2e4)^2
  assert(Math.abs(fluxPerAngstrom(1000, 2) / 7.49481145e-17 - 1) < 1e-12);
});
