import type { Config } from "../config/schema.ts";
import { TaggedError } from "../core/errors.ts";
import { nearestWord } from "../core/text.ts";
import type { PhotometrySettings } from "../photometry/settings.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../photometry/settings.ts";
import { PIXEL_FLAGS, type PixelFlagName } from "../spherex/pixel_flags.ts";

function flagMask(names: readonly string[], key: string): number {
  for (const name of names) {
    if (PIXEL_FLAGS.has(name)) continue;
    const nearest = nearestWord(name, PIXEL_FLAGS.definitions.map((flag) => flag.name));
    throw new TaggedError("config/invalid-value", `Unknown pixel flag "${name}" in photometry.masks.${key}`, {
      context: { key: `photometry.masks.${key}`, value: name },
      hint: nearest === undefined
        ? `Known flags: ${PIXEL_FLAGS.definitions.map((flag) => flag.name).join(", ")}`
        : `Did you mean "${nearest}"?`,
    });
  }
  // The bits of a FLAGS plane are those of a signed 32-bit word.
  return PIXEL_FLAGS.mask(names as PixelFlagName[]) | 0;
}

/** The numbers of the measuring kernel as the configuration sets them. Throws config/invalid-value for an unknown flag. */
export function photometrySettings(config: Config["photometry"]): PhotometrySettings {
  const { masks, background, psf, noise, fit, deblending } = config;
  return {
    detectionSnrThreshold: config.detection_snr_threshold,
    masks: {
      fitExcludeMask: flagMask(masks.fit_exclude_bits, "fit_exclude_bits"),
      backgroundExcludeMask: flagMask(masks.background_exclude_bits, "background_exclude_bits"),
      scienceBlockerMask: flagMask(masks.science_blocker_bits, "science_blocker_bits"),
      sourceMask: PIXEL_FLAGS.value("SOURCE"),
      footprintThreshold: masks.footprint_threshold,
      targetProtectionFootprintThreshold: masks.target_protection_footprint_threshold,
      targetProtectionRadiusPixels: masks.target_protection_radius_pixels,
      targetProtectionDilatePixels: masks.target_protection_dilate_pixels,
      sourceFindingEdgeBufferPixels: masks.source_finding_edge_buffer_pixels,
      severeTemplateFraction: masks.severe_template_fraction,
    },
    background: {
      method: background.method,
      model: background.model,
      minUnmaskedPixels: background.min_unmasked_pixels,
      minPlanePixels: background.min_plane_pixels,
      planeConditionNumberMax: background.plane_condition_number_max,
      sigmaClip: background.sigma_clip,
      sigmaClipIterations: background.sigma_clip_iterations,
    },
    psf: {
      templateRadiusPixels: config.psf_template_radius_pixels,
      coreShiftPixels: psf.core_shift_pixels,
      negativeSamples: psf.negative_samples,
      integration: psf.integration,
      minTemplateFractionInCutout: psf.min_template_fraction_in_cutout,
    },
    noise: { model: noise.model, iterations: noise.iterations },
    fit: {
      ...DEFAULT_PHOTOMETRY_SETTINGS.fit,
      boxPixels: config.fit_box_pixels,
      conditionNumberMax: fit.condition_number_max,
      minTemplateFractionUnmasked: fit.min_template_fraction_unmasked,
      centralRadiusPixels: fit.central_radius_pixels,
      centralPositiveResidualSigma: fit.central_positive_residual_sigma,
      targetNeighborCorrelationMax: fit.target_neighbor_correlation_max,
      uncertaintyInflationMax: fit.uncertainty_inflation_max,
      jointChiSquareRatioMax: fit.joint_chi_square_ratio_max,
      scienceFitQualityMax: fit.science_fit_quality_max,
    },
    deblending: {
      enabled: deblending.enabled,
      maxNeighbors: deblending.max_neighbors,
      materialOverlapThreshold: deblending.material_overlap_threshold,
      residualSnrThreshold: deblending.residual_snr_threshold,
      neighborFluxSnrThreshold: deblending.neighbor_flux_snr_threshold,
      minComponentPixels: deblending.min_component_pixels,
      mergeRadiusPixels: deblending.merge_radius_pixels,
      minDistanceFromTargetPixels: deblending.min_distance_from_target_pixels,
      rejectComponentsTouchingTargetProtection: deblending.reject_components_touching_target_protection,
      modelErrorFraction: deblending.model_error_fraction,
    },
  };
}
