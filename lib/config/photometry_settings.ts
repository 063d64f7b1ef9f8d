import type { FlagRegistry } from "../core/flags.ts";
import { nearestWord } from "../core/text.ts";
import type { PhotometrySettings } from "../photometry/settings.ts";
import { configError, type ConfigProblem } from "./config_problem.ts";
import type { Config } from "./schema.ts";

type MaskKey = "fit_exclude_bits" | "background_exclude_bits" | "suspect_bits" | "science_blocker_bits";

const MASK_KEYS: readonly MaskKey[] = [
  "fit_exclude_bits",
  "background_exclude_bits",
  "suspect_bits",
  "science_blocker_bits",
];

/** Problems of flag names that the images do not know. */
function maskProblems(config: Config, pixelFlags: FlagRegistry): ConfigProblem[] {
  const names = pixelFlags.definitions.map((flag) => flag.name);
  return MASK_KEYS.flatMap((mask) =>
    config.photometry.masks[mask].filter((name) => !pixelFlags.has(name)).map((name): ConfigProblem => {
      const key = `photometry.masks.${mask}`;
      const nearest = nearestWord(name, names);
      return {
        code: "config/invalid-value",
        key,
        message: `${key} names ${name}, which is no pixel flag: expected some of ${names.join(", ")}`,
        ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
      };
    })
  );
}

/** The settings of the background, the PSF, the noise and the neighbours. */
function modelSettings({ background, psf, noise, deblending, ...rest }: Config["photometry"]) {
  return {
    background: {
      method: background.method,
      model: background.model,
      airglow: background.airglow,
      airglowSigma: background.airglow_sigma,
      minUnmaskedPixels: background.min_unmasked_pixels,
      minPlanePixels: background.min_plane_pixels,
      planeConditionNumberMax: background.plane_condition_number_max,
      sigmaClip: background.sigma_clip,
      sigmaClipIterations: background.sigma_clip_iterations,
    },
    psf: {
      templateRadiusPixels: rest.psf_template_radius_pixels,
      coreShiftPixels: psf.core_shift_pixels,
      negativeSamples: psf.negative_samples,
      integration: psf.integration,
      minTemplateFractionInCutout: psf.min_template_fraction_in_cutout,
    },
    noise: { model: noise.model, iterations: noise.iterations },
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
  } satisfies Partial<PhotometrySettings>;
}

/** The settings of the masks and the fit. */
function fitSettings(
  { masks, fit, fit_box_pixels: boxPixels }: Config["photometry"],
  pixelFlags: FlagRegistry,
) {
  return {
    masks: {
      fitExcludeMask: pixelFlags.mask(masks.fit_exclude_bits),
      backgroundExcludeMask: pixelFlags.mask(masks.background_exclude_bits),
      scienceBlockerMask: pixelFlags.mask(masks.science_blocker_bits),
      suspectMask: pixelFlags.mask(masks.suspect_bits),
      sourceMask: pixelFlags.mask(["SOURCE"]),
      footprintThreshold: masks.footprint_threshold,
      targetProtectionFootprintThreshold: masks.target_protection_footprint_threshold,
      targetProtectionRadiusPixels: masks.target_protection_radius_pixels,
      targetProtectionDilatePixels: masks.target_protection_dilate_pixels,
      sourceFindingEdgeBufferPixels: masks.source_finding_edge_buffer_pixels,
      severeTemplateFraction: masks.severe_template_fraction,
    },
    fit: {
      boxPixels,
      conditionNumberMax: fit.condition_number_max,
      minTemplateFractionUnmasked: fit.min_template_fraction_unmasked,
      minValidPixels: fit.min_valid_pixels,
      suspectPixelSigma: fit.suspect_pixel_sigma,
      outlierPixelSigma: fit.outlier_pixel_sigma,
      centralRadiusPixels: fit.central_radius_pixels,
      centralPositiveResidualSigma: fit.central_positive_residual_sigma,
      targetNeighborCorrelationMax: fit.target_neighbor_correlation_max,
      uncertaintyInflationMax: fit.uncertainty_inflation_max,
      jointChiSquareRatioMax: fit.joint_chi_square_ratio_max,
      fitsOffset: fit.position_offset,
      scienceFitQualityMax: fit.science_fit_quality_max,
    },
  } satisfies Partial<PhotometrySettings>;
}

/**
 * The kernel's settings from section `photometry`, flag names turned into words of bits.
 *
 * @param config The effective configuration.
 * @param pixelFlags The flags of the images' pixels; SOURCE is among them.
 * @throws {TaggedError} `config/invalid-value` naming every flag that the images do not know.
 */
export function photometrySettings(config: Config, pixelFlags: FlagRegistry): PhotometrySettings {
  const problems = maskProblems(config, pixelFlags);
  if (problems.length > 0) throw configError(problems);
  return {
    detectionSnrThreshold: config.photometry.detection_snr_threshold,
    ...fitSettings(config.photometry, pixelFlags),
    ...modelSettings(config.photometry),
  };
}
