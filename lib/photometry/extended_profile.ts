import { sersicRadius } from "../math/sersic.ts";
import type { PsfRenderer } from "../psf/psf_renderer.ts";
import type { TemplateWindow } from "./template_window.ts";

/** The shape of an extended source: a Sersic profile with elliptical isophotes. */
export interface ExtendedProfile {
  /** Sersic index: 1 for an exponential disc, 4 for the law of de Vaucouleurs. */
  readonly sersicIndex: number;
  /** Semi-major axis of the ellipse that holds half of the light, as a vector of x and y, pixels. */
  readonly majorAxis: readonly [number, number];
  /** Semi-minor axis of the same ellipse, pixels. */
  readonly minorAxis: readonly [number, number];
}

/** Rings of equal light; each stands for 1/24 of it. */
const RINGS = 24;
/** Places on a ring; odd rings are turned by half a step. */
const PLACES = 16;

/** Radii of the rings by index, in effective radii. */
const RADII = new Map<number, Float64Array>();

/** The radii that halve the light of each ring, made once for each index. */
function ringRadii(index: number): Float64Array {
  let radii = RADII.get(index);
  if (radii === undefined) {
    radii = Float64Array.from({ length: RINGS }, (_, k) => sersicRadius(index, (k + 0.5) / RINGS));
    RADII.set(index, radii);
  }
  return radii;
}

/** How far from its centre an extended source has light before the PSF spreads it, pixels along an axis. */
export function profileReachPixels({ sersicIndex, majorAxis, minorAxis }: ExtendedProfile): number {
  const outermost = ringRadii(sersicIndex)[RINGS - 1]!;
  const [x, y] = [Math.hypot(majorAxis[0], minorAxis[0]), Math.hypot(majorAxis[1], minorAxis[1])];
  return outermost * Math.max(x, y);
}

/**
 * Fills template `index` of a window with an extended source of unit flux at (x, y): the profile as a sum of point
 * sources on rings of equal light, each with the PSF at its own sub-pixel place, which is the convolution of the two.
 * Needs `scratch` as the number of a template to render into.
 */
export function renderExtended(
  renderer: PsfRenderer,
  window: TemplateWindow,
  index: number,
  scratch: number,
  x: number,
  y: number,
  profile: ExtendedProfile,
): Float64Array {
  const { majorAxis, minorAxis, sersicIndex } = profile;
  const point = window.template(scratch);
  const template = window.template(index);
  template.fill(0, 0, window.count);
  ringRadii(sersicIndex).forEach((radius, ring) => {
    for (let place = 0; place < PLACES; place++) {
      const angle = 2 * Math.PI * (place + ring % 2 / 2) / PLACES;
      const along = radius * Math.cos(angle), across = radius * Math.sin(angle);
      const placeX = x + along * majorAxis[0] + across * minorAxis[0];
      const placeY = y + along * majorAxis[1] + across * minorAxis[1];
      renderer.render(placeX, placeY, window.originX, window.originY, window.width, window.height, point);
      for (let k = 0; k < window.count; k++) template[k]! += point[k]!;
    }
  });
  for (let k = 0; k < window.count; k++) template[k]! /= RINGS * PLACES;
  return template;
}
