import { medianInPlace, NORMAL_SIGMA_PER_MAD } from "../math/robust_statistics.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";

/** Pixels further than this many robust standard deviations from the line are left out of its second fit. */
const SLOPE_CLIP_SIGMA = 5;
/** A slope below this many of its own standard deviations counts as none. */
const SLOPE_SIGNIFICANCE = 3;
/** A pixel's shot noise is corrected for at most this many standard deviations of its value. */
const LARGEST_CORRECTION_SIGMA = 5;
/** The smoothed variance never falls below this share of the observed one. */
const SMALLEST_SHARE = 0.1;

/** At most this many pixels decide what is far. */
const LARGEST_SAMPLE = 256;

/** A straight line through points. */
interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly slopeError: number;
}

/** Ordinary least squares over the marked pixels; undefined when x does not vary. */
function fitLine(x: Float32Array, y: Float32Array, marks: Uint8Array): Line | undefined {
  let count = 0, sumX = 0, sumY = 0;
  for (let i = 0; i < x.length; i++) {
    if (marks[i] === 0) continue;
    count++;
    sumX += x[i]!;
    sumY += y[i]!;
  }
  if (count < 4) return undefined;
  const meanX = sumX / count, meanY = sumY / count;
  let xx = 0, xy = 0, yy = 0;
  for (let i = 0; i < x.length; i++) {
    if (marks[i] === 0) continue;
    const dx = x[i]! - meanX, dy = y[i]! - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > 0)) return undefined;
  const slope = xy / xx;
  const scatter = Math.max(yy - slope * xy, 0) / (count - 2);
  return { slope, intercept: meanY - slope * meanX, slopeError: Math.sqrt(scatter / xx) };
}

/** Unmarks the pixels far from the line. */
function clipToLine(x: Float32Array, y: Float32Array, line: Line, workspace: MeasureWorkspace): void {
  const { marks, scratch } = workspace;
  const stride = Math.ceil(x.length / LARGEST_SAMPLE) | 1;
  let count = 0;
  for (let i = 0; i < x.length; i += stride) {
    if (marks[i] === 1) scratch[count++] = Math.abs(y[i]! - line.intercept - line.slope * x[i]!);
  }
  const limit = SLOPE_CLIP_SIGMA * NORMAL_SIGMA_PER_MAD * medianInPlace(scratch, count);
  for (let i = 0; i < x.length; i++) {
    if (Math.abs(y[i]! - line.intercept - line.slope * x[i]!) > limit) marks[i] = 0;
  }
}

/**
 * How the variance plane follows the rate in the usable pixels: the slope b of Var = a + b * rate, in
 * (MJy/sr)^2 per MJy/sr, by a clipped straight-line fit. 0 when it does not follow it significantly.
 */
export function fitVarianceSlope(pixels: CutoutPixels, workspace: MeasureWorkspace): number {
  const { imageMJySr: rate, varianceMJy2Sr2: variance } = pixels;
  const { marks, roles } = workspace;
  for (let i = 0; i < rate.length; i++) marks[i] = roles[i]! & PIXEL_ROLE.usable ? 1 : 0;
  const first = fitLine(rate, variance, marks);
  if (first === undefined) return 0;
  clipToLine(rate, variance, first, workspace);
  const line = fitLine(rate, variance, marks) ?? first;
  return line.slope > SLOPE_SIGNIFICANCE * line.slopeError ? line.slope : 0;
}

/**
 * Replaces the shot noise of each pixel's own value by that of the model: the variance a + b * data becomes
 * a + b * model, where the read noise a keeps its value in each pixel and the residual of the workspace is
 * data - model. Weights 1 / variance then no longer favour pixels that fluctuated down, which would bias
 * background and flux by up to one photon's worth a pixel.
 */
export function followModel(slope: number, count: number, workspace: MeasureWorkspace): void {
  if (slope === 0) return;
  const { observedVariance, variance, residual, fluxPerRate } = workspace;
  for (let i = 0; i < count; i++) {
    const observed = observedVariance[i]!;
    if (observed === 0) continue;
    const limit = LARGEST_CORRECTION_SIGMA * Math.sqrt(observed);
    const excess = Math.min(Math.max(residual[i]!, -limit), limit);
    variance[i] = Math.max(observed - slope * fluxPerRate[i]! * excess, SMALLEST_SHARE * observed);
  }
}
