import { medianInPlace, NORMAL_SIGMA_PER_MAD } from "../math/robust_statistics.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";

/** Columns of a constant background. */
export const CONSTANT_ORDER = 1;
/** Columns of a plane: constant, slope along x, slope along y. */
export const PLANE_ORDER = 3;

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

/**
 * Unmarks background pixels whose residual is further from zero than `threshold` standard deviations, the
 * larger of the pixel's own and of the robust scatter of all. Returns how many were unmarked.
 */
export function clipBackground(count: number, threshold: number, workspace: MeasureWorkspace): number {
  const { marks, residual, variance, scratch } = workspace;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (marks[i] === 1) scratch[kept++] = Math.abs(residual[i]!) / Math.sqrt(variance[i]!);
  }
  const scatter = Math.max(NORMAL_SIGMA_PER_MAD * medianInPlace(scratch, kept), 1);
  const limit = (threshold * scatter) ** 2;
  let clipped = 0;
  for (let i = 0; i < count; i++) {
    if (marks[i] === 1 && residual[i]! ** 2 > limit * variance[i]!) {
      marks[i] = 0;
      clipped++;
    }
  }
  return clipped;
}

/** Robust standard deviation of the residuals of the marked pixels, microjansky per pixel. */
export function backgroundRms(count: number, workspace: MeasureWorkspace): number {
  const { marks, residual, scratch } = workspace;
  let kept = 0;
  for (let i = 0; i < count; i++) if (marks[i] === 1) scratch[kept++] = Math.abs(residual[i]!);
  return NORMAL_SIGMA_PER_MAD * medianInPlace(scratch, kept);
}
