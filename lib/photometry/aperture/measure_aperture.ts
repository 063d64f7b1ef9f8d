import { bilinearAt } from "../../math/interpolation.ts";
import { PsfRenderer } from "../../psf/psf_renderer.ts";
import type { CutoutPixels } from "../cutout_pixels.ts";
import { MICROJY_PER_MJYSR_ARCSEC2 } from "../flux_units.ts";
import type { ApertureFailure, ApertureMeasurement } from "./aperture_measurement.ts";
import type { ApertureSettings } from "./aperture_settings.ts";
import {
  annulusPixels,
  type ApertureBackground,
  type BackgroundPixels,
  measureBackground,
  windowPixels,
} from "./background_pixels.ts";
import { fillCircleOverlap } from "./circle_overlap.ts";
import { psfFwhmPixels } from "./psf_width.ts";
import { repairVariance } from "./variance_repair.ts";
import { zodiScale } from "./zodi_scale.ts";

/** Rounds in which the light of the target is taken out of the background's pixels; each gains two decimals. */
const WING_ROUNDS = 4;

/** The planes of one measurement. */
interface ApertureWork {
  readonly pixels: CutoutPixels;
  readonly settings: ApertureSettings;
  /** Surface brightness without zodiacal light, MJy/sr. */
  readonly image: Float64Array;
  /** Share of each pixel in the aperture. */
  readonly overlap: Float64Array;
  /** Share of the light of the target in each pixel; null without a PSF. */
  readonly template: Float64Array | null;
}

/** The light inside of the aperture, and what is wrong with it. */
interface ApertureSums {
  readonly failure: ApertureFailure | null;
  /** Flux of image, microjansky. */
  readonly flux: number;
  /** Its variance. */
  readonly variance: number;
  /** Flux of a surface brightness of 1 MJy/sr, microjansky. */
  readonly fluxOfUnitLevel: number;
  /** Share of the light of the target. */
  readonly enclosed: number;
  /** Flags of the pixels. */
  readonly flags: number;
}

/** Adds up the pixels of the aperture. */
function sumAperture(work: ApertureWork, variance: Float64Array): ApertureSums {
  const { pixels, image, overlap, template } = work;
  const { width, targetX, targetY, solidAngleArcsec2 } = pixels;
  const nearest = Math.round(targetY) * width + Math.round(targetX);
  let failure: ApertureFailure | null = null;
  let [flux, spread, fluxOfUnitLevel, enclosed, flags] = [0, 0, 0, 0, pixels.flags[nearest] ?? 0];
  for (let i = 0; i < overlap.length; i++) {
    const share = overlap[i]!;
    if (share === 0) continue;
    const weight = share * solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2;
    if (!Number.isFinite(image[i]!)) failure ??= "pixel_missing";
    else if (!(variance[i]! > 0)) failure ??= "variance_missing";
    flux += weight * image[i]!;
    spread += weight * weight * variance[i]!;
    fluxOfUnitLevel += weight;
    if (template !== null) enclosed += share * template[i]!;
    // A hot pixel of which a hundredth lies in the circle adds more than a faint source has.
    flags |= pixels.flags[i]!;
  }
  return { failure, flux, variance: spread, fluxOfUnitLevel, enclosed, flags };
}

/** Subtracts the model of the zodiacal light from the image; the factor is 0 when there is none to subtract. */
function subtractZodi(
  pixels: CutoutPixels,
  variance: Float64Array,
  radius: number,
  settings: ApertureSettings,
  image: Float64Array,
): { scale: number; isFitted: boolean } {
  const { zodiMJySr: zodi, imageMJySr, flags, width, targetX: x, targetY: y } = pixels;
  image.set(imageMJySr);
  if (zodi === undefined || !settings.subtractZodi) return { scale: 0, isFitted: false };
  const excludedRadiusPixels = radius + settings.annulusInnerOffsetPixels;
  const found = zodiScale(
    { image, variance, zodi, flags, width, x, y, excludedRadiusPixels },
    settings,
  );
  for (let i = 0; i < image.length; i++) image[i]! -= found.scale * zodi[i]!;
  return found;
}

/** The background of pixels from which the light of the target is taken out when its PSF is known. */
function backgroundWithoutTarget(
  work: ApertureWork,
  indices: Int32Array,
  sums: ApertureSums,
): ApertureBackground {
  const { settings, template, image } = work;
  const { solidAngleArcsec2, width, targetX: x, targetY: y } = work.pixels;
  let background = measureBackground({ values: image, width, x, y }, indices, settings);
  if (template === null || !(sums.enclosed > 0)) return background;
  const cleaned = Float64Array.from(image);
  for (let round = 0; round < WING_ROUNDS; round++) {
    const flux = (sums.flux - background.level * sums.fluxOfUnitLevel) / sums.enclosed;
    if (!Number.isFinite(flux)) return background;
    for (const i of indices) {
      cleaned[i] = image[i]! - flux * template[i]! / (solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2);
    }
    background = measureBackground({ values: cleaned, width, x, y }, indices, settings);
  }
  return background;
}

/** The pixels with the solid angle of the settings where theirs is not known. */
function withSolidAngles(pixels: CutoutPixels, { pixelScaleFallbackArcsec }: ApertureSettings): CutoutPixels {
  const solidAngleArcsec2 = pixels.solidAngleArcsec2.map((value) =>
    value > 0 && value < Infinity ? value : pixelScaleFallbackArcsec ** 2
  );
  return { ...pixels, solidAngleArcsec2 };
}

function isOnImage({ width, height, targetX: x, targetY: y }: CutoutPixels, radius: number): boolean {
  return x - radius >= -0.5 && y - radius >= -0.5 && x + radius <= width - 0.5 && y + radius <= height - 0.5;
}

/** The template of the target over the whole cutout, or null when there is no PSF. */
function renderTarget(
  pixels: CutoutPixels,
  { coreShiftPixels }: ApertureSettings,
  renderer: PsfRenderer,
): Float64Array | null {
  if (pixels.psf === null || !renderer.prepare(pixels.psf, { coreShiftPixels })) return null;
  const template = new Float64Array(pixels.width * pixels.height);
  renderer.render(pixels.targetX, pixels.targetY, 0, 0, pixels.width, pixels.height, template);
  return template;
}

function backgroundPixels(work: ApertureWork, radius: number): BackgroundPixels {
  const { pixels, settings, image } = work;
  const plane = { ...pixels, values: image, x: pixels.targetX, y: pixels.targetY };
  return settings.backgroundMethod === "annulus"
    ? annulusPixels(plane, radius, settings)
    : windowPixels(plane, radius, settings);
}

/** Fluxes and errors from the sums, NaN after a failure. */
function fluxesOf(sums: ApertureSums, background: ApertureBackground, settings: ApertureSettings) {
  const failure = sums.failure ?? (Number.isFinite(background.levelError) ? null : "no_background");
  const isMeasured = failure === null;
  const flux = isMeasured ? sums.flux - background.level * sums.fluxOfUnitLevel : NaN;
  const error = isMeasured
    ? Math.sqrt(sums.variance + (background.levelError * sums.fluxOfUnitLevel) ** 2)
    : NaN;
  const known = sums.enclosed > 0 ? 1 / sums.enclosed : NaN;
  const apertureCorrection = settings.apertureCorrection ? known : 1;
  const factor = Number.isNaN(apertureCorrection) ? 1 : apertureCorrection;
  return {
    failure,
    fluxMicroJy: flux * factor,
    fluxErrorMicroJy: error * factor,
    apertureFluxMicroJy: flux,
    apertureFluxErrorMicroJy: error,
    apertureCorrection,
  };
}

/**
 * Measures the flux in a circle about a known place: exact overlap of circle and pixels, each pixel with its own solid
 * angle, the zodiacal light and a local background subtracted.
 *
 * With a PSF the light of the target is taken out of the background's pixels; with `apertureCorrection` the flux is
 * divided by the share of the PSF that lies inside of the circle at the target's place between pixels, and the flux
 * inside of the circle is kept beside it. A measurement that fails is NaN and says why; nothing about the data is ever thrown.
 */
export function measureAperture(
  pixels: CutoutPixels,
  settings: ApertureSettings,
  renderer: PsfRenderer = new PsfRenderer(),
): ApertureMeasurement {
  const { width, height, targetX, targetY } = pixels;
  const fwhm = pixels.psf === null ? NaN : psfFwhmPixels(pixels.psf);
  const apertureMethod = settings.method === "fwhm" && fwhm > 0 ? "fwhm" : "fixed";
  const diameter = apertureMethod === "fwhm" ? settings.fwhmMultiplier * fwhm : settings.diameterPixels;
  const radius = diameter / 2;
  const { variance, repairedCount } = repairVariance(pixels.varianceMJy2Sr2, pixels.flags);
  const image = new Float64Array(width * height);
  const zodi = subtractZodi(pixels, variance, radius, settings, image);
  const overlap = new Float64Array(width * height);
  const template = renderTarget(pixels, settings, renderer);
  const work: ApertureWork = {
    pixels: withSolidAngles(pixels, settings),
    settings,
    image,
    overlap,
    template,
  };
  const isInside = isOnImage(pixels, radius);
  if (isInside) fillCircleOverlap(targetX, targetY, radius, width, height, overlap);
  const found = sumAperture(work, variance);
  const sums = isInside ? found : { ...found, failure: "outside_image" as const };
  const place = backgroundPixels(work, radius);
  const background = backgroundWithoutTarget(work, place.indices, sums);
  return {
    ...fluxesOf(sums, background, settings),
    apertureRadiusPixels: radius,
    apertureMethod,
    psfFwhmPixels: fwhm,
    backgroundMJySr: background.level,
    backgroundErrorMJySr: background.levelError,
    backgroundPixelCount: background.pixelCount,
    backgroundIncludesSources: place.includesSources,
    backgroundInnerRadiusPixels: place.innerRadiusPixels,
    backgroundOuterRadiusPixels: place.outerRadiusPixels,
    zodiScale: zodi.scale,
    isZodiScaleFitted: zodi.isFitted,
    usesPixelScaleFallback: overlap.some((share, i) =>
      share > 0 && work.pixels.solidAngleArcsec2[i] !== pixels.solidAngleArcsec2[i]
    ),
    repairedVarianceCount: repairedCount,
    flags: sums.flags,
    wavelengthMicron: bilinearAt(pixels.wavelengthMicron, width, height, targetX, targetY),
    bandwidthMicron: bilinearAt(pixels.bandwidthMicron, width, height, targetX, targetY),
  };
}
