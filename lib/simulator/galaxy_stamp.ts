import { sersicRadius } from "../math/sersic.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { STAMP_RADIUS_PIXELS, type StarStamp, starStamp } from "./detector_psf.ts";
import type { SimulatedProfile } from "./simulated_target.ts";

/** Rings of equal light and places on each; many more than what measures them uses. */
const RINGS = 60;
const PLACES = 40;
/** How far the stamp of a galaxy reaches, pixels: twice that of a star. */
export const GALAXY_RADIUS_PIXELS = 2 * STAMP_RADIUS_PIXELS;

/** A pixel from a place on the sky, relative to the galaxy: arcseconds east and north. */
export type OffsetToPixel = (
  eastArcsec: number,
  northArcsec: number,
) => { readonly x: number; readonly y: number };

/** Shares of the light by shape, made once for each index. */
const RADII = new Map<number, readonly number[]>();

function ringRadii(index: number): readonly number[] {
  let radii = RADII.get(index);
  if (radii === undefined) {
    radii = Array.from({ length: RINGS }, (_, k) => sersicRadius(index, (k + 0.5) / RINGS));
    RADII.set(index, radii);
  }
  return radii;
}

/**
 * Integrates a galaxy over the pixels around it: stars on rings of equal light, each integrated analytically. Light
 * beyond the stamp is lost.
 */
export function galaxyStamp(
  detector: DetectorNumber,
  profile: SimulatedProfile,
  toPixel: OffsetToPixel,
): StarStamp {
  const center = toPixel(0, 0);
  const size = 2 * GALAXY_RADIUS_PIXELS + 1;
  const x0 = Math.round(center.x) - GALAXY_RADIUS_PIXELS;
  const y0 = Math.round(center.y) - GALAXY_RADIUS_PIXELS;
  const fractions = new Float64Array(size * size);
  const turn = profile.positionAngleDeg * Math.PI / 180;
  for (const ring of ringRadii(profile.sersicIndex)) {
    for (let place = 0; place < PLACES; place++) {
      const angle = 2 * Math.PI * (place + 0.25) / PLACES;
      const along = ring * profile.effectiveRadiusArcsec * Math.cos(angle);
      const across = ring * profile.effectiveRadiusArcsec * profile.axisRatio * Math.sin(angle);
      const { x, y } = toPixel(
        along * Math.sin(turn) + across * Math.cos(turn),
        along * Math.cos(turn) - across * Math.sin(turn),
      );
      addStamp(starStamp(detector, x, y), { x0, y0, size, fractions });
    }
  }
  return { x0, y0, size, fractions };
}

function addStamp(star: StarStamp, galaxy: StarStamp): void {
  for (let j = 0; j < star.size; j++) {
    const row = star.y0 + j - galaxy.y0;
    if (row < 0 || row >= galaxy.size) continue;
    for (let i = 0; i < star.size; i++) {
      const column = star.x0 + i - galaxy.x0;
      if (column < 0 || column >= galaxy.size) continue;
      galaxy.fractions[row * galaxy.size + column]! += star.fractions[j * star.size + i]! / (RINGS * PLACES);
    }
  }
}
