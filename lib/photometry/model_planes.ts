import type { CutoutPixels } from "./cutout_pixels.ts";
import type { TargetFit } from "./fit_target.ts";
import { MICROJY_PER_MJYSR_ARCSEC2 } from "./flux_units.ts";
import type { ForcedFit } from "./forced_fit.ts";
import type { MeasurementModels } from "./measurement.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import type { TemplateWindow } from "./template_window.ts";

/** The plane of the first `count` templates with their fluxes. */
function sceneModel(
  pixels: CutoutPixels,
  window: TemplateWindow,
  fit: ForcedFit,
  count: number,
): Float64Array {
  const model = new Float64Array(pixels.width * pixels.height);
  for (let t = 0; t < count; t++) {
    const template = window.template(t);
    const flux = fit.flux(t);
    for (let y = 0, k = 0; y < window.height; y++) {
      for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
        model[i]! += flux * template[k]!;
      }
    }
  }
  return model;
}

/** The plane of the background; NaN when the fit failed. */
function backgroundModel(count: number, fit: ForcedFit, basis: readonly Float64Array[]): Float64Array {
  const plane = new Float64Array(count);
  for (let j = 0; j < basis.length; j++) {
    const coefficient = fit.background(j);
    for (let i = 0; i < count; i++) plane[i]! += coefficient * basis[j]![i]!;
  }
  return plane;
}

/** (Data - model) / sigma; NaN where the pixel is not usable. */
function residualSigma(data: Float64Array, model: Float64Array, variance: Float64Array): Float64Array {
  return data.map((value, i) => variance[i]! > 0 ? (value - model[i]!) / Math.sqrt(variance[i]!) : NaN);
}

/** Makes the planes for full quality images from what the fits left in the workspace. Allocates them anew. */
export function modelPlanes(
  pixels: CutoutPixels,
  target: TargetFit,
  workspace: MeasureWorkspace,
): MeasurementModels {
  const count = pixels.width * pixels.height;
  const { pointWindow, jointWindow, pointFit, jointFit, basis, variance } = workspace;
  const measured = target.status === "measured";
  const joint = measured && target.places.length > 0 && jointFit.ok;
  const raw = Float64Array.from(
    pixels.imageMJySr,
    (rate, i) => rate * pixels.solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2,
  );
  const selected = target.selected === "joint" ? jointFit : pointFit;
  const background = measured ? backgroundModel(count, selected, basis) : new Float64Array(count).fill(NaN);
  const dataMinusBackground = raw.map((value, i) => value - background[i]!);
  const pointModel = measured
    ? sceneModel(pixels, pointWindow, pointFit, 1)
    : new Float64Array(count).fill(NaN);
  const jointModel = joint ? sceneModel(pixels, jointWindow, jointFit, jointFit.templateCount) : pointModel;
  return {
    width: pixels.width,
    height: pixels.height,
    raw,
    background,
    dataMinusBackground,
    pointModel,
    pointResidualSigma: residualSigma(dataMinusBackground, pointModel, variance),
    jointModel,
    jointResidualSigma: residualSigma(dataMinusBackground, jointModel, variance),
    roles: workspace.roles.slice(0, count),
    neighbors: target.places.map(({ x, y }, n) => ({
      x,
      y,
      fluxMicroJy: joint ? jointFit.flux(n + 1) : NaN,
    })),
  };
}
