import {
  medianAbsoluteDeviationInPlace,
  medianInPlace,
  NORMAL_SIGMA_PER_MAD,
} from "../math/robust_statistics.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import { markBackground } from "./background_plane.ts";
import type { PhotometrySettings } from "./settings.ts";

/** How the fallback arrived at its pixels. */
export interface FallbackPixels {
  /** Pixels that it started from. */
  readonly basePixels: number;
  /** Pixels that it took for sources. */
  readonly sourceMaskPixels: number;
  /** Pixels that remain. */
  readonly validPixels: number;
}

/** Takes the role of background from pixels above the clip limit; returns how many. */
function maskSources(count: number, sigmaThreshold: number, workspace: MeasureWorkspace): number {
  const { roles, data, scratch } = workspace;
  let kept = 0;
  for (let i = 0; i < count; i++) if (roles[i]! & PIXEL_ROLE.background) scratch[kept++] = data[i]!;
  const center = medianInPlace(scratch, kept);
  const sigma = NORMAL_SIGMA_PER_MAD * medianAbsoluteDeviationInPlace(scratch, center, kept);
  let masked = 0;
  for (let i = 0; i < count; i++) {
    if (!(roles[i]! & PIXEL_ROLE.background) || Math.abs(data[i]! - center) <= sigmaThreshold * sigma) {
      continue;
    }
    roles[i] = roles[i]! & ~PIXEL_ROLE.background;
    masked++;
  }
  return masked;
}

/**
 * Chooses background pixels when source flags leave too few: first all but the flagged defects, known
 * sources included; if that is not enough, whatever the fit accepts. Pixels far from the median are then
 * taken for sources, `sigmaClipIterations` times.
 */
export function markFallbackBackground(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): FallbackPixels {
  const { masks, background } = settings;
  let basePixels = markBackground(pixels, masks.backgroundExcludeMask & ~masks.sourceMask, workspace);
  if (basePixels < background.minPlanePixels) {
    basePixels = markBackground(pixels, masks.fitExcludeMask, workspace);
  }
  let sourceMaskPixels = 0;
  for (let round = 0; round < background.sigmaClipIterations; round++) {
    sourceMaskPixels += maskSources(pixels.flags.length, background.sigmaClip, workspace);
  }
  return { basePixels, sourceMaskPixels, validPixels: basePixels - sourceMaskPixels };
}
