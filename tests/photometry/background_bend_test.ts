/** Airglow: a background that follows the square of the wavelength is found, fitted, and left alone where it is not. */
import assert from "node:assert/strict";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import {
  DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS,
  type PhotometrySettings,
} from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const FLUX = 300;

/** A star on a stripe: a Gaussian in wavelength, curved across the detector, with its photon noise left out. */
function onStripe(seed: number, heightMJySr: number): CutoutPixels {
  const cutout = syntheticCutout({
    width: 31,
    height: 31,
    sources: [{ x: 15.3, y: 14.8, fluxMicroJy: FLUX }],
    seed,
  });
  for (let i = 0; i < cutout.flags.length; i++) {
    const x = i % 31, y = Math.floor(i / 31);
    cutout.wavelengthMicron[i] = 1.08 + 0.0002 * y + 2e-6 * (x - 8) ** 2;
    cutout.imageMJySr[i]! += heightMJySr *
      Math.exp(-0.5 * ((cutout.wavelengthMicron[i]! - 1.084) / 0.011) ** 2);
  }
  return cutout;
}

function pulls(heightMJySr: number, settings: PhotometrySettings): number[] {
  return Array.from({ length: 200 }, (_, seed) => {
    const m = measureCutout(onStripe(seed, heightMJySr), settings);
    return (m.selectedFluxMicroJy - FLUX) / m.selectedFluxErrorMicroJy;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

Deno.test("measureCutout() bends the background along a stripe of airglow, which a plane cannot follow", () => {
  const off = { ...SETTINGS, background: { ...SETTINGS.background, airglow: "off" as const } };
  const flat = mean(pulls(1, off));
  const bent = mean(pulls(1, SETTINGS));
  assert.ok(Math.abs(flat) > 0.7, `plane: mean pull ${flat}`);
  // Four standard errors of the mean of 200 pulls.
  assert.ok(Math.abs(bent) < 0.28, `bent plane: mean pull ${bent}`);
  assert.equal(measureCutout(onStripe(1, 3), SETTINGS).background.model, "bent_plane");
});

Deno.test("measureCutout() keeps the plane where the background is one, and where wavelengths are missing", () => {
  let bent = 0;
  for (let seed = 0; seed < 200; seed++) {
    if (measureCutout(onStripe(seed, 0), SETTINGS).background.model === "bent_plane") bent++;
  }
  assert.ok(bent <= 2, `${bent} of 200 bent for no reason`);
  const blind = onStripe(1, 3);
  blind.wavelengthMicron.fill(NaN);
  assert.equal(measureCutout(blind, SETTINGS).background.model, "plane");
});

Deno.test("measureCutout() with a bent background returns models that add up", () => {
  const cutout = onStripe(2, 3);
  const on = { ...SETTINGS, background: { ...SETTINGS.background, airglow: "on" as const } };
  const { models } = measureCutout(cutout, on, { keepModels: true });
  const rms = Math.sqrt(mean(Array.from(models.pointResidualSigma, (value) => value * value)));
  assert.ok(Math.abs(rms - 1) < 0.15, `residuals of ${rms} sigma`);
});
