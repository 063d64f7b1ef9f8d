import { z } from "zod";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../photometry/settings.ts";
import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../versions.ts";
import { backgroundSection, noiseSection, psfSection } from "./photometry_model.ts";
import { masksSection } from "./photometry_masks.ts";
import { deblendingSection, fitSection } from "./photometry_fit.ts";
import { pathInProject, positiveInteger, positiveNumber } from "./value_types.ts";

const kernel = DEFAULT_PHOTOMETRY_SETTINGS;

const qaSection = z.strictObject({
  full_plot_workers: positiveInteger.default(32)
    .describe("Workers that draw full QA images, at most; never more than the machine has processors"),
  measurement_plot_dpi: z.int().min(30).max(1200).default(110).describe(
    "Resolution of full QA images, which are 10 inches wide",
  ),
  measurement_plot_colorbars: z.boolean().default(false).describe(
    "Draw a colour bar below each panel, not its range alone",
  ),
}).prefault({}).describe("Full QA images");

/**
 * Section `photometry`: every number the measurement depends on.
 *
 * @internal
 */
export const photometrySection = z.strictObject({
  output_root: pathInProject.default("results").describe("Folder of spectra, plots, QA and provenance"),
  output_schema_version: z.literal(OUTPUT_SCHEMA_VERSION).default(OUTPUT_SCHEMA_VERSION)
    .describe("Version of the output columns; a program that writes another one refuses the project"),
  code_version: z.literal(PHOTOMETRY_CODE_VERSION).default(PHOTOMETRY_CODE_VERSION)
    .describe("Version of the photometry; a program that measures otherwise refuses the project"),
  qa_level: z.enum(["minimal", "standard", "full"]).default("standard")
    .describe(
      "minimal: numbers and spectrum plot; standard: with the QA summary; full: an image of each fit too",
    ),
  fit_box_pixels: z.int().min(3).max(999).default(kernel.fit.boxPixels)
    .describe("Side of the square of pixels around the target that is fitted; odd"),
  psf_template_radius_pixels: positiveNumber.max(500).default(kernel.psf.templateRadiusPixels)
    .describe("Half the side of the square in which the PSF is not zero"),
  detection_snr_threshold: positiveNumber.max(1000).default(kernel.detectionSnrThreshold)
    .describe("Signal-to-noise ratio from which a flux is a detection"),
  background: backgroundSection,
  masks: masksSection,
  psf: psfSection,
  noise: noiseSection,
  fit: fitSection,
  deblending: deblendingSection,
  qa: qaSection,
}).prefault({}).describe("How fluxes are measured");
