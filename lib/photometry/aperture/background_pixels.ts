import type { ApertureSettings } from "./aperture_settings.ts";
import { fitSlope, type SlopedValues } from "./background_slope.ts";
import { clippedMedianInPlace } from "./clipped_median.ts";

/** A plane of values and what is known of its pixels. */
export interface BackgroundPlane {
  /** Values, row by row; those that are not finite are left out. */
  readonly values: ArrayLike<number>;
  /** Words of pixel flags. */
  readonly flags: Int32Array;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Centre of the aperture, 0-based pixels. */
  readonly x: number;
  /** Centre of the aperture, 0-based pixels. */
  readonly y: number;
}

/** The pixels that a background is measured in. */
export interface BackgroundPixels {
  /** Their indices. */
  readonly indices: Int32Array;
  /** Inner radius, pixels. */
  readonly innerRadiusPixels: number;
  /** Outer radius, pixels; NaN for a window. */
  readonly outerRadiusPixels: number;
  /** Whether pixels with known sources had to be taken too. */
  readonly includesSources: boolean;
}

/** A background and how well it is known, in the unit of the values. */
export interface ApertureBackground {
  /** Clipped median; NaN without a pixel. */
  readonly level: number;
  /** Standard error of the level. */
  readonly levelError: number;
  /** Pixels left by the clipping. */
  readonly pixelCount: number;
}

/** Standard error of a median over that of a mean, for many normal values. */
const MEDIAN_TO_MEAN_ERROR = Math.sqrt(Math.PI / 2);

/** Gap between the aperture and the pixels of a window, pixels: half a diagonal. */
const WINDOW_INNER_OFFSET = 0.707;

/** Indices of finite pixels without the flags of `mask` of which the centres are from `inner` on and below `outer`. */
function ringPixels(plane: BackgroundPlane, inner: number, outer: number, mask: number): Int32Array {
  const { values, flags, width, height, x, y } = plane;
  const found: number[] = [];
  const firstRow = Math.max(0, Math.ceil(y - outer));
  const lastRow = Math.min(height - 1, Math.floor(y + outer));
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = Math.max(0, Math.ceil(x - outer)); column <= Math.min(width - 1, x + outer); column++) {
      const squared = (column - x) ** 2 + (row - y) ** 2;
      if (squared < inner * inner || squared >= outer * outer) continue;
      const i = row * width + column;
      if ((flags[i]! & mask) === 0 && Number.isFinite(values[i]!)) found.push(i);
    }
  }
  return Int32Array.from(found);
}

/**
 * The pixels of the annulus about an aperture: from the aperture's edge and a gap on, with at least the area asked for
 * but first no further out than the largest radius. It grows until it has enough pixels without bad flags and known
 * sources; the last try takes pixels with known sources too.
 */
export function annulusPixels(
  plane: BackgroundPlane,
  apertureRadiusPixels: number,
  settings: ApertureSettings,
): BackgroundPixels {
  const inner = apertureRadiusPixels + settings.annulusInnerOffsetPixels;
  const wanted = Math.sqrt(settings.minAnnulusAreaPixels / Math.PI + inner * inner);
  let outer = Math.max(Math.min(wanted, settings.maxOuterRadiusPixels), inner);
  for (let attempt = 1;; attempt++) {
    const isLast = attempt >= settings.maxAnnulusAttempts;
    const clean = ringPixels(plane, inner, outer, settings.badFlagsMask | settings.sourceFlagMask);
    const isEnough = clean.length >= settings.minUsablePixels;
    const radii = { innerRadiusPixels: inner, outerRadiusPixels: outer };
    if (isEnough) return { indices: clean, ...radii, includesSources: false };
    if (isLast) {
      const indices = ringPixels(plane, inner, outer, settings.badFlagsMask);
      return { indices, ...radii, includesSources: indices.length > clean.length };
    }
    outer += settings.annulusExpansionStepPixels;
  }
}

/** The pixels of a window about an aperture, without the aperture and half a pixel's diagonal around it. */
export function windowPixels(
  plane: BackgroundPlane,
  apertureRadiusPixels: number,
  settings: ApertureSettings,
): BackgroundPixels {
  const inner = apertureRadiusPixels + WINDOW_INNER_OFFSET;
  const [height, width] = settings.windowSizePixels;
  const left = Math.round(plane.x) - Math.floor(width / 2);
  const low = Math.round(plane.y) - Math.floor(height / 2);
  const inWindow = (mask: number) =>
    ringPixels(plane, inner, Math.hypot(width, height), mask).filter((i) => {
      const column = i % plane.width - left;
      const row = Math.floor(i / plane.width) - low;
      return column >= 0 && column < width && row >= 0 && row < height;
    });
  const clean = inWindow(settings.badFlagsMask | settings.sourceFlagMask);
  const includesSources = clean.length < settings.minUsablePixels;
  const indices = includesSources ? inWindow(settings.badFlagsMask) : clean;
  return {
    indices,
    innerRadiusPixels: inner,
    outerRadiusPixels: NaN,
    includesSources: indices.length > clean.length,
  };
}

/** Rounds in which slopes are fitted and taken out. */
const SLOPE_ROUNDS = 2;

/**
 * The background at a place from the values at pixels around it: their clipped median, less what a slope makes of pixels
 * that are not symmetric about the place, and its standard error: that of a median, a quarter more than that of the
 * mean, and that of the slopes.
 */
export function measureBackground(
  plane: SlopedValues,
  pixels: Int32Array,
  settings: Pick<ApertureSettings, "clipSigma" | "clipIterations" | "backgroundSlope">,
): ApertureBackground {
  const { values, width, x, y } = plane;
  const flat = new Float64Array(pixels.length);
  const slope = { perColumn: 0, perRow: 0, levelVariance: 0 };
  for (let round = 0;; round++) {
    for (let k = 0; k < pixels.length; k++) {
      const i = pixels[k]!;
      flat[k] = values[i]! - slope.perColumn * (i % width - x) - slope.perRow * (Math.floor(i / width) - y);
    }
    const { median, standardDeviation, count } = clippedMedianInPlace(
      flat,
      pixels.length,
      settings.clipSigma,
      settings.clipIterations,
    );
    if (!settings.backgroundSlope || round === SLOPE_ROUNDS) {
      // A plane takes two more degrees of freedom than a level.
      const isFlat = slope.perColumn === 0 && slope.perRow === 0;
      const medianVariance = MEDIAN_TO_MEAN_ERROR ** 2 / (count - (isFlat ? 1 : 3));
      const levelError = count > 1
        ? standardDeviation * Math.sqrt(medianVariance + slope.levelVariance)
        : NaN;
      return { level: median, levelError, pixelCount: count };
    }
    Object.assign(slope, fitSlope(plane, slope, pixels, median, settings.clipSigma * standardDeviation));
  }
}
