/** Fluxes, quality, wavelengths, status and columns of a measurement. */
import assert from "node:assert/strict";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { MeasureWorkspace } from "../../lib/photometry/measure_workspace.ts";
import { measurementCells } from "../../lib/outputs/measurement_cells.ts";
import { BLOCKING_PHOTOMETRY_FLAGS, PHOTOMETRY_FLAGS } from "../../lib/photometry/photometry_flags.ts";
import { detectionStatusOf, recommendScience } from "../../lib/photometry/science_recommendation.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { EFFECTIVE_PSF, syntheticCutout } from "./synthetic_cutout.ts";

/** A noisy sky with one source. */
function noisySource(fluxMicroJy: number, seed = 5): CutoutPixels {
  return syntheticCutout({ sources: [{ x: 10.2, y: 9.7, fluxMicroJy }], seed });
}

Deno.test("measureCutout() measures with an effective PSF as well as with an oversampled one", () => {
  const sources = [{ x: 9.6, y: 10.1, fluxMicroJy: 5000 }];
  const m = measureCutout(syntheticCutout({ sources, psf: EFFECTIVE_PSF }), SETTINGS);
  assert.ok(Math.abs(m.selectedFluxMicroJy / 5000 - 1) < 1e-3);
  assert.equal(m.psfOversamplingFactor, 5);
});

Deno.test("measureCutout() keeps a negative flux and its sign", () => {
  const m = measureCutout(noisySource(-600), SETTINGS);
  assert.ok(Math.abs(m.selectedFluxMicroJy + 600) < 4 * m.selectedFluxErrorMicroJy);
  assert.equal(m.detectionStatus, "negative_flux");
  assert.ok(m.photometryFlags.includes("NEGATIVE_FORCED_FLUX"));
  assert.equal(m.qaGrade, "reject");
  assert.equal(measurementCells(m).selected_flux_uJy, m.selectedFluxMicroJy);
});

Deno.test("measureCutout() keeps a non-detection with its limit and grades it so", () => {
  const m = measureCutout(noisySource(0), SETTINGS);
  assert.equal(m.detectionStatus, "non_detection");
  assert.equal(m.qaGrade, "non_detection");
  assert.equal(m.upperLimit3SigmaMicroJy, 3 * m.selectedFluxErrorMicroJy);
  assert.ok(Number.isFinite(m.selectedFluxMicroJy) && m.selectedFluxErrorMicroJy > 0);
});

Deno.test("measureCutout() adds the uncertainty of the background to that of the flux", () => {
  const large = measureCutout(noisySource(500), SETTINGS);
  const bare = 1 / Math.sqrt(large.matchedFilterDenominator);
  assert.ok(large.selectedFluxErrorMicroJy > bare);
  const small = measureCutout(
    syntheticCutout({ width: 9, height: 9, sources: [{ x: 4.2, y: 3.7, fluxMicroJy: 500 }], seed: 5 }),
    SETTINGS,
  );
  const bareSmall = 1 / Math.sqrt(small.matchedFilterDenominator);
  assert.ok(small.selectedFluxErrorMicroJy / bareSmall > 1.02 * large.selectedFluxErrorMicroJy / bare);
  assert.ok(small.background.uncertaintyMicroJyPerPixel > large.background.uncertaintyMicroJyPerPixel);
});

Deno.test("measureCutout() reports the matched filter whose ratio is the flux", () => {
  const m = measureCutout(noisySource(800), SETTINGS);
  const ratio = m.matchedFilterNumerator / m.matchedFilterDenominator;
  assert.ok(Math.abs(ratio / m.selectedFluxMicroJy - 1) < 1e-9);
});

Deno.test("measureCutout() gives the mean |residual / sigma| within 2.5 pixels as fit_ql", () => {
  const cutout = noisySource(3000);
  const { models, ...m } = measureCutout(cutout, SETTINGS, { keepModels: true });
  let sum = 0, count = 0, peak = -Infinity;
  for (let i = 0; i < cutout.flags.length; i++) {
    const away = Math.hypot(i % 21 - 10.2, Math.floor(i / 21) - 9.7);
    if (away <= 2) peak = Math.max(peak, models.pointResidualSigma[i]!);
    if (away > 2.5) continue;
    sum += Math.abs(models.pointResidualSigma[i]!);
    count++;
  }
  assert.ok(Math.abs(m.point.fitQualityMeanAbs2p5Pixels - sum / count) < 1e-9);
  assert.ok(Math.abs(m.point.centralResidualPeakSigma - peak) < 1e-9);
  assert.ok(m.point.chiSquareReduced > 0.7 && m.point.chiSquareReduced < 1.3);
});

Deno.test("measureCutout() flags light that remains at a target of negative flux", () => {
  const cutout = syntheticCutout({ sources: [{ x: 10, y: 10, fluxMicroJy: -3000 }], background: [2, 0, 0] });
  for (const i of [10 * 21 + 11, 10 * 21 + 12]) cutout.imageMJySr[i]! += 0.4;
  const m = measureCutout(cutout, SETTINGS);
  assert.ok(m.selectedFluxMicroJy < 0);
  assert.ok(m.photometryFlags.includes("CENTRAL_POSITIVE_RESIDUAL_AFTER_NEGATIVE_MODEL"));
});

Deno.test("measureCutout() weighs wavelengths as the fit weighs pixels", () => {
  const cutout = noisySource(3000);
  const m = measureCutout(cutout, SETTINGS);
  assert.equal(m.wavelengthMethod, "spectral_wcs_psf_weighted");
  const center = 1.1 + 0.0004 * 9.7;
  assert.ok(Math.abs(m.wavelengthCenterMicron - center) < 1e-6);
  assert.ok(Math.abs(m.wavelengthMicron - center) < 2e-4);
  // Without the row below the target the light that counts comes from further up.
  const flags = cutout.flags.map((_, i) => Math.floor(i / 21) === 9 ? 1 << 10 : 0);
  assert.ok(measureCutout({ ...cutout, flags }, SETTINGS).wavelengthMicron > m.wavelengthMicron + 5e-5);
});

Deno.test("measureCutout() says when a wavelength is missing", () => {
  const cutout = noisySource(3000);
  const wavelengthMicron = cutout.wavelengthMicron.map(() => NaN);
  const m = measureCutout({ ...cutout, wavelengthMicron }, SETTINGS);
  assert.equal(m.wavelengthMethod, "none");
  assert.ok(m.photometryFlags.includes("WAVELENGTH_FALLBACK") && Number.isNaN(m.wavelengthMicron));
});

Deno.test("measureCutout() returns planes that add up when asked to keep its models", () => {
  const cutout = noisySource(3000);
  const { models, ...m } = measureCutout(cutout, SETTINGS, { keepModels: true });
  assert.deepEqual(m, measureCutout(cutout, SETTINGS));
  const i = 10 * 21 + 10;
  assert.ok(Math.abs(models.raw[i]! - models.background[i]! - models.dataMinusBackground[i]!) < 1e-9);
  const total = models.pointModel.reduce((sum, value) => sum + value, 0);
  assert.ok(Math.abs(total / m.selectedFluxMicroJy - 1) < 1e-6);
  assert.deepEqual(models.jointModel, models.pointModel);
  assert.equal(models.raw.length, 441);
});

Deno.test("measureCutout() keeps planes of NaN when there is no fit", () => {
  const { models } = measureCutout({ ...noisySource(1), psf: null }, SETTINGS, { keepModels: true });
  assert.ok(models.pointModel.every(Number.isNaN) && models.raw.every(Number.isFinite));
});

Deno.test("measureCutout() gives the same bits whatever its workspace was used for before", () => {
  const workspace = new MeasureWorkspace();
  const crowded = syntheticCutout({
    width: 33,
    height: 29,
    seed: 2,
    sources: [{ x: 15, y: 15, fluxMicroJy: 3000 }, { x: 20, y: 15, fluxMicroJy: 9000 }],
  });
  const cutouts = [
    noisySource(900),
    crowded,
    syntheticCutout({ width: 11, height: 10, sources: [{ x: 5, y: 5, fluxMicroJy: 50 }], seed: 3 }),
    { ...noisySource(900), psf: null },
    { ...noisySource(900), targetX: -400 },
    noisySource(900, 9),
  ];
  for (const cutout of [...cutouts, ...cutouts.toReversed()]) {
    assert.deepEqual(measureCutout(cutout, SETTINGS, { workspace }), measureCutout(cutout, SETTINGS));
  }
});

Deno.test("detectionStatusOf() puts failures before signs", () => {
  assert.equal(detectionStatusOf("measured", 3, 3), "detected");
  assert.equal(detectionStatusOf("measured", 2.99, 3), "non_detection");
  assert.equal(detectionStatusOf("measured", -2, 3), "non_detection");
  assert.equal(detectionStatusOf("measured", -5, 3), "negative_flux");
  assert.equal(detectionStatusOf("failed_background", NaN, 3), "invalid_background");
  assert.equal(detectionStatusOf("invalid_fit", NaN, 3), "invalid_fit");
});

Deno.test("recommendScience() needs a detection without a blocking flag", () => {
  const faint = recommendScience("non_detection", new Set(["NON_DETECTION"]));
  assert.deepEqual([faint.scienceRecommended, faint.qaGrade], [false, "non_detection"]);
  const quirk = recommendScience(
    "detected",
    new Set(["BACKGROUND_IMAGE_CLIPPED_FALLBACK", "EDGE_OF_CUTOUT"]),
  );
  assert.deepEqual([quirk.scienceRecommended, quirk.scienceRejectReason, quirk.qaGrade], [true, "", "A"]);
  for (const name of BLOCKING_PHOTOMETRY_FLAGS) {
    const blocked = recommendScience("detected", new Set([name]));
    assert.deepEqual([blocked.scienceRecommended, blocked.scienceRejectReason], [false, name]);
  }
});

Deno.test("PHOTOMETRY_FLAGS keeps the bits that are stored in databases", () => {
  assert.equal(PHOTOMETRY_FLAGS.definitions.length, 30);
  assert.equal(PHOTOMETRY_FLAGS.value("CALIBRATION_MISSING"), 1);
  assert.equal(PHOTOMETRY_FLAGS.value("FIT_ERROR"), 2 ** 18);
  assert.equal(PHOTOMETRY_FLAGS.value("NON_DETECTION"), 2 ** 27);
  assert.equal(PHOTOMETRY_FLAGS.value("OUTLIER_PIXELS_REJECTED"), 2 ** 29);
  assert.equal(BLOCKING_PHOTOMETRY_FLAGS.length, 25);
});

/** Every column of the spectrum table that comes from pixels. */
const PIXEL_COLUMNS = `wavelength_um bandwidth_um wavelength_method wavelength_center_um bandwidth_center_um
  point_flux_uJy point_flux_err_uJy joint_flux_uJy joint_flux_err_uJy selected_flux_uJy selected_flux_err_uJy
  selected_snr measurement_status measurement_ok science_mode selected_fit science_recommended
  science_reject_reason qa_grade detection_status upper_limit_3sigma_uJy photometry_flags key_photometry_flags
   severe_flag fit_quality fit_ql_mean_abs_2p5pix point_fit_quality joint_fit_quality
  point_fit_ql_mean_abs_2p5pix joint_fit_ql_mean_abs_2p5pix chi2_reduced point_chi2_reduced joint_chi2_reduced
  n_valid_pixels x_cutout y_cutout x_detector y_detector detector_coordinate_method template_fraction_in_cutout
  template_fraction_unmasked fit_mask_fraction background_mask_fraction source_finding_mask_fraction
  target_protection_fraction flag_any_fraction_core flag_any_fraction_fit flag_any_fraction_background
  flag_hard_bad_fraction_core flag_hard_bad_fraction_fit flag_hard_bad_fraction_background
  flag_source_fraction_core flag_source_fraction_fit flag_source_fraction_background
  flag_science_reject_fraction_core flag_science_reject_fraction_fit flag_science_reject_fraction_background
  invalid_variance_fraction_core invalid_variance_fraction_fit invalid_variance_fraction_background
  psf_weighted_hard_bad_fraction psf_weighted_science_reject_fraction psf_weighted_invalid_variance_fraction
  target_protection_radius_pixels central_residual_median_abs_sigma central_residual_peak_sigma
  central_residual_mean_sigma point_central_residual_peak_sigma joint_central_residual_peak_sigma
  target_residual_peak_sigma target_overlap_component_count background_uJy_per_pixel
  background_unc_uJy_per_pixel background_method background_model background_engine
  background_b0_uJy_per_pixel background_bx_uJy_per_pixel background_by_uJy_per_pixel
  background_rms_uJy_per_pixel background_condition_number background_photutils_used
  background_npix background_ok
  background_clipped_fraction background_flags background_reason background_fallback_used
  background_fallback_reason background_fallback_base_pixels background_fallback_source_mask_pixels
  background_fallback_valid_pixels deblend_status n_neighbors n_neighbor_candidates
  n_rejected_neighbor_components target_neighbor_max_corr uncertainty_inflation fit_condition_number
  matched_filter_numerator matched_filter_denominator psf_plane_index psf_zone_center_detector_x
  psf_zone_center_detector_y psf_oversampling_factor psf_subpixel_dx psf_subpixel_dy`.split(/\s+/);

Deno.test("measurementCells() has every column that comes from pixels", () => {
  const cells = measurementCells(measureCutout(noisySource(900), SETTINGS));
  assert.deepEqual(PIXEL_COLUMNS.filter((name) => !(name in cells)), []);
});
