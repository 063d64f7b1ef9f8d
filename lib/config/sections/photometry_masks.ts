import { z } from "zod";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../photometry/settings.ts";
import { flagName, fraction, nonNegativeNumber } from "./value_types.ts";

const { masks } = DEFAULT_PHOTOMETRY_SETTINGS;

const flagNames = z.array(flagName).max(64);

/**
 * Section `photometry.masks`: which pixels are used for what. Flags are given by their names.
 *
 * @internal
 */
export const masksSection = z.strictObject({
  fit_exclude_bits: flagNames
    .default(["SUR_ERROR", "NONFUNC", "MISSING_DATA", "HOT", "COLD", "NONLINEAR", "PERSIST"])
    .describe("Pixels with any of these flags are left out of the fit"),
  background_exclude_bits: flagNames.default([
    "TRANSIENT",
    "OVERFLOW",
    "SUR_ERROR",
    "NONFUNC",
    "MISSING_DATA",
    "HOT",
    "COLD",
    "NONLINEAR",
    "PERSIST",
    "OUTLIER",
    "SOURCE",
  ]).describe("Pixels with any of these flags are left out of the background"),
  suspect_bits: flagNames.default(["TRANSIENT", "OUTLIER"])
    .describe("Pixels with any of these flags are left out of the fit when the other pixels contradict them"),
  science_blocker_bits: flagNames.default([
    "OVERFLOW",
    "SUR_ERROR",
    "NONFUNC",
    "DICHROIC",
    "MISSING_DATA",
    "HOT",
    "COLD",
    "NONLINEAR",
    "PERSIST",
  ]).describe("Flags that spoil a measurement when they carry a material share of the target's light"),
  footprint_threshold: fraction.default(masks.footprintThreshold)
    .describe("Pixels with at least this share of the PSF's peak are the target's footprint"),
  target_protection_footprint_threshold: fraction.default(masks.targetProtectionFootprintThreshold)
    .describe("Pixels with at least this share of the peak are kept from background and neighbours"),
  target_protection_radius_pixels: nonNegativeNumber.max(500).default(masks.targetProtectionRadiusPixels)
    .describe("Pixels within this distance of the target are protected as well"),
  target_protection_dilate_pixels: z.int().min(0).max(100).default(masks.targetProtectionDilatePixels)
    .describe("How far the protected footprint is grown"),
  source_finding_edge_buffer_pixels: z.int().min(0).max(1000).default(masks.sourceFindingEdgeBufferPixels)
    .describe("Neighbours are not looked for this near to the edge of the cutout"),
  severe_template_fraction: fraction.default(masks.severeTemplateFraction)
    .describe("Share of the target's light on spoiling pixels above which a measurement is rejected"),
}).prefault({}).describe("Which pixels are used for what; flags are given by name");
