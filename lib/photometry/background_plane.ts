import { medianInPlace, NORMAL_SIGMA_PER_MAD } from "../math/robust_statistics.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";

/** Columns of a constant background. */
export const CONSTANT_ORDER = 1;
/** Columns of a plane: constant, slope along x, slope along y. */
export const PLANE_ORDER = 3;
/** Columns of a plane that is bent along the wavelength: those of the plane, and the square of the wavelength's offset. */
export const BENT_PLANE_ORDER = 4;

/**
 * Gives the role of background to the usable pixels that are neither protected nor a neighbour's and carry
 * none of the flags in `excludeMask`; takes it from all others. Returns how many there are.
 */
export function markBackground(
  pixels: CutoutPixels,
  excludeMask: number,
  workspace: MeasureWorkspace,
): number {
  const { roles } = workspace;
  const barred = PIXEL_ROLE.protected | PIXEL_ROLE.neighbor;
  let count = 0;
  for (let i = 0; i < pixels.flags.length; i++) {
    const role = roles[i]!;
    const serves = (role & PIXEL_ROLE.usable) && !(role & barred) && (pixels.flags[i]! & excludeMask) === 0;
    roles[i] = serves ? role | PIXEL_ROLE.background : role & ~PIXEL_ROLE.background;
    if (serves) count++;
  }
  return count;
}

const SQUARED_SIGMA_PER_MAD = NORMAL_SIGMA_PER_MAD ** 2;

/** Square of the robust scatter of the marked pixels in units of their sigma, at least 1. */
function squaredScatter(count: number, workspace: MeasureWorkspace): number {
  const { marks, residual, variance, scratch } = workspace;
  let kept = 0;
  let quiet = 0;
  for (let i = 0; i < count; i++) {
    // Without branches: whether a pixel is quiet is as hard to guess as a coin.
    const mark = marks[i]!, value = residual[i]!;
    const squared = value * value / variance[i]!;
    scratch[kept] = squared;
    kept += mark;
    quiet += mark & Number(squared * SQUARED_SIGMA_PER_MAD <= 1);
  }
  if (2 * quiet > kept) return 1;
  return Math.max(SQUARED_SIGMA_PER_MAD * medianInPlace(scratch, kept), 1);
}

/**
 * Unmarks background pixels whose residual is further from zero than `threshold` standard deviations, the
 * larger of the pixel's own and of the robust scatter of all. Returns how many were unmarked.
 */
export function clipBackground(count: number, threshold: number, workspace: MeasureWorkspace): number {
  const { marks, residual, variance } = workspace;
  const limit = threshold ** 2 * squaredScatter(count, workspace);
  let clipped = 0;
  for (let i = 0; i < count; i++) {
    const value = residual[i]!;
    if (value * value > limit * variance[i]! && marks[i] === 1) {
      marks[i] = 0;
      clipped++;
    }
  }
  return clipped;
}

/** Root mean square of the residuals of the marked pixels, microjansky per pixel; NaN when there are none. */
export function backgroundRms(count: number, workspace: MeasureWorkspace): number {
  const { marks, residual } = workspace;
  let sum = 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (marks[i] === 0) continue;
    sum += residual[i]! ** 2;
    kept++;
  }
  return kept > 0 ? Math.sqrt(sum / kept) : NaN;
}
