import type { DetectorNumber } from "../spherex/bands.ts";
import { PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import { detectorModel } from "./detector_model.ts";
import { erf } from "./error_function.ts";

/** One Gaussian of the point-spread function, in native pixels of the detector. */
export interface PsfComponent {
  /** Share of the light. */
  readonly weight: number;
  /** Offset of its centre from the position of the source. */
  readonly offsetX: number;
  /** Offset in y. */
  readonly offsetY: number;
  /** Standard deviation in x. */
  readonly sigmaX: number;
  /** Standard deviation in y. */
  readonly sigmaY: number;
}

/** Half width of the stamp that holds a star, pixels: beyond it lies less than 1e-9 of the light. */
export const STAMP_RADIUS_PIXELS = 8;

const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);
const HALF_SIZE = 1020;

/** Core, shoulder and wing: share of the light, width in units of the core, offsets in x and y (which cancel out). */
const SHAPE = [
  { weight: 0.86, scale: 1, offsetX: -0.0035, offsetY: 0.0015 },
  { weight: 0.12, scale: 1.75, offsetX: 0.0184, offsetY: -0.00575 },
  { weight: 0.02, scale: 2.35, offsetX: 0.0401, offsetY: -0.03 },
] as const;

/**
 * The point-spread function of a detector at a place on it (0-based pixels): a sum of three Gaussians along the axes.
 *
 * Its width grows with the wavelength (longest at the bottom) and towards the corners, and its axes differ from place
 * to place, slowly enough for a bilinear blend of the zones of the archive's tables to follow it.
 */
export function psfComponents(detector: DetectorNumber, x: number, y: number): PsfComponent[] {
  const u = (x - HALF_SIZE) / HALF_SIZE;
  const v = (y - HALF_SIZE) / HALF_SIZE;
  const sigma = detectorModel(detector).psfFwhmArcsec / PIXEL_SCALE_ARCSEC / FWHM_PER_SIGMA;
  const slope = detector <= 3 ? 0.025 : 0.04;
  const width = sigma * (1 - slope * v + 0.03 * (u * u + v * v));
  const stretch = 0.05 * u * v + 0.03 * v + 0.02;
  return SHAPE.map(({ weight, scale, offsetX, offsetY }) => ({
    weight,
    offsetX: offsetX * (1 + 0.3 * u),
    offsetY: offsetY * (1 + 0.3 * v),
    sigmaX: width * scale * (1 + stretch),
    sigmaY: width * scale * (1 - stretch),
  }));
}

/**
 * Fills `out` with the integrals of a unit Gaussian over `out.length` neighbouring intervals of `step` length, the
 * first of which is centred on `first`.
 */
export function intervalIntegrals(
  center: number,
  sigma: number,
  first: number,
  step: number,
  out: Float64Array,
): void {
  const scale = 1 / (sigma * Math.SQRT2);
  let below = erf((first - step / 2 - center) * scale);
  for (let i = 0; i < out.length; i++) {
    const above = erf((first + (i + 0.5) * step - center) * scale);
    out[i] = 0.5 * (above - below);
    below = above;
  }
}

/**
 * Fills `out` with the integrals of a unit Gaussian over intervals of length `width` around `out.length` centres that
 * are `step` apart, from `first` on: the profile after convolution with a pixel.
 */
export function convolvedSamples(
  sigma: number,
  offset: number,
  first: number,
  step: number,
  width: number,
  out: Float64Array,
): void {
  const scale = 1 / (sigma * Math.SQRT2);
  for (let i = 0; i < out.length; i++) {
    const distance = first + i * step - offset;
    out[i] = 0.5 * (erf((distance + width / 2) * scale) - erf((distance - width / 2) * scale));
  }
}

/** A star's light on the pixels around it. */
export interface StarStamp {
  /** First column, 0-based. */
  readonly x0: number;
  /** First row, 0-based. */
  readonly y0: number;
  /** Columns and rows. */
  readonly size: number;
  /** Share of the light in each pixel, `size * size`. */
  readonly fractions: Float64Array;
}

/** Integrates the point-spread function of a source at (x, y) over each pixel around it; the sum is 1 - 1e-9. */
export function starStamp(detector: DetectorNumber, x: number, y: number): StarStamp {
  const size = 2 * STAMP_RADIUS_PIXELS + 1;
  const x0 = Math.round(x) - STAMP_RADIUS_PIXELS;
  const y0 = Math.round(y) - STAMP_RADIUS_PIXELS;
  const fractions = new Float64Array(size * size);
  const inX = new Float64Array(size);
  const inY = new Float64Array(size);
  for (const { weight, offsetX, offsetY, sigmaX, sigmaY } of psfComponents(detector, x, y)) {
    intervalIntegrals(x + offsetX, sigmaX, x0, 1, inX);
    intervalIntegrals(y + offsetY, sigmaY, y0, 1, inY);
    for (let j = 0; j < size; j++) {
      const row = weight * inY[j]!;
      for (let i = 0; i < size; i++) fractions[j * size + i]! += row * inX[i]!;
    }
  }
  return { x0, y0, size, fractions };
}
