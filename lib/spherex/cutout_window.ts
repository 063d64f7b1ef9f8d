import type { CelestialWcs } from "../wcs/celestial_wcs.ts";
import { DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "./bands.ts";
import type { PixelSection } from "./level2_file.ts";

/** Place and size of a cutout. */
export interface CutoutPlace {
  /** Right ascension of the centre, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the centre, degrees. */
  readonly declinationDeg: number;
  /** Side of the square, arcseconds. */
  readonly sizeArcsec: number;
}

/**
 * The pixels of a whole image that the archive's cutout service gives for a place: `n = round(size / scale)` columns
 * and rows from `floor(centre + 1 - n / 2)` on, cut at the edges of the detector. Undefined when nothing is left.
 *
 * The place is rounded as in the service's URL: ten decimals of a degree, ten digits of the size.
 */
export function cutoutWindow(celestial: CelestialWcs, place: CutoutPlace): PixelSection | undefined {
  const { x, y } = celestial.skyToPixel(
    Number(place.rightAscensionDeg.toFixed(10)),
    Number(place.declinationDeg.toFixed(10)),
  );
  const sizeDeg = Number((place.sizeArcsec / 3600).toPrecision(10));
  const count = Math.round(sizeDeg * 3600 / PIXEL_SCALE_ARCSEC);
  const [x0, width] = clippedInterval(x, count);
  const [y0, height] = clippedInterval(y, count);
  return width > 0 && height > 0 ? { x0, y0, width, height } : undefined;
}

function clippedInterval(center: number, count: number): readonly [number, number] {
  const start = Math.floor(center + 1 - count / 2);
  const first = Math.max(0, start);
  return [first, Math.min(DETECTOR_SIZE_PIXELS, start + count) - first];
}
