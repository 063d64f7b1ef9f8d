import type { FluxFit, Measurement } from "../photometry/measurement.ts";
import type { MeasurementCell } from "./measurement_row.ts";
import type { SpectrumColumnName } from "./spectrum_columns.ts";

/** Cells of a row, with names that the compiler checks against the columns. */
export type MeasurementCells = Readonly<Partial<Record<SpectrumColumnName, MeasurementCell>>>;

/**
 * The cells that the pixels of one cutout fill: all columns of a row but those that say what was measured and
 * with which calibration. NaN stays NaN; {@linkcode canonicalRow} makes it absent.
 */
export function measurementCells(measurement: Measurement): MeasurementCells {
  return Object.assign({}, ...measurementCellGroups(measurement));
}

/**
 * The same cells in groups, for rows that are written and forgotten: to make one record of so many cells costs more
 * than to write them.
 */
export function measurementCellGroups(measurement: Measurement): readonly MeasurementCells[] {
  return [
    resultCells(measurement),
    pointFitCells(measurement.point),
    jointFitCells(measurement.joint),
    placeCells(measurement),
    flagFractionCells(measurement),
    maskCells(measurement),
    backgroundCells(measurement),
    neighborCells(measurement),
    psfCells(measurement),
  ];
}

function resultCells(measurement: Measurement): MeasurementCells {
  const fit = selectedFit(measurement);
  return {
    wavelength_um: measurement.wavelengthMicron,
    bandwidth_um: measurement.bandwidthMicron,
    wavelength_method: measurement.wavelengthMethod,
    wavelength_center_um: measurement.wavelengthCenterMicron,
    bandwidth_center_um: measurement.bandwidthCenterMicron,
    selected_flux_uJy: measurement.selectedFluxMicroJy,
    selected_flux_err_uJy: measurement.selectedFluxErrorMicroJy,
    selected_snr: measurement.selectedSnr,
    measurement_status: measurement.measurementStatus,
    measurement_ok: measurement.measurementStatus === "measured",
    science_mode: measurement.scienceMode,
    selected_fit: measurement.selectedFit,
    science_recommended: measurement.scienceRecommended,
    science_reject_reason: measurement.scienceRejectReason,
    qa_grade: measurement.qaGrade,
    detection_status: measurement.detectionStatus,
    upper_limit_3sigma_uJy: measurement.upperLimit3SigmaMicroJy,
    photometry_flags: measurement.photometryFlags.join(";"),
    key_photometry_flags: measurement.scienceRejectReason,
    severe_flag: measurement.severeFlag,
    fit_quality: fit?.fitQuality ?? null,
    fit_ql_mean_abs_2p5pix: fit?.fitQualityMeanAbs2p5Pixels ?? null,
    chi2_reduced: fit?.chiSquareReduced ?? null,
    n_valid_pixels: measurement.validPixelCount,
    central_residual_median_abs_sigma: measurement.centralResidualMedianAbsSigma,
    central_residual_peak_sigma: fit?.centralResidualPeakSigma ?? null,
    central_residual_mean_sigma: fit?.centralResidualMeanSigma ?? null,
    image_flags_footprint: measurement.imageFlags,
  };
}

function selectedFit(measurement: Measurement): FluxFit | undefined {
  return measurement.selectedFit === "none" ? undefined : measurement[measurement.selectedFit];
}

function pointFitCells(fit: FluxFit): MeasurementCells {
  return {
    point_flux_uJy: fit.fluxMicroJy,
    point_flux_err_uJy: fit.fluxErrorMicroJy,
    point_fit_quality: fit.fitQuality,
    point_fit_ql_mean_abs_2p5pix: fit.fitQualityMeanAbs2p5Pixels,
    point_chi2_reduced: fit.chiSquareReduced,
    point_central_residual_peak_sigma: fit.centralResidualPeakSigma,
  };
}

function jointFitCells(fit: FluxFit): MeasurementCells {
  return {
    joint_flux_uJy: fit.fluxMicroJy,
    joint_flux_err_uJy: fit.fluxErrorMicroJy,
    joint_fit_quality: fit.fitQuality,
    joint_fit_ql_mean_abs_2p5pix: fit.fitQualityMeanAbs2p5Pixels,
    joint_chi2_reduced: fit.chiSquareReduced,
    joint_central_residual_peak_sigma: fit.centralResidualPeakSigma,
  };
}

function placeCells(measurement: Measurement): MeasurementCells {
  return {
    x_cutout: measurement.cutoutX,
    y_cutout: measurement.cutoutY,
    x_detector: measurement.detectorX,
    y_detector: measurement.detectorY,
    detector_coordinate_method: measurement.detectorCoordinateMethod,
    template_fraction_in_cutout: measurement.templateFractionInCutout,
    template_fraction_unmasked: measurement.templateFractionUnmasked,
    fit_mask_fraction: measurement.fitMaskFraction,
    background_mask_fraction: measurement.backgroundMaskFraction,
    source_finding_mask_fraction: measurement.sourceFindingMaskFraction,
    target_protection_fraction: measurement.targetProtectionFraction,
    target_protection_radius_pixels: measurement.targetProtectionRadiusPixels,
  };
}

function flagFractionCells(measurement: Measurement): MeasurementCells {
  return {
    flag_any_fraction_core: measurement.flagAnyFraction.core,
    flag_any_fraction_fit: measurement.flagAnyFraction.fit,
    flag_any_fraction_background: measurement.flagAnyFraction.background,
    flag_hard_bad_fraction_core: measurement.flagHardBadFraction.core,
    flag_hard_bad_fraction_fit: measurement.flagHardBadFraction.fit,
    flag_hard_bad_fraction_background: measurement.flagHardBadFraction.background,
    flag_source_fraction_core: measurement.flagSourceFraction.core,
    flag_source_fraction_fit: measurement.flagSourceFraction.fit,
    flag_source_fraction_background: measurement.flagSourceFraction.background,
    flag_science_reject_fraction_core: measurement.flagScienceRejectFraction.core,
    flag_science_reject_fraction_fit: measurement.flagScienceRejectFraction.fit,
    flag_science_reject_fraction_background: measurement.flagScienceRejectFraction.background,
    invalid_variance_fraction_core: measurement.invalidVarianceFraction.core,
    invalid_variance_fraction_fit: measurement.invalidVarianceFraction.fit,
    invalid_variance_fraction_background: measurement.invalidVarianceFraction.background,
  };
}

function maskCells(measurement: Measurement): MeasurementCells {
  return {
    psf_weighted_hard_bad_fraction: measurement.psfWeightedHardBadFraction,
    psf_weighted_science_reject_fraction: measurement.psfWeightedScienceRejectFraction,
    psf_weighted_invalid_variance_fraction: measurement.psfWeightedInvalidVarianceFraction,
  };
}

function backgroundCells({ background }: Measurement): MeasurementCells {
  return {
    background_uJy_per_pixel: background.valueMicroJyPerPixel,
    background_unc_uJy_per_pixel: background.uncertaintyMicroJyPerPixel,
    background_method: background.method,
    background_model: background.model,
    background_engine: "weighted_least_squares",
    background_b0_uJy_per_pixel: background.b0MicroJyPerPixel,
    background_bx_uJy_per_pixel: background.bxMicroJyPerPixel,
    background_by_uJy_per_pixel: background.byMicroJyPerPixel,
    background_rms_uJy_per_pixel: background.rmsMicroJyPerPixel,
    background_condition_number: background.conditionNumber,
    background_photutils_used: false,
    background_npix: background.pixelCount,
    background_ok: background.ok,
    background_clipped_fraction: background.clippedFraction,
    background_flags: background.fallbackUsed ? "BACKGROUND_IMAGE_CLIPPED_FALLBACK" : "",
    background_reason: background.reason,
    background_fallback_used: background.fallbackUsed,
    background_fallback_reason: background.fallbackUsed ? background.reason : "",
    background_fallback_base_pixels: background.fallbackBasePixels,
    background_fallback_source_mask_pixels: background.fallbackSourceMaskPixels,
    background_fallback_valid_pixels: background.fallbackValidPixels,
  };
}

function neighborCells(measurement: Measurement): MeasurementCells {
  return {
    target_residual_peak_sigma: measurement.targetResidualPeakSigma,
    target_overlap_component_count: measurement.targetOverlapComponentCount,
    deblend_status: measurement.deblendStatus,
    n_neighbors: measurement.neighborCount,
    n_neighbor_candidates: measurement.neighborCandidateCount,
    n_rejected_neighbor_components: measurement.rejectedNeighborComponentCount,
    target_neighbor_max_corr: measurement.targetNeighborMaxCorrelation,
    uncertainty_inflation: measurement.uncertaintyInflation,
    fit_condition_number: measurement.fitConditionNumber,
    matched_filter_numerator: measurement.matchedFilterNumerator,
    matched_filter_denominator: measurement.matchedFilterDenominator,
  };
}

function psfCells(measurement: Measurement): MeasurementCells {
  return {
    psf_plane_index: measurement.psfPlaneIndex,
    psf_zone_center_detector_x: measurement.psfZoneCenterDetectorX,
    psf_zone_center_detector_y: measurement.psfZoneCenterDetectorY,
    psf_oversampling_factor: measurement.psfOversamplingFactor,
    psf_subpixel_dx: measurement.psfSubpixelDx,
    psf_subpixel_dy: measurement.psfSubpixelDy,
    offset_x_pixels: measurement.positionOffset.xPixels,
    offset_y_pixels: measurement.positionOffset.yPixels,
    offset_x_err_pixels: measurement.positionOffset.xErrorPixels,
    offset_y_err_pixels: measurement.positionOffset.yErrorPixels,
  };
}
