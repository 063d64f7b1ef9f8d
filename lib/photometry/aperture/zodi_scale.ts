import type { ApertureSettings } from "./aperture_settings.ts";

/** Where the scale of the zodiacal light is fitted. */
export interface ZodiPlanes {
  /** Image. */
  readonly image: ArrayLike<number>;
  /** Variance of the image. */
  readonly variance: ArrayLike<number>;
  /** Model of the zodiacal light, in the unit of the image. */
  readonly zodi: ArrayLike<number>;
  /** Words of pixel flags. */
  readonly flags: Int32Array;
  /** Columns. */
  readonly width: number;
  /** The source, around which nothing is fitted. */
  readonly x: number;
  /** The source, around which nothing is fitted. */
  readonly y: number;
  /** Radius around the source that is left out, pixels. */
  readonly excludedRadiusPixels: number;
}

/** By how much a model of the zodiacal light is scaled. */
export interface ZodiScale {
  /** The factor; 1 when it was not fitted. */
  readonly scale: number;
  /** Whether it was fitted. */
  readonly isFitted: boolean;
}

/** Part of the pixels away from the source that a fit needs. */
const MIN_GOOD_FRACTION = 0.5;

const UNSCALED: ZodiScale = { scale: 1, isFitted: false };

/**
 * Fits the factor by which the model of the zodiacal light is to be multiplied: weighted least squares through the
 * origin over the pixels without bad flags and known sources, away from the target, whose light would count as zodiacal.
 *
 * The factor is 1 when it is not to be fitted, when less than half of the pixels can be used, or when the fit leaves the
 * range of the settings.
 */
export function zodiScale(planes: ZodiPlanes, settings: ApertureSettings): ZodiScale {
  if (settings.zodiScale === "static") return UNSCALED;
  const clean = fitScale(planes, settings.badFlagsMask | settings.sourceFlagMask);
  const fitted = Number.isNaN(clean) ? fitScale(planes, settings.badFlagsMask) : clean;
  const isUsable = fitted > settings.zodiScaleMin && fitted <= settings.zodiScaleMax;
  return isUsable ? { scale: fitted, isFitted: true } : UNSCALED;
}

/** The fitted factor, or NaN when too few pixels have none of the flags of `mask`. */
function fitScale(planes: ZodiPlanes, mask: number): number {
  const { image, variance, zodi, flags, width, x, y, excludedRadiusPixels } = planes;
  let [product, square, good, away] = [0, 0, 0, 0];
  for (let i = 0; i < flags.length; i++) {
    const distance = (i % width - x) ** 2 + (Math.floor(i / width) - y) ** 2;
    if (distance < excludedRadiusPixels ** 2) continue;
    away++;
    const weight = 1 / variance[i]!;
    if ((flags[i]! & mask) !== 0 || !(weight > 0 && Number.isFinite(weight * image[i]! * zodi[i]!))) continue;
    good++;
    product += weight * image[i]! * zodi[i]!;
    square += weight * zodi[i]! * zodi[i]!;
  }
  return good > 0 && good >= MIN_GOOD_FRACTION * away ? product / square : NaN;
}
