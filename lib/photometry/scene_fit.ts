import { backgroundRms, clipBackground, PLANE_ORDER } from "./background_plane.ts";
import type { ForcedFit } from "./forced_fit.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { followModel } from "./noise_model.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";
import type { TemplateWindow } from "./template_window.ts";

/** What is fitted, and to which pixels. */
export interface Scene {
  /** Pixels along x of the cutout. */
  readonly width: number;
  /** Pixels of the cutout. */
  readonly count: number;
  /** Where the templates are. */
  readonly window: TemplateWindow;
  /** Number of templates, the target first. */
  readonly templateCount: number;
  /** Columns of the background. */
  readonly backgroundOrder: number;
  /** Slope of variance against rate, (MJy/sr)^2 per MJy/sr; 0 keeps the observed variance. */
  readonly varianceSlope: number;
  /** Receives the answer. */
  readonly fit: ForcedFit;
}

/** The pixels that a fit of a scene ended with. */
export interface SceneFit {
  /** Whether fluxes and background came out. */
  readonly ok: boolean;
  /** Background pixels before clipping. */
  readonly candidatePixels: number;
  /** Background pixels used. */
  readonly backgroundPixels: number;
  /** Root mean square of their residuals, microjansky per pixel. */
  readonly backgroundRms: number;
}

/** Sets the weights of the background from marks and variance. */
function weighBackground(scene: Scene, joint: boolean, workspace: MeasureWorkspace): void {
  const { backgroundWeight, variance, marks, roles } = workspace;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  for (let i = 0; i < scene.count; i++) {
    const serves = marks[i] === 1 || (joint && (roles[i]! & fitted) === fitted);
    backgroundWeight[i] = serves ? 1 / variance[i]! : 0;
  }
}

/** Copies data and background columns of the window's pixels next to one another. */
function fillWindow(scene: Scene, workspace: MeasureWorkspace): void {
  copyWindow(workspace.data, scene, scene.window.data);
  for (let j = 0; j < scene.backgroundOrder; j++) {
    copyWindow(workspace.basis[j]!, scene, scene.window.basis[j]!);
  }
}

/** Copies the window's pixels of a plane; rows are so short that views of them would cost more than their values. */
function copyWindow(plane: Float64Array, { window, width }: Scene, out: Float64Array): void {
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) out[k] = plane[i]!;
  }
}

/** Sets the weights of the window's pixels from roles, variance and the weights of the background. */
function weighWindow(scene: Scene, workspace: MeasureWorkspace): void {
  const { window, width } = scene;
  const { roles, variance, backgroundWeight } = workspace;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      const inFit = (roles[i]! & fitted) === fitted;
      window.fitWeight[k] = inFit ? 1 / variance[i]! : 0;
      window.backgroundWeight[k] = backgroundWeight[i]!;
      window.sharedWeight[k] = inFit ? backgroundWeight[i]! : 0;
    }
  }
}

/** Fills the workspace's residual with data - background - the first `templateCount` templates. */
function fillResidual(scene: Scene, templateCount: number, workspace: MeasureWorkspace): void {
  const { data, residual, basis } = workspace;
  const { window, width, fit } = scene;
  const [ones, offsetX, offsetY] = basis as [Float64Array, Float64Array, Float64Array];
  const b0 = fit.background(0), bx = fit.background(1), by = fit.background(2);
  for (let i = 0; i < scene.count; i++) {
    residual[i] = data[i]! - b0 * ones[i]! - bx * offsetX[i]! - by * offsetY[i]!;
  }
  for (let j = PLANE_ORDER; j < scene.backgroundOrder; j++) {
    const column = basis[j]!, coefficient = fit.background(j);
    for (let i = 0; i < scene.count; i++) residual[i]! -= coefficient * column[i]!;
  }
  for (let t = 0; t < templateCount; t++) {
    const template = window.template(t);
    const flux = fit.flux(t);
    for (let y = 0, k = 0; y < window.height; y++) {
      for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
        residual[i]! -= flux * template[k]!;
      }
    }
  }
}

/** One solution with the weights at hand; leaves its residual in the workspace. */
function solveOnce(scene: Scene, joint: boolean, workspace: MeasureWorkspace): boolean {
  weighBackground(scene, joint, workspace);
  weighWindow(scene, workspace);
  const { data, backgroundWeight: weight, basis } = workspace;
  const pixels = { count: scene.count, data, weight, basis };
  if (!scene.fit.solve(scene.window, scene.templateCount, pixels, scene.backgroundOrder)) return false;
  fillResidual(scene, scene.templateCount, workspace);
  return true;
}

/** Clips the background pixels and solves again until nothing changes or the rounds are used up. */
function clipAndSolve(scene: Scene, settings: PhotometrySettings, workspace: MeasureWorkspace): boolean {
  const joint = settings.background.method === "joint_plane";
  for (let round = 0; round < settings.background.sigmaClipIterations; round++) {
    if (clipBackground(scene.count, settings.background.sigmaClip, workspace) === 0) return true;
    if (!solveOnce(scene, joint, workspace)) return false;
  }
  return true;
}

/**
 * Fits fluxes and background of a scene: solve, let the variance follow the model, clip the background,
 * and solve again, as often as the settings say. Background pixels are those with that role; the residual
 * of the last solution stays in the workspace, and its marks are 1 for the background pixels used.
 */
export function fitScene(scene: Scene, settings: PhotometrySettings, workspace: MeasureWorkspace): SceneFit {
  const { marks, roles } = workspace;
  const joint = settings.background.method === "joint_plane";
  let candidatePixels = 0;
  for (let i = 0; i < scene.count; i++) {
    marks[i] = roles[i]! & PIXEL_ROLE.background ? 1 : 0;
    candidatePixels += marks[i]!;
  }
  fillWindow(scene, workspace);
  const rounds = scene.varianceSlope > 0 ? settings.noise.iterations : 0;
  let ok = solveOnce(scene, joint, workspace);
  for (let round = 1; round <= rounds && ok; round++) {
    followModel(scene.varianceSlope, scene.count, workspace);
    ok = solveOnce(scene, joint, workspace) && (round > 1 || clipAndSolve(scene, settings, workspace));
  }
  if (ok && rounds === 0) ok = clipAndSolve(scene, settings, workspace);
  return describeScene(scene, ok, candidatePixels, workspace);
}

/** What a fit ended with, from marks and residual. */
function describeScene(
  scene: Scene,
  ok: boolean,
  candidatePixels: number,
  workspace: MeasureWorkspace,
): SceneFit {
  let backgroundPixels = 0;
  for (let i = 0; i < scene.count; i++) backgroundPixels += workspace.marks[i]!;
  const rms = ok ? backgroundRms(scene.count, workspace) : NaN;
  return { ok, candidatePixels, backgroundPixels, backgroundRms: rms };
}

/**
 * Solves a scene once more after its templates have moved, with the background pixels of the fit before;
 * the variance follows the model.
 */
export function refitScene(
  scene: Scene,
  before: SceneFit,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): SceneFit {
  followModel(scene.varianceSlope, scene.count, workspace);
  const ok = solveOnce(scene, settings.background.method === "joint_plane", workspace);
  return describeScene(scene, ok, before.candidatePixels, workspace);
}
