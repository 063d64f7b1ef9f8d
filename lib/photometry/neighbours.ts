import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";
import { fitBoxHalf } from "./template.ts";

/** A group of connected pixels with more light than the model. */
export interface ResidualComponent {
  /** Centroid in the cutout weighted by signal-to-noise ratio, 0-based pixels. */
  readonly x: number;
  /** Centroid in the cutout weighted by signal-to-noise ratio, 0-based pixels. */
  readonly y: number;
  /** Sum of its residuals, microjansky. */
  readonly fluxMicroJy: number;
  /** That sum over its standard deviation. */
  readonly snr: number;
  /** Number of pixels. */
  readonly pixelCount: number;
  /** Whether its brightest pixel is beside the protected target: light of the target rather than a neighbour. */
  readonly touchesTarget: boolean;
}

/** What the residual of the point fit shows. */
export interface ResidualSearch {
  /** Components that may be neighbours, the brightest first. */
  readonly components: readonly ResidualComponent[];
  /** Components found, the rejected ones included. */
  readonly candidateCount: number;
  /** Components turned down for touching the target, their size, or being part of a brighter one. */
  readonly rejectedCount: number;
  /** Components turned down for touching the target. */
  readonly touchingCount: number;
}

/** The radius around the target within which nothing is split off: the protection, grown, and half a pixel. */
export function guardRadiusPixels(settings: PhotometrySettings): number {
  const { targetProtectionRadiusPixels, targetProtectionDilatePixels } = settings.masks;
  const grown = targetProtectionRadiusPixels + targetProtectionDilatePixels + 0.5;
  return Math.max(grown, settings.deblending.minDistanceFromTargetPixels);
}

/** The model of the target that a residual is judged against. */
interface TargetModel {
  readonly pixels: CutoutPixels;
  readonly fluxMicroJy: number;
  readonly errorFraction: number;
  readonly workspace: MeasureWorkspace;
}

/**
 * Signal-to-noise ratio of the residual of pixel `i` of the cutout, pixel `k` of the target's window. The
 * noise holds a fraction of the target's model, so that an imperfect PSF does not look like a neighbour.
 */
function residualSnr(model: TargetModel, i: number, k: number): number {
  const { residual, variance, pointWindow } = model.workspace;
  const systematic = model.errorFraction * model.fluxMicroJy * pointWindow.template(0)[k]!;
  return residual[i]! / Math.sqrt(variance[i]! + systematic * systematic);
}

/** The largest residual signal-to-noise ratio within `radius` of the target; -Infinity when none is usable. */
export function largestResidualSnr(
  pixels: CutoutPixels,
  radius: number,
  fluxMicroJy: number,
  errorFraction: number,
  workspace: MeasureWorkspace,
): number {
  const { pointWindow: window, roles } = workspace;
  const model = { pixels, fluxMicroJy, errorFraction, workspace };
  let largest = -Infinity;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      if (!(roles[i]! & PIXEL_ROLE.usable)) continue;
      const dx = window.originX + x - pixels.targetX;
      const dy = window.originY + y - pixels.targetY;
      if (dx * dx + dy * dy <= radius * radius) largest = Math.max(largest, residualSnr(model, i, k));
    }
  }
  return largest;
}

/** Marks the window's pixels (1) whose residual is significant, outside of the guard and inside the fit box. */
function markSignificant(model: TargetModel, settings: PhotometrySettings): void {
  const { pixels, workspace } = model;
  const { pointWindow: window, roles, marks } = workspace;
  const guard = guardRadiusPixels(settings);
  const reach = settings.fit.boxPixels / 2;
  marks.fill(0, 0, pixels.flags.length);
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      if (!(roles[i]! & PIXEL_ROLE.searched)) continue;
      const dx = window.originX + x - pixels.targetX;
      const dy = window.originY + y - pixels.targetY;
      const squared = dx * dx + dy * dy;
      if (squared <= guard * guard || squared > reach * reach) continue;
      if (residualSnr(model, i, k) >= settings.deblending.residualSnrThreshold) marks[i] = 1;
    }
  }
}

/** Whether a pixel is protected or one of its eight neighbours is. */
function isBesideTarget(i: number, { width, height }: CutoutPixels, roles: Uint8Array): boolean {
  const x = i % width;
  const y = (i - x) / width;
  for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
    for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
      if (roles[row * width + column]! & PIXEL_ROLE.protected) return true;
    }
  }
  return false;
}

/** Gathers the marked pixels connected to `start` (8 neighbours), unmarking them. */
function takeComponent(start: number, pixels: CutoutPixels, workspace: MeasureWorkspace): ResidualComponent {
  const { marks, stack, residual, variance } = workspace;
  const { width, height } = pixels;
  let depth = 0, flux = 0, spread = 0, weight = 0, sumX = 0, sumY = 0, pixelCount = 0;
  let peak = start;
  let peakSnr = -Infinity;
  stack[depth++] = start;
  marks[start] = 0;
  while (depth > 0) {
    const i = stack[--depth]!;
    const x = i % width;
    const y = (i - x) / width;
    const snr = residual[i]! / Math.sqrt(variance[i]!);
    flux += residual[i]!;
    spread += variance[i]!;
    weight += snr;
    sumX += snr * x;
    sumY += snr * y;
    pixelCount++;
    if (snr > peakSnr) [peak, peakSnr] = [i, snr];
    for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
      for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
        const next = row * width + column;
        if (marks[next] !== 1) continue;
        marks[next] = 0;
        stack[depth++] = next;
      }
    }
  }
  const snr = flux / Math.sqrt(spread);
  const touchesTarget = isBesideTarget(peak, pixels, workspace.roles);
  return { x: sumX / weight, y: sumY / weight, fluxMicroJy: flux, snr, pixelCount, touchesTarget };
}

/**
 * Looks for neighbours in the residual of the point fit: connected pixels of high signal-to-noise ratio
 * within half a fit box of the target, but outside of its guard. The workspace must hold that residual;
 * its marks are used up.
 */
export function searchResidual(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  fluxMicroJy: number,
  workspace: MeasureWorkspace,
): ResidualSearch {
  const { deblending } = settings;
  const { marks, pointWindow: window } = workspace;
  markSignificant({ pixels, fluxMicroJy, errorFraction: deblending.modelErrorFraction, workspace }, settings);
  const found: ResidualComponent[] = [];
  for (let y = 0; y < window.height; y++) {
    const row = window.cutoutRow(y, pixels.width);
    for (let i = row; i < row + window.width; i++) {
      if (marks[i] === 1) found.push(takeComponent(i, pixels, workspace));
    }
  }
  const separate = found.filter((component) =>
    !(deblending.rejectComponentsTouchingTargetProtection && component.touchesTarget)
  );
  const components = mergeNearby(separate, settings);
  return {
    components,
    candidateCount: found.length,
    rejectedCount: found.length - components.length,
    touchingCount: found.length - separate.length,
  };
}

/** Keeps the brightest component of each group nearer than the merge radius, and enough pixels in each. */
function mergeNearby(found: readonly ResidualComponent[], settings: PhotometrySettings): ResidualComponent[] {
  const { mergeRadiusPixels, minComponentPixels } = settings.deblending;
  const kept: ResidualComponent[] = [];
  for (const component of [...found].sort((a, b) => b.fluxMicroJy - a.fluxMicroJy)) {
    if (component.pixelCount < minComponentPixels) continue;
    if (kept.some((other) => Math.hypot(other.x - component.x, other.y - component.y) < mergeRadiusPixels)) {
      continue;
    }
    kept.push(component);
  }
  return kept;
}

/** Half the side of the window in which neighbours are rendered: the fit box and one template beyond. */
export function jointWindowHalf(settings: PhotometrySettings): number {
  return fitBoxHalf(settings) + Math.ceil(settings.psf.templateRadiusPixels + 0.5);
}
