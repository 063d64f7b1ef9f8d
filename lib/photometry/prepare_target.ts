import { calibratePixels } from "./calibrated_pixels.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import { countRole, markSearched, markTarget } from "./masks.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import type { PhotometryFlagName } from "./photometry_flags.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";
import { renderTarget, type TargetTemplate, templateFractionUnmasked } from "./template.ts";

/** Everything one measurement works with; flags gather as it goes on. */
export interface MeasureContext {
  /** The cutout. */
  readonly pixels: CutoutPixels;
  /** The numbers of the photometry. */
  readonly settings: PhotometrySettings;
  /** Arrays. */
  readonly workspace: MeasureWorkspace;
  /** Flags raised so far. */
  readonly flags: Set<PhotometryFlagName>;
}

/** What is known before the fit. */
export interface PreparedTarget {
  /** Whether a fit makes sense. */
  readonly ready: boolean;
  /** The template. */
  readonly template: TargetTemplate;
  /** Share of the template's light on usable pixels of the fit box. */
  readonly fractionUnmasked: number;
  /** Usable pixels in the fit box. */
  readonly validPixelCount: number;
}

/** Raises the flags that follow from place and calibration. */
function flagPlace(context: MeasureContext): void {
  const { pixels, flags } = context;
  for (const name of pixels.initialFlags ?? []) flags.add(name);
  if (pixels.detectorCoordinateMethod === "cutout") flags.add("DETECTOR_COORD_FALLBACK");
  const column = Math.round(pixels.targetX);
  const row = Math.round(pixels.targetY);
  const inside = column >= 0 && column < pixels.width && row >= 0 && row < pixels.height;
  if (!inside) flags.add("EDGE_OF_CUTOUT");
  else if (!(pixels.solidAngleArcsec2[row * pixels.width + column]! > 0)) flags.add("SAPM_INVALID");
  if (!(Number.isFinite(pixels.detectorX) && Number.isFinite(pixels.detectorY))) {
    flags.add("PSF_COORDINATE_UNCERTAIN");
  }
  if (pixels.psf === null || pixels.psf.planes.length === 0) flags.add("PSF_MISSING");
}

/** What the usable pixels of the fit box hold of the template; raises the flag of too little. */
export function templateSupport(
  { pixels, settings, workspace, flags }: MeasureContext,
): Pick<PreparedTarget, "fractionUnmasked" | "validPixelCount"> {
  const fractionUnmasked = templateFractionUnmasked(pixels.width, workspace);
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  const validPixelCount = countRole(workspace.roles, pixels.flags.length, fitted);
  if (!(fractionUnmasked >= settings.fit.minTemplateFractionUnmasked)) flags.add("LOW_TEMPLATE_SUPPORT");
  return { fractionUnmasked, validPixelCount };
}

/**
 * Calibrates the pixels, renders the target and marks what each pixel is for; raises the flags that follow.
 * The measurement is ready for a fit when there is a template and it falls on enough usable pixels.
 */
export function prepareTarget(context: MeasureContext): PreparedTarget {
  const { pixels, settings, workspace, flags } = context;
  flagPlace(context);
  calibratePixels(pixels, settings.masks.fitExcludeMask, workspace);
  const template = renderTarget(pixels, settings, workspace);
  if (!template.valid) {
    if (!flags.has("PSF_MISSING")) {
      flags.add(template.fractionInCutout === 0 ? "PSF_TRUNCATED" : "PSF_RENDERING_INVALID");
    }
    flags.add("FIT_ERROR");
    workspace.pointWindow.template(0).fill(0);
    markTarget(pixels, settings, Infinity, workspace);
    return { ready: false, template, fractionUnmasked: NaN, validPixelCount: 0 };
  }
  markTarget(pixels, settings, template.peak, workspace);
  markSearched(pixels, settings.masks.sourceFindingEdgeBufferPixels, workspace);
  const { fractionUnmasked, validPixelCount } = templateSupport(context);
  if (template.fractionInCutout < settings.psf.minTemplateFractionInCutout) flags.add("PSF_TRUNCATED");
  const enough = validPixelCount >= settings.fit.minValidPixels;
  if (!enough) flags.add("INSUFFICIENT_VALID_PIXELS");
  const ready = enough && fractionUnmasked > 0;
  if (!ready) flags.add("FIT_ERROR");
  return { ready, template, fractionUnmasked, validPixelCount };
}
