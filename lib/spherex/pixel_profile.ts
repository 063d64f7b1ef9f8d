import { offsetPosition } from "../math/sphere.ts";
import type { ExtendedProfile } from "../photometry/extended_profile.ts";
import type { CelestialWcs, SkyPosition } from "../wcs/celestial_wcs.ts";

/** The shape of an extended source on the sky: a Sersic profile with elliptical isophotes. */
export interface SkyProfile {
  /** Sersic index: 1 for an exponential disc, 4 for the law of de Vaucouleurs. */
  readonly sersicIndex: number;
  /** Semi-major axis of the ellipse that holds half of the light, arcseconds. */
  readonly effectiveRadiusArcsec: number;
  /** Minor over major axis. */
  readonly axisRatio: number;
  /** Direction of the major axis, degrees east of north. */
  readonly positionAngleDeg: number;
}

/** Length on the sky over which the coordinates of an image are taken as straight, degrees. */
const STEP_DEG = 1 / 3600;

/** The profile of a target in the pixels of an image, which may be turned, flipped and stretched. */
export function pixelProfile(
  profile: SkyProfile,
  celestial: CelestialWcs,
  position: SkyPosition,
): ExtendedProfile {
  const { rightAscensionDeg, declinationDeg } = position;
  const from = celestial.skyToPixel(rightAscensionDeg, declinationDeg);
  const axis = (angleDeg: number, radiusArcsec: number): readonly [number, number] => {
    const place = offsetPosition(rightAscensionDeg, declinationDeg, angleDeg, STEP_DEG);
    const to = celestial.skyToPixel(place.rightAscensionDeg, place.declinationDeg);
    const steps = radiusArcsec / 3600 / STEP_DEG;
    return [(to.x - from.x) * steps, (to.y - from.y) * steps];
  };
  const { effectiveRadiusArcsec, axisRatio, positionAngleDeg, sersicIndex } = profile;
  return {
    sersicIndex,
    majorAxis: axis(positionAngleDeg, effectiveRadiusArcsec),
    minorAxis: axis(positionAngleDeg + 90, effectiveRadiusArcsec * axisRatio),
  };
}
