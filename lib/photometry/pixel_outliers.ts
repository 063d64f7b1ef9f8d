import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { MeasureContext } from "./prepare_target.ts";
import { refitScene, type Scene, type SceneFit } from "./scene_fit.ts";
import { renderTemplate } from "./template.ts";

/** Most pixels that are rejected from one fit. */
const MOST_REJECTED = 12;
/**
 * Share of a pixel in the flux from which it is the target's core: a suspect there is judged by a strict limit, and
 * one that no flag speaks against is left to the quality flags, because a PSF that is not right looks the same.
 */
const CORE_LEVERAGE = 0.05;
/** A pixel is sharper than any source when the light around it falls short by this many standard deviations. */
const SHARPNESS_SIGMA = 4;

/** A pixel that does not fit, and how badly. */
interface Misfit {
  /** Index in the cutout. */
  readonly index: number;
  /** Its distance from what all others predict over the largest that is accepted. */
  readonly excess: number;
}

/**
 * Share of light in the 8 pixels around a source in the middle of a pixel, in units of that pixel's: no source is
 * sharper. Written for the offsets of row -1 to 1 and column -1 to 1.
 */
function sharpestSource(context: MeasureContext): Float64Array {
  const { pixels, workspace } = context;
  const { pointWindow: window, renderer } = workspace;
  const x = Math.round(pixels.targetX), y = Math.round(pixels.targetY);
  const template = renderTemplate(renderer, window, 1, x, y);
  const at = (column: number, row: number) => {
    const inside = column >= 0 && column < window.width && row >= 0 && row < window.height;
    return inside ? template[row * window.width + column]! : 0;
  };
  const peak = at(x - window.originX, y - window.originY);
  return Float64Array.from(
    { length: 9 },
    (_, k) => at(x - window.originX - 1 + k % 3, y - window.originY - 1 + Math.floor(k / 3)) / peak,
  );
}

/** Whether the residual of a pixel is too lonely to be light of a source. */
function isSharperThanSource(index: number, context: MeasureContext, sharpest: Float64Array): boolean {
  const { pixels: { width, height }, workspace: { residual, variance, roles } } = context;
  const x = index % width, y = (index - x) / width;
  let expected = 0, found = 0, spread = 0;
  for (let k = 0; k < 9; k++) {
    const column = x - 1 + k % 3, row = y - 1 + Math.floor(k / 3);
    if (k === 4 || column < 0 || column >= width || row < 0 || row >= height) continue;
    const i = row * width + column;
    if (!(roles[i]! & PIXEL_ROLE.usable)) continue;
    expected += sharpest[k]! * Math.abs(residual[index]!);
    found += Math.sign(residual[index]!) * residual[i]!;
    spread += variance[i]! + variance[index]! * sharpest[k]! ** 2;
  }
  return expected - found > SHARPNESS_SIGMA * Math.sqrt(spread);
}

/**
 * How far pixel `k` of the window lies from what all other pixels predict for it, in standard deviations: the
 * externally studentised residual (Cook & Weisberg 1982), with the error of the PSF that the settings allow.
 */
function studentizedResidual(k: number, i: number, leverage: number, context: MeasureContext): number {
  const { workspace: { residual, variance, pointFit, pointWindow }, settings } = context;
  const rest = Math.max(1 - leverage, 1e-3);
  const light = rest * settings.deblending.modelErrorFraction * pointFit.flux(0) *
    pointWindow.template(0)[k]!;
  return residual[i]! / Math.sqrt(variance[i]! * rest + light * light);
}

/** The worst misfit of the fit box, or undefined when all pixels are as they should be. */
function worstMisfit(context: MeasureContext, sharpest: () => Float64Array): Misfit | undefined {
  const { pixels, settings: { fit, masks }, workspace } = context;
  const { pointWindow: window, roles, variance } = workspace;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  const template = window.template(0);
  const all = workspace.pointFit.matchedFilterDenominator;
  let worst: Misfit | undefined;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      if ((roles[i]! & fitted) !== fitted) continue;
      const leverage = template[k]! * template[k]! / (variance[i]! * all);
      const sigmas = Math.abs(studentizedResidual(k, i, leverage, context));
      const isCore = leverage > CORE_LEVERAGE;
      const isSuspect = (pixels.flags[i]! & masks.suspectMask) !== 0;
      const limit = isSuspect ? (isCore ? 1 : 2) * fit.suspectPixelSigma : fit.outlierPixelSigma;
      if (!(sigmas > limit) || sigmas / limit <= (worst?.excess ?? 0)) continue;
      if (isSuspect || (!isCore && isSharperThanSource(i, context, sharpest()))) {
        worst = { index: i, excess: sigmas / limit };
      }
    }
  }
  return worst;
}

/**
 * Whether a pixel of the target's core contradicts all other pixels of the fit whose residual the workspace holds.
 * No flag explains it and no rule decides which is right, so the measurement is not to be trusted.
 */
export function hasContradictedCore(context: MeasureContext): boolean {
  const { pixels, settings: { fit }, workspace } = context;
  const { pointWindow: window, roles, variance, pointFit } = workspace;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  const template = window.template(0);
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      if ((roles[i]! & fitted) !== fitted) continue;
      const leverage = template[k]! * template[k]! / (variance[i]! * pointFit.matchedFilterDenominator);
      if (leverage <= CORE_LEVERAGE) continue;
      if (Math.abs(studentizedResidual(k, i, leverage, context)) > fit.outlierPixelSigma) return true;
    }
  }
  return false;
}

/** Takes a pixel out of everything. */
function discard(index: number, context: MeasureContext): void {
  const { data, observedVariance, variance, roles, marks } = context.workspace;
  data[index] = 0;
  observedVariance[index] = 0;
  variance[index] = 0;
  marks[index] = 0;
  roles[index] = roles[index]! & ~(PIXEL_ROLE.usable | PIXEL_ROLE.background | PIXEL_ROLE.searched);
}

/** A fit without its outliers. */
export interface CleanedFit {
  /** What the fit ended with. */
  readonly sceneFit: SceneFit;
  /** Pixels that were rejected. */
  readonly rejectedCount: number;
}

/**
 * Rejects the pixels of the fit box that do not belong to the image, one at a time, each followed by a new fit of
 * the target alone: those that the pipeline suspects (flags TRANSIENT, OUTLIER) when the other pixels contradict
 * them, and those without a flag when they are far off and sharper than any source.
 *
 * Suspects cannot just be left out: the pipeline flags the cores of stars too. Nor can their plain residual decide,
 * for the flux follows a bad pixel in the core. The workspace must hold the residual of `before`.
 */
export function rejectOutlierPixels(context: MeasureContext, scene: Scene, before: SceneFit): CleanedFit {
  let sharpestKnown: Float64Array | undefined;
  const sharpest = () => sharpestKnown ??= sharpestSource(context);
  let sceneFit = before;
  let rejectedCount = 0;
  while (rejectedCount < MOST_REJECTED) {
    const worst = worstMisfit(context, sharpest);
    if (worst === undefined) break;
    discard(worst.index, context);
    rejectedCount++;
    sceneFit = refitScene(scene, before, context.settings, context.workspace);
    if (!sceneFit.ok) break;
  }
  if (rejectedCount > 0) context.flags.add("OUTLIER_PIXELS_REJECTED");
  return { sceneFit, rejectedCount };
}
