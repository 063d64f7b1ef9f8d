import type { PsfRenderer } from "../psf/psf_renderer.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import { profileReachPixels, renderExtended } from "./extended_profile.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";
import type { TemplateWindow } from "./template_window.ts";

/** What the target's template is like. */
export interface TargetTemplate {
  /** Whether it is finite and has light in the cutout. */
  readonly valid: boolean;
  /** Largest value. */
  readonly peak: number;
  /** Sum inside the cutout; at most 1 unless the PSF has negative samples. */
  readonly fractionInCutout: number;
}

/** How far a template reaches from the pixel nearest to its source. */
export function templateReach(settings: PhotometrySettings): number {
  return Math.ceil(settings.psf.templateRadiusPixels + 0.5);
}

/** Half the side of the fit box: pixels at most this far from the pixel nearest to the target. */
export function fitBoxHalf(settings: PhotometrySettings): number {
  return Math.floor(settings.fit.boxPixels / 2);
}

/** Renders template `index` of a window for a source at (x, y) in the cutout. */
export function renderTemplate(
  renderer: PsfRenderer,
  window: TemplateWindow,
  index: number,
  x: number,
  y: number,
): Float64Array {
  const template = window.template(index);
  renderer.render(x, y, window.originX, window.originY, window.width, window.height, template);
  return template;
}

/** Renders the target, a point or with its profile, into template 0 of a window; template 1 may be used on the way. */
export function renderTargetTemplate(
  pixels: CutoutPixels,
  renderer: PsfRenderer,
  window: TemplateWindow,
): Float64Array {
  const { targetX, targetY, profile } = pixels;
  return profile === undefined
    ? renderTemplate(renderer, window, 0, targetX, targetY)
    : renderExtended(renderer, window, 0, 1, targetX, targetY, profile);
}

/**
 * Prepares the PSF and renders the target into a window that holds the fit box and the whole template.
 * The window is the workspace's `pointWindow`.
 */
export function renderTarget(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): TargetTemplate {
  const { renderer, pointWindow: window } = workspace;
  const { coreShiftPixels, negativeSamples, integration, templateRadiusPixels } = settings.psf;
  const spread = pixels.profile === undefined ? 0 : Math.ceil(profileReachPixels(pixels.profile));
  const largest = pixels.width + pixels.height;
  const half = Math.max(fitBoxHalf(settings), Math.min(templateReach(settings) + spread, largest));
  window.place(pixels.targetX, pixels.targetY, half, pixels.width, pixels.height);
  const options = { coreShiftPixels, negativeSamples, integration, templateRadiusPixels };
  if (pixels.psf === null || !renderer.prepare(pixels.psf, options)) {
    return { valid: false, peak: NaN, fractionInCutout: NaN };
  }
  const template = renderTargetTemplate(pixels, renderer, window);
  let peak = 0;
  let sum = 0;
  for (let i = 0; i < window.count; i++) {
    sum += template[i]!;
    if (template[i]! > peak) peak = template[i]!;
  }
  return { valid: peak > 0 && Number.isFinite(sum), peak, fractionInCutout: sum };
}

/** The share of the target's template on usable pixels of the fit box. */
export function templateFractionUnmasked(width: number, workspace: MeasureWorkspace): number {
  const { pointWindow: window, roles } = workspace;
  const template = window.template(0);
  const wanted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  let sum = 0;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      if ((roles[i]! & wanted) === wanted) sum += template[k]!;
    }
  }
  return sum;
}
