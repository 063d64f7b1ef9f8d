import { z } from "zod";
import {
  type ApertureSettings,
  DEFAULT_APERTURE_SETTINGS,
} from "../../photometry/aperture/aperture_settings.ts";
import type { PhotometryParameters } from "./pipeline_types.ts";
import { PIXEL_FLAGS } from "../../spherex/pixel_flags.ts";

const positive = z.number().gt(0).max(1e6);
const notNegative = z.number().min(0).max(1e6);
const count = z.int().min(1).max(100_000);

/** Parameters of aperture photometry by their names in configuration and state files. */
const PHOTOMETRY_PARAMETERS = z.strictObject({
  aperture_method: z.enum(["fwhm", "fixed"]).default("fwhm"),
  aperture_diameter: positive.default(3),
  fwhm_multiplier: positive.default(2.5),
  aperture_correction: z.boolean().default(true),
  bad_flags: z.array(z.int().min(0).max(30)).default([0, 1, 2, 6, 7, 9, 10, 11, 14, 15, 17, 19]),
  background_method: z.enum(["annulus", "window"]).default("annulus"),
  annulus_inner_offset: notNegative.default(1.414),
  min_annulus_area: positive.default(10),
  max_outer_radius: positive.default(5),
  min_usable_pixels: count.default(10),
  max_annulus_attempts: count.default(5),
  annulus_expansion_step: positive.default(0.5),
  window_size: z.union([count, z.tuple([count, count])]).default(50),
  background_slope: z.boolean().default(true),
  bg_sigma_clip_sigma: positive.default(3),
  bg_sigma_clip_maxiters: z.int().min(0).max(100).default(3),
  subtract_zodi: z.boolean().default(true),
  static_zodi: z.boolean().default(false),
  zodi_scale_min: z.number().default(0),
  zodi_scale_max: z.number().default(10),
  pixel_scale_fallback: positive.default(6.15),
});

const COLOR_MAP_NAMES = z.enum(["rainbow", "viridis"]);

/** Parameters of the figure and of the quality control that it shows. */
const VISUALIZATION_PARAMETERS = z.strictObject({
  sigma_threshold: notNegative.default(5),
  use_magnitude: z.boolean().default(false),
  show_errorbars: z.boolean().default(true),
  wavelength_cmap: COLOR_MAP_NAMES.default("rainbow"),
  date_cmap: COLOR_MAP_NAMES.default("viridis"),
  sigma_clip_sigma: positive.default(3),
  sigma_clip_maxiters: z.int().min(0).max(100).default(10),
  ylim_percentile_min: z.number().min(0).max(100).default(1),
  ylim_percentile_max: z.number().min(0).max(100).default(99),
  ylim_padding_fraction: notNegative.default(0.1),
  marker_size_good: positive.default(1.7),
  marker_size_rejected: positive.default(2),
  marker_size_upper_limit: positive.default(3),
  errorbar_alpha: z.number().min(0).max(1).default(0.4),
  marker_alpha: z.number().min(0).max(1).default(0.9),
  errorbar_linewidth: positive.default(0.5),
  figsize: z.tuple([z.number().min(4).max(40), z.number().min(3).max(40)]).default([10, 8]),
  dpi: z.int().min(30).max(1200).default(150),
});

/**
 * All parameters of a pipeline, as its state file keeps them.
 *
 * @internal
 */
export const PIPELINE_PARAMETERS = z.strictObject({
  source: z.strictObject({
    ra: z.number().min(0).lt(360),
    dec: z.number().min(-90).max(90),
    name: z.string().min(1).max(200),
  }),
  bands: z.array(z.int().min(1).max(6)).nullable().default(null),
  search_radius_arcsec: positive.default(3.6),
  cutout_size: z.string().default("50px"),
  cutout_center: z.string().nullable().default(null),
  max_download_workers: count.default(4),
  max_processing_workers: count.default(10),
  calibration_dir: z.string().min(1).nullable().default(null),
  sync_calibration: z.boolean().default(false),
  photometry: PHOTOMETRY_PARAMETERS.prefault({}),
  visualization: VISUALIZATION_PARAMETERS.prefault({}),
  archive: z.record(z.string(), z.unknown()).default({}),
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
