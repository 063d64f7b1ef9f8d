import type { FluxFit, Measurement, RegionFractions } from "./measurement.ts";
import { PHOTOMETRY_FLAGS } from "./photometry_flags.ts";

/** A value of a table cell; null stands for NaN or absent. */
export type ColumnValue = string | number | boolean | null;

/** A number for a table: null for NaN and infinity. */
function cell(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** `prefix_core`, `prefix_fit` and `prefix_background`. */
function regionColumns(prefix: string, fractions: RegionFractions): Record<string, ColumnValue> {
  return {
    [`${prefix}_core`]: cell(fractions.core),
    [`${prefix}_fit`]: cell(fractions.fit),
    [`${prefix}_background`]: cell(fractions.background),
  };
}

/** Wavelengths, fluxes, status and flags. */
function fluxColumns(m: Measurement): Record<string, ColumnValue> {
  return {
    wavelength_um: cell(m.wavelengthMicron),
    bandwidth_um: cell(m.bandwidthMicron),
    wavelength_method: m.wavelengthMethod,
    wavelength_center_um: cell(m.wavelengthCenterMicron),
    bandwidth_center_um: cell(m.bandwidthCenterMicron),
    point_flux_uJy: cell(m.point.fluxMicroJy),
    point_flux_err_uJy: cell(m.point.fluxErrorMicroJy),
    joint_flux_uJy: cell(m.joint.fluxMicroJy),
    joint_flux_err_uJy: cell(m.joint.fluxErrorMicroJy),
    selected_flux_uJy: cell(m.selectedFluxMicroJy),
    selected_flux_err_uJy: cell(m.selectedFluxErrorMicroJy),
    selected_snr: cell(m.selectedSnr),
    measurement_status: m.measurementStatus,
    measurement_ok: m.measurementStatus === "measured",
    science_mode: m.scienceMode,
    selected_fit: m.selectedFit,
    science_recommended: m.scienceRecommended,
    science_reject_reason: m.scienceRejectReason,
    qa_grade: m.qaGrade,
    detection_status: m.detectionStatus,
    upper_limit_3sigma_uJy: cell(m.upperLimit3SigmaMicroJy),
    photometry_flags: m.photometryFlags.join(";"),
    key_photometry_flags: PHOTOMETRY_FLAGS.definitions
      .filter((flag) => flag.blocksScience && m.photometryFlags.includes(flag.name))
      .map((flag) => flag.name).join(";"),
    image_flags: m.imageFlags,
    severe_flag: m.severeFlag,
  };
}

/** Fit quality of the selected, the point and the joint fit. */
function qualityColumns(m: Measurement): Record<string, ColumnValue> {
  const selected: FluxFit = m.selectedFit === "joint" ? m.joint : m.point;
  return {
    fit_quality: cell(selected.fitQuality),
    fit_ql_mean_abs_2p5pix: cell(selected.fitQualityMeanAbs2p5Pixels),
    point_fit_quality: cell(m.point.fitQuality),
    joint_fit_quality: cell(m.joint.fitQuality),
    point_fit_ql_mean_abs_2p5pix: cell(m.point.fitQualityMeanAbs2p5Pixels),
    joint_fit_ql_mean_abs_2p5pix: cell(m.joint.fitQualityMeanAbs2p5Pixels),
    chi2_reduced: cell(selected.chiSquareReduced),
    point_chi2_reduced: cell(m.point.chiSquareReduced),
    joint_chi2_reduced: cell(m.joint.chiSquareReduced),
    n_valid_pixels: m.validPixelCount,
    central_residual_median_abs_sigma: cell(m.centralResidualMedianAbsSigma),
    central_residual_peak_sigma: cell(selected.centralResidualPeakSigma),
    central_residual_mean_sigma: cell(selected.centralResidualMeanSigma),
    point_central_residual_peak_sigma: cell(m.point.centralResidualPeakSigma),
    joint_central_residual_peak_sigma: cell(m.joint.centralResidualPeakSigma),
    target_residual_peak_sigma: cell(m.targetResidualPeakSigma),
  };
}

/** Place of the target and what its pixels are like. */
function pixelColumns(m: Measurement): Record<string, ColumnValue> {
  return {
    x_cutout: cell(m.cutoutX),
    y_cutout: cell(m.cutoutY),
    x_detector: cell(m.detectorX),
    y_detector: cell(m.detectorY),
    detector_coordinate_method: m.detectorCoordinateMethod,
    template_fraction_in_cutout: cell(m.templateFractionInCutout),
    template_fraction_unmasked: cell(m.templateFractionUnmasked),
    fit_mask_fraction: cell(m.fitMaskFraction),
    background_mask_fraction: cell(m.backgroundMaskFraction),
    source_finding_mask_fraction: cell(m.sourceFindingMaskFraction),
    target_protection_fraction: cell(m.targetProtectionFraction),
    target_protection_radius_pixels: m.targetProtectionRadiusPixels,
    ...regionColumns("flag_any_fraction", m.flagAnyFraction),
    ...regionColumns("flag_hard_bad_fraction", m.flagHardBadFraction),
    ...regionColumns("flag_source_fraction", m.flagSourceFraction),
    ...regionColumns("flag_science_reject_fraction", m.flagScienceRejectFraction),
    ...regionColumns("invalid_variance_fraction", m.invalidVarianceFraction),
    psf_weighted_hard_bad_fraction: cell(m.psfWeightedHardBadFraction),
    psf_weighted_science_reject_fraction: cell(m.psfWeightedScienceRejectFraction),
    psf_weighted_invalid_variance_fraction: cell(m.psfWeightedInvalidVarianceFraction),
    psf_plane_index: m.psfPlaneIndex,
    psf_zone_center_detector_x: cell(m.psfZoneCenterDetectorX),
    psf_zone_center_detector_y: cell(m.psfZoneCenterDetectorY),
    psf_oversampling_factor: cell(m.psfOversamplingFactor),
    psf_subpixel_dx: cell(m.psfSubpixelDx),
    psf_subpixel_dy: cell(m.psfSubpixelDy),
  };
}

/** The background. */
function backgroundColumns(m: Measurement): Record<string, ColumnValue> {
  const { background } = m;
  const flags = m.photometryFlags.filter((name) => name.startsWith("BACKGROUND_"));
  return {
    background_uJy_per_pixel: cell(background.valueMicroJyPerPixel),
    background_unc_uJy_per_pixel: cell(background.uncertaintyMicroJyPerPixel),
    background_method: background.method,
    background_model: background.model,
    background_engine: "native",
    background_b0_uJy_per_pixel: cell(background.b0MicroJyPerPixel),
    background_bx_uJy_per_pixel: cell(background.bxMicroJyPerPixel),
    background_by_uJy_per_pixel: cell(background.byMicroJyPerPixel),
    background_rms_uJy_per_pixel: cell(background.rmsMicroJyPerPixel),
    background_condition_number: cell(background.conditionNumber),
    background_photutils_used: false,
    background_photutils_version: "",
    background_photutils_box_size: null,
    background_npix: background.pixelCount,
    background_ok: background.ok,
    background_clipped_fraction: cell(background.clippedFraction),
    background_flags: flags.join(";"),
    background_reason: background.reason,
    background_fallback_used: background.fallbackUsed,
    background_fallback_reason: background.fallbackUsed ? background.reason : "",
    background_fallback_base_pixels: background.fallbackBasePixels,
    background_fallback_source_mask_pixels: background.fallbackSourceMaskPixels,
    background_fallback_valid_pixels: background.fallbackValidPixels,
  };
}

/** Neighbours and the numbers of the fit. */
function deblendingColumns(m: Measurement): Record<string, ColumnValue> {
  return {
    deblend_status: m.deblendStatus,
    n_neighbors: m.neighborCount,
    n_neighbor_candidates: m.neighborCandidateCount,
    n_rejected_neighbor_components: m.rejectedNeighborComponentCount,
    target_overlap_component_count: m.targetOverlapComponentCount,
    target_neighbor_max_corr: cell(m.targetNeighborMaxCorrelation),
    uncertainty_inflation: cell(m.uncertaintyInflation),
    fit_condition_number: cell(m.fitConditionNumber),
    matched_filter_numerator: cell(m.matchedFilterNumerator),
    matched_filter_denominator: cell(m.matchedFilterDenominator),
  };
}

/**
 * The columns of the spectrum table that come from the pixels, under the names of the table; null for NaN.
 * Names of pixel flags (`image_flag_names`) are left to those who know the flags of the mission.
 */
export function measurementToColumns(measurement: Measurement): Record<string, ColumnValue> {
  return {
    ...fluxColumns(measurement),
    ...qualityColumns(measurement),
    ...pixelColumns(measurement),
    ...backgroundColumns(measurement),
    ...deblendingColumns(measurement),
  };
}
