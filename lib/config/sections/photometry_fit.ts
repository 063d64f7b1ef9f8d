import { z } from "zod";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../photometry/settings.ts";
import { fraction, nonNegativeNumber, positiveInteger, positiveNumber } from "./value_types.ts";

const { fit, deblending } = DEFAULT_PHOTOMETRY_SETTINGS;

/**
 * Section `photometry.fit`: when a fit counts.
 *
 * @internal
 */
export const fitSection = z.strictObject({
  condition_number_max: positiveNumber.default(fit.conditionNumberMax)
    .describe("Largest condition number of an accepted fit"),
  min_template_fraction_unmasked: fraction.default(fit.minTemplateFractionUnmasked)
    .describe("Share of the target's light that must lie on usable pixels"),
  min_valid_pixels: positiveInteger.default(fit.minValidPixels).describe("Fewest usable pixels"),
  suspect_pixel_sigma: positiveNumber.default(fit.suspectPixelSigma)
    .describe(
      "Distance from what the other pixels predict, in standard deviations, from which a suspect pixel is rejected",
    ),
  outlier_pixel_sigma: positiveNumber.default(fit.outlierPixelSigma)
    .describe("The same for a pixel without flags that is sharper than any source"),
  central_radius_pixels: positiveNumber.max(500).default(fit.centralRadiusPixels)
    .describe("Radius of the core in which residuals are judged"),
  central_positive_residual_sigma: positiveNumber.default(fit.centralPositiveResidualSigma)
    .describe("Residual in the core, in standard deviations, that raises a flag"),
  target_neighbor_correlation_max: fraction.default(fit.targetNeighborCorrelationMax)
    .describe("Largest correlation of target and neighbour in an accepted joint fit"),
  uncertainty_inflation_max: positiveNumber.default(fit.uncertaintyInflationMax)
    .describe("Largest ratio of joint to point flux error in an accepted joint fit"),
  joint_chi_square_ratio_max: positiveNumber.default(fit.jointChiSquareRatioMax)
    .describe("Largest ratio of joint to point reduced chi-square in an accepted joint fit"),
  position_offset: z.boolean().default(fit.fitsOffset)
    .describe("Fit the place of the target's light too, as a diagnostic of coordinates; fluxes stay forced"),
  science_fit_quality_max: positiveNumber.default(fit.scienceFitQualityMax)
    .describe("Median absolute residual in the core, in standard deviations, that raises a flag"),
}).prefault({}).describe("When a fit counts");

/**
 * Section `photometry.deblending`: how neighbours are found and separated.
 *
 * @internal
 */
export const deblendingSection = z.strictObject({
  enabled: z.boolean().default(deblending.enabled).describe("Look for neighbours"),
  catalog_neighbors: z.boolean().default(true)
    .describe("Fit other sources of the catalogs at their places, jointly with a target near them"),
  max_neighbors: z.int().min(0).max(64).default(deblending.maxNeighbors).describe(
    "Most neighbours that are fitted",
  ),
  material_overlap_threshold: fraction.default(deblending.materialOverlapThreshold)
    .describe("Overlap with the target's light from which a neighbour matters"),
  residual_snr_threshold: positiveNumber.default(deblending.residualSnrThreshold)
    .describe("Residual signal-to-noise ratio of a neighbour's pixels"),
  neighbor_flux_snr_threshold: positiveNumber.default(deblending.neighborFluxSnrThreshold)
    .describe("Integrated signal-to-noise ratio from which a neighbour matters"),
  min_component_pixels: positiveInteger.default(deblending.minComponentPixels)
    .describe("Fewest connected pixels of a neighbour"),
  merge_radius_pixels: nonNegativeNumber.max(500).default(deblending.mergeRadiusPixels)
    .describe("Neighbours nearer to one another than this are one"),
  min_distance_from_target_pixels: nonNegativeNumber.max(500).default(deblending.minDistanceFromTargetPixels)
    .describe("Neighbours nearer to the target than this are not split off"),
  reject_components_touching_target_protection: z.boolean()
    .default(deblending.rejectComponentsTouchingTargetProtection)
    .describe("Connected pixels that touch the protected target are never a neighbour"),
  model_error_fraction: fraction.default(deblending.modelErrorFraction)
    .describe("Error of the PSF, as a fraction of the light, that residuals of bright targets are allowed"),
}).prefault({}).describe("How neighbours are found and separated");
