import { z } from "zod";
import {
  type ApertureSettings,
  DEFAULT_APERTURE_SETTINGS,
} from "../../photometry/aperture/aperture_settings.ts";
import { PIXEL_FLAGS } from "../../spherex/pixel_flags.ts";
import { count, notNegative, positive, rounds } from "./parameter_values.ts";
import type { PhotometryParameters } from "./pipeline_types.ts";

/**
 * Parameters of aperture photometry by their names in parameter and state files.
 *
 * @internal
 */
export const PHOTOMETRY_PARAMETERS = z.strictObject({
  aperture_method: z.enum(["fwhm", "fixed"]).default("fwhm")
    .describe("fwhm sizes the aperture by the PSF at the source, fixed takes aperture_diameter"),
  aperture_diameter: positive.default(3).describe("Diameter of a fixed aperture, pixels"),
  fwhm_multiplier: positive.default(2.5).describe("Diameter of the aperture in widths of the PSF"),
  aperture_correction: z.boolean().default(true)
    .describe("Make up for the light beyond the aperture by the PSF; both fluxes are kept"),
  bad_flags: z.array(z.int().min(0).max(30)).default([0, 1, 2, 6, 7, 9, 10, 11, 14, 15, 17, 19])
    .describe("Bits of pixel flags that reject a measurement and keep a pixel out of the background"),
  background_method: z.enum(["annulus", "window"]).default("annulus").describe(
    "Where the background is measured",
  ),
  annulus_inner_offset: notNegative.default(1.414).describe("Gap between aperture and annulus, pixels"),
  min_annulus_area: positive.default(10).describe("Least area of the annulus, square pixels"),
  max_outer_radius: positive.default(5).describe("Largest outer radius of the first annulus, pixels"),
  min_usable_pixels: count.default(10).describe(
    "Pixels that a background needs; the annulus grows until it has them",
  ),
  max_annulus_attempts: count.default(5).describe(
    "Annuli that are tried; the last one takes pixels of known sources too",
  ),
  annulus_expansion_step: positive.default(0.5).describe("How much the annulus grows each time, pixels"),
  window_size: z.union([count, z.tuple([count, count])]).default(50)
    .describe("Side of the window, or height and width, pixels"),
  background_slope: z.boolean().default(true).describe("Allow for a slope of the background"),
  bg_sigma_clip_sigma: positive.default(3).describe("Standard deviations at which the background is clipped"),
  bg_sigma_clip_maxiters: rounds.default(3).describe("Rounds of clipping"),
  subtract_zodi: z.boolean().default(true).describe("Subtract the image's model of the zodiacal light first"),
  static_zodi: z.boolean().default(false).describe(
    "Take that model as it is, and do not scale it to the image",
  ),
  zodi_scale_min: z.number().default(0).describe(
    "A fitted scale must be above this, else the model is taken as it is",
  ),
  zodi_scale_max: z.number().default(10).describe("A fitted scale must not be above this"),
  pixel_scale_fallback: positive.default(6.15)
    .describe("Side of a pixel of which the solid angle is not known, arcseconds"),
});

/** The word of pixel flags with the given bits. */
export function flagMask(bits: readonly number[]): number {
  return bits.reduce((mask, bit) => mask | (1 << bit), 0);
}

/** The settings of the kernel that parameters stand for. */
export function apertureSettings(parameters: PhotometryParameters): ApertureSettings {
  const { window_size: size } = parameters;
  return {
    ...DEFAULT_APERTURE_SETTINGS,
    method: parameters.aperture_method,
    diameterPixels: parameters.aperture_diameter,
    fwhmMultiplier: parameters.fwhm_multiplier,
    apertureCorrection: parameters.aperture_correction,
    badFlagsMask: flagMask(parameters.bad_flags),
    sourceFlagMask: PIXEL_FLAGS.mask(["SOURCE"]),
    backgroundMethod: parameters.background_method,
    annulusInnerOffsetPixels: parameters.annulus_inner_offset,
    minAnnulusAreaPixels: parameters.min_annulus_area,
    maxOuterRadiusPixels: parameters.max_outer_radius,
    minUsablePixels: parameters.min_usable_pixels,
    maxAnnulusAttempts: parameters.max_annulus_attempts,
    annulusExpansionStepPixels: parameters.annulus_expansion_step,
    windowSizePixels: typeof size === "number" ? [size, size] : size,
    backgroundSlope: parameters.background_slope,
    clipSigma: parameters.bg_sigma_clip_sigma,
    clipIterations: parameters.bg_sigma_clip_maxiters,
    subtractZodi: parameters.subtract_zodi,
    zodiScale: parameters.static_zodi ? "static" : "fitted",
    zodiScaleMin: parameters.zodi_scale_min,
    zodiScaleMax: parameters.zodi_scale_max,
    pixelScaleFallbackArcsec: parameters.pixel_scale_fallback,
  };
}
