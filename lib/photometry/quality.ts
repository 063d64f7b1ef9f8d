import { medianInPlace } from "../math/robust_statistics.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { ForcedFit } from "./forced_fit.ts";
import type { FluxFit, RegionFractions } from "./measurement.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";

/** Radius of the archive's own fit quality, pixels. */
const FIT_QL_RADIUS_PIXELS = 2.5;

/** A fit that did not come out. */
export const NO_FLUX_FIT: FluxFit = {
  fluxMicroJy: NaN,
  fluxErrorMicroJy: NaN,
  chiSquareReduced: NaN,
  fitQuality: NaN,
  fitQualityMeanAbs2p5Pixels: NaN,
  centralResidualPeakSigma: NaN,
  centralResidualMeanSigma: NaN,
};

/** Sum over the usable pixels of the fit box of residual^2 / variance, per degree of freedom. */
function reducedChiSquare(pixels: CutoutPixels, templateCount: number, workspace: MeasureWorkspace): number {
  const { pointWindow: window, roles, residual, variance } = workspace;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  let sum = 0, count = 0;
  for (let y = 0; y < window.height; y++) {
    const row = window.cutoutRow(y, pixels.width);
    for (let i = row; i < row + window.width; i++) {
      if ((roles[i]! & fitted) !== fitted) continue;
      sum += residual[i]! * residual[i]! / variance[i]!;
      count++;
    }
  }
  return count > templateCount ? sum / (count - templateCount) : NaN;
}

/**
 * Flux and quality of a solved fit, from the residual that the workspace holds: chi-square in the fit box,
 * and median, largest and mean residual over sigma in the core.
 */
export function describeFit(pixels: CutoutPixels, fit: ForcedFit, workspace: MeasureWorkspace): FluxFit {
  const { pointWindow: window, roles, residual, variance, scratch } = workspace;
  let coreCount = 0, peak = -Infinity, sum = 0, nearCount = 0, nearSum = 0;
  for (let y = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, i++) {
      if (!(roles[i]! & PIXEL_ROLE.usable)) continue;
      const sigmas = residual[i]! / Math.sqrt(variance[i]!);
      const squared = (window.originX + x - pixels.targetX) ** 2 + (window.originY + y - pixels.targetY) ** 2;
      if (squared <= FIT_QL_RADIUS_PIXELS ** 2) {
        nearSum += Math.abs(sigmas);
        nearCount++;
      }
      if (!(roles[i]! & PIXEL_ROLE.core)) continue;
      scratch[coreCount++] = Math.abs(sigmas);
      sum += sigmas;
      peak = Math.max(peak, sigmas);
    }
  }
  return {
    fluxMicroJy: fit.flux(0),
    fluxErrorMicroJy: fit.fluxError(0),
    chiSquareReduced: reducedChiSquare(pixels, fit.templateCount, workspace),
    fitQuality: medianInPlace(scratch, coreCount),
    fitQualityMeanAbs2p5Pixels: nearCount > 0 ? nearSum / nearCount : NaN,
    centralResidualPeakSigma: coreCount > 0 ? peak : NaN,
    centralResidualMeanSigma: coreCount > 0 ? sum / coreCount : NaN,
  };
}

/** What the flags and the variance say about the pixels of a cutout. */
export interface PixelQuality {
  /** Share of pixels with any flag. */
  readonly any: RegionFractions;
  /** Share of pixels that the fit excludes by flag. */
  readonly hardBad: RegionFractions;
  /** Share of pixels of known sources. */
  readonly source: RegionFractions;
  /** Share of pixels with science-blocking flags. */
  readonly scienceReject: RegionFractions;
  /** Share of pixels whose variance is missing or not positive. */
  readonly invalidVariance: RegionFractions;
  /** Share of the template's light on pixels that the fit excludes by flag. */
  readonly psfHardBad: number;
  /** Share of the template's light on pixels with science-blocking flags. */
  readonly psfScienceReject: number;
  /** Share of the template's light on pixels without a valid variance. */
  readonly psfInvalidVariance: number;
  /** Flag words of footprint and core, combined with OR. */
  readonly footprintFlags: number;
  /** Usable pixels of the core over all of them; 0 when there is none. */
  readonly usableCoreFraction: number;
}

/** Counts of one property in core, footprint and background. */
class RegionCounts {
  #core = 0;
  #fit = 0;
  #background = 0;

  /** Counts a pixel in the regions that its role names. */
  add(role: number): void {
    if (role & PIXEL_ROLE.core) this.#core++;
    if (role & PIXEL_ROLE.footprint) this.#fit++;
    if (!(role & PIXEL_ROLE.protected)) this.#background++;
  }

  /** The counts as shares of `all`. */
  over(all: RegionCounts): RegionFractions {
    const share = (part: number, whole: number) => whole > 0 ? part / whole : NaN;
    return {
      core: share(this.#core, all.#core),
      fit: share(this.#fit, all.#fit),
      background: share(this.#background, all.#background),
    };
  }
}

/** Shares of the template's light on the pixels of each kind. */
function templateShares(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): [number, number, number] {
  const window = workspace.pointWindow;
  const template = window.template(0);
  let all = 0, hardBad = 0, reject = 0, invalid = 0;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      const light = Math.max(template[k]!, 0);
      all += light;
      if (pixels.flags[i]! & settings.masks.fitExcludeMask) hardBad += light;
      if (pixels.flags[i]! & settings.masks.scienceBlockerMask) reject += light;
      if (!(pixels.varianceMJy2Sr2[i]! > 0)) invalid += light;
    }
  }
  return [hardBad / all, reject / all, invalid / all];
}

/** Counts flags and bad variances by region and by the template's light. */
export function pixelQuality(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): PixelQuality {
  const { roles } = workspace;
  const { fitExcludeMask, scienceBlockerMask, sourceMask } = settings.masks;
  const all = new RegionCounts(), any = new RegionCounts(), hardBad = new RegionCounts();
  const source = new RegionCounts(), reject = new RegionCounts(), invalid = new RegionCounts();
  let footprintFlags = 0, core = 0, usableCore = 0;
  for (let i = 0; i < pixels.flags.length; i++) {
    const role = roles[i]!;
    const flag = pixels.flags[i]!;
    all.add(role);
    if (flag !== 0) any.add(role);
    if (flag & fitExcludeMask) hardBad.add(role);
    if (flag & sourceMask) source.add(role);
    if (flag & scienceBlockerMask) reject.add(role);
    if (!(pixels.varianceMJy2Sr2[i]! > 0)) invalid.add(role);
    if (role & (PIXEL_ROLE.footprint | PIXEL_ROLE.core)) footprintFlags |= flag;
    if (!(role & PIXEL_ROLE.core)) continue;
    core++;
    if (role & PIXEL_ROLE.usable) usableCore++;
  }
  const [psfHardBad, psfScienceReject, psfInvalidVariance] = templateShares(pixels, settings, workspace);
  return {
    any: any.over(all),
    hardBad: hardBad.over(all),
    source: source.over(all),
    scienceReject: reject.over(all),
    invalidVariance: invalid.over(all),
    psfHardBad,
    psfScienceReject,
    psfInvalidVariance,
    footprintFlags,
    usableCoreFraction: core > 0 ? usableCore / core : 0,
  };
}
