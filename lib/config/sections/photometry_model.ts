import { z } from "zod";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../photometry/settings.ts";
import { fraction, positiveInteger, positiveNumber } from "./value_types.ts";

const { background, psf, noise } = DEFAULT_PHOTOMETRY_SETTINGS;

/**
 * Section `photometry.background`: how the background under a target is estimated.
 *
 * @internal
 */
export const backgroundSection = z.strictObject({
  method: z.enum(["source_masked_plane", "joint_plane"]).default(background.method)
    .describe("From pixels away from sources first, or in one fit with the flux"),
  model: z.enum(["plane", "constant"]).default(background.model).describe("Shape of the background"),
  airglow: z.enum(["off", "auto", "on"]).default(background.airglow)
    .describe(
      "Let the plane bend along the wavelength, as stripes of airglow do: never, where it does, always",
    ),
  airglow_sigma: positiveNumber.default(background.airglowSigma)
    .describe("How many standard deviations of bend make a bent plane, for auto"),
  min_unmasked_pixels: positiveInteger.default(background.minUnmaskedPixels).describe(
    "Fewest pixels for a constant",
  ),
  min_plane_pixels: z.int().min(3).max(1e9).default(background.minPlanePixels)
    .describe("Fewest pixels for a plane"),
  plane_condition_number_max: positiveNumber.default(background.planeConditionNumberMax)
    .describe("Largest condition number of the plane's equations"),
  sigma_clip: positiveNumber.max(1000).default(background.sigmaClip)
    .describe("Pixels beyond this many standard deviations are clipped"),
  sigma_clip_iterations: z.int().min(0).max(100).default(background.sigmaClipIterations)
    .describe("How often pixels are clipped"),
}).prefault({}).describe("How the background under a target is estimated");

const shiftPixels = z.number().min(-5).max(5);

/**
 * Section `photometry.psf`: how the image of a point source is made.
 *
 * @internal
 */
export const psfSection = z.strictObject({
  source: z.enum(["auto", "file", "average_psf", "epsf"]).default("auto")
    .describe(
      "The PSF of each file (file), that of a calibration product (average_psf, epsf), or the file's own if it has one (auto)",
    ),
  interpolation: z.enum(["bilinear", "nearest"]).default("bilinear")
    .describe("Between the PSFs of neighbouring detector zones, or that of the nearest zone"),
  core_shift_pixels: z.tuple([shiftPixels, shiftPixels])
    .default([psf.coreShiftPixels[0], psf.coreShiftPixels[1]])
    .describe("Shift of the PSF's core along x and y"),
  negative_samples: z.enum(["keep", "clip"]).default(psf.negativeSamples)
    .describe("Keep negative samples of the PSF, so that its noise averages out, or set them to zero"),
  integration: z.enum(["smooth", "area"]).default(psf.integration)
    .describe("How an oversampled PSF is integrated over pixels"),
  min_template_fraction_in_cutout: fraction.default(psf.minTemplateFractionInCutout)
    .describe("Share of the PSF that must lie inside the cutout"),
}).prefault({}).describe("How the image of a point source is made");

/**
 * Section `photometry.noise`: which variance weights the pixels.
 *
 * @internal
 */
export const noiseSection = z.strictObject({
  model: z.enum(["observed", "smoothed"]).default(noise.model)
    .describe(
      "The variance plane as it is, or with its shot noise taken from the model instead of the noisy pixel",
    ),
  iterations: z.int().min(1).max(20).default(noise.iterations)
    .describe("How often the smoothed variance follows the model"),
}).prefault({}).describe("Which variance weights the pixels");
