/** Extended targets: their fluxes come back when the profile is known, against a convolution made another way. */
import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { sersicRadius } from "../../lib/math/sersic.ts";
import type { ExtendedProfile } from "../../lib/photometry/extended_profile.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const FLUX = 5000;
const PLACE = { x: 15.2, y: 14.7 };

/** Many stars drawn from a profile: the galaxy as light falls, without rings. */
function galaxyStars({ sersicIndex, majorAxis, minorAxis }: ExtendedProfile, count: number) {
  const random = new SeededRandom(8);
  return Array.from({ length: count }, (_, k) => {
    const radius = sersicRadius(sersicIndex, (k + random.uniform()) / count);
    const angle = 2 * Math.PI * random.uniform();
    const along = radius * Math.cos(angle), across = radius * Math.sin(angle);
    return {
      x: PLACE.x + along * majorAxis[0] + across * minorAxis[0],
      y: PLACE.y + along * majorAxis[1] + across * minorAxis[1],
      fluxMicroJy: FLUX / count,
    };
  });
}

/** An ellipse of some semi-axes, turned by 30 degrees. */
function ellipse(sersicIndex: number, major: number, minor: number): ExtendedProfile {
  const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  return { sersicIndex, majorAxis: [major * cos, major * sin], minorAxis: [-minor * sin, minor * cos] };
}

function galaxy(profile: ExtendedProfile, seed?: number) {
  const sources = [{ ...PLACE, fluxMicroJy: 0 }, ...galaxyStars(profile, 4000)];
  return syntheticCutout({ width: 31, height: 31, sources, ...(seed === undefined ? {} : { seed }) });
}

Deno.test("measureCutout() recovers the flux of an extended target of known profile", () => {
  for (
    const [profile, tolerance] of [[ellipse(1, 0.8, 0.5), 0.003], [ellipse(1, 1.5, 0.6), 0.005], [
      ellipse(4, 0.7, 0.7),
      0.02,
    ]] as const
  ) {
    const m = measureCutout({ ...galaxy(profile), profile }, SETTINGS);
    const error = m.selectedFluxMicroJy / FLUX - 1;
    assert.ok(Math.abs(error) < tolerance, `index ${profile.sersicIndex}: ${error}`);
  }
});

Deno.test("measureCutout() loses the light of an extended target that it takes for a point, and says so", () => {
  const profile = ellipse(1, 1.5, 0.6);
  const cutout = galaxy(profile, 3);
  const point = measureCutout(cutout, SETTINGS);
  assert.ok(point.selectedFluxMicroJy < 0.9 * FLUX);
  assert.ok(!point.scienceRecommended);
  const extended = measureCutout({ ...cutout, profile }, SETTINGS);
  assert.ok(Math.abs(extended.selectedFluxMicroJy - FLUX) < 4 * extended.selectedFluxErrorMicroJy);
  assert.ok(!extended.photometryFlags.includes("TARGET_POSSIBLY_EXTENDED"));
});

Deno.test("measureCutout() separates a known neighbour from an extended target", () => {
  const profile = ellipse(1, 0.8, 0.5);
  const neighbor = { x: 19.5, y: 16, fluxMicroJy: 3000 };
  const sources = [{ ...PLACE, fluxMicroJy: 0 }, ...galaxyStars(profile, 4000), neighbor];
  const cutout = syntheticCutout({ width: 31, height: 31, sources, seed: 9 });
  const m = measureCutout({ ...cutout, profile, knownNeighbors: [neighbor] }, SETTINGS);
  assert.equal(m.selectedFit, "joint");
  assert.ok(Math.abs(m.selectedFluxMicroJy - FLUX) < 4 * m.selectedFluxErrorMicroJy);
});

Deno.test("measureCutout() with a tiny profile measures as for a point", () => {
  const cutout = syntheticCutout({ sources: [{ x: 10.2, y: 9.7, fluxMicroJy: 1000 }], seed: 1 });
  const point = measureCutout(cutout, SETTINGS).selectedFluxMicroJy;
  const extended =
    measureCutout({ ...cutout, profile: ellipse(1, 1e-4, 1e-4) }, SETTINGS).selectedFluxMicroJy;
  assert.ok(Math.abs(extended / point - 1) < 1e-4);
});
