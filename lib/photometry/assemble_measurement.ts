import { BENT_PLANE_ORDER, PLANE_ORDER } from "./background_plane.ts";
import type { TargetFit } from "./fit_target.ts";
import type { BackgroundResult, FluxFit, Measurement } from "./measurement.ts";
import { PHOTOMETRY_FLAGS } from "./photometry_flags.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { MeasureContext, PreparedTarget } from "./prepare_target.ts";
import { NO_FLUX_FIT, type PixelQuality, pixelQuality } from "./quality.ts";
import { detectionStatusOf, recommendScience } from "./science_recommendation.ts";
import { measureWavelength } from "./wavelength.ts";

/** The name of a background of so many columns. */
function backgroundModel(order: number): BackgroundResult["model"] {
  return order === BENT_PLANE_ORDER ? "bent_plane" : order === PLANE_ORDER ? "plane" : "constant";
}

/** The background of the selected fit. */
function describeBackground(context: MeasureContext, target: TargetFit): BackgroundResult {
  const { ladder, sceneFit } = target;
  const { workspace } = context;
  const ok = target.status === "measured" && sceneFit !== undefined;
  const fit = target.selected === "joint" ? workspace.jointFit : workspace.pointFit;
  const used = sceneFit?.backgroundPixels ?? 0;
  const rms = ok ? sceneFit.backgroundRms : NaN;
  return {
    ok,
    valueMicroJyPerPixel: ok ? fit.background(0) : NaN,
    uncertaintyMicroJyPerPixel: ok ? fit.backgroundError() : NaN,
    method: ladder?.method ?? "none",
    model: ok ? backgroundModel(ladder?.order ?? 0) : "none",
    b0MicroJyPerPixel: ok ? fit.background(0) : NaN,
    bxMicroJyPerPixel: ok ? fit.background(1) : NaN,
    byMicroJyPerPixel: ok ? fit.background(2) : NaN,
    rmsMicroJyPerPixel: rms,
    conditionNumber: ok ? fit.backgroundConditionNumber : NaN,
    pixelCount: used,
    clippedFraction: sceneFit && sceneFit.candidatePixels > 0 ? 1 - used / sceneFit.candidatePixels : NaN,
    reason: ladder?.reason ?? "",
    fallbackUsed: ladder?.method === "image_clipped_fallback",
    fallbackBasePixels: ladder?.fallback?.basePixels ?? 0,
    fallbackSourceMaskPixels: ladder?.fallback?.sourceMaskPixels ?? 0,
    fallbackValidPixels: ladder?.fallback?.validPixels ?? 0,
  };
}

/** Raises the flags that follow from flags of pixels, residuals and the flux itself. */
function flagOutcome(
  context: MeasureContext,
  target: TargetFit,
  selected: FluxFit,
  quality: PixelQuality,
): void {
  const { settings, flags } = context;
  const { fit, masks } = settings;
  if (quality.psfScienceReject > masks.severeTemplateFraction) flags.add("SEVERE_IMAGE_FLAG");
  if (quality.usableCoreFraction < 0.5) flags.add("TARGET_CORE_MASKED");
  if (target.status !== "measured") return;
  const { fluxMicroJy, fluxErrorMicroJy, centralResidualPeakSigma } = selected;
  const strong = centralResidualPeakSigma >= fit.centralPositiveResidualSigma;
  if (selected.fitQuality >= fit.scienceFitQualityMax) flags.add("TARGET_PSF_MISMATCH");
  if (strong && fluxMicroJy < 0) flags.add("CENTRAL_POSITIVE_RESIDUAL_AFTER_NEGATIVE_MODEL");
  if (fluxMicroJy < 0) flags.add("NEGATIVE_FORCED_FLUX");
  if (Math.abs(fluxMicroJy / fluxErrorMicroJy) < settings.detectionSnrThreshold) flags.add("NON_DETECTION");
}

/** Flux, status and recommendation of the selected fit. */
function describeSelection(context: MeasureContext, target: TargetFit, selected: FluxFit) {
  const { settings, flags } = context;
  const snr = selected.fluxMicroJy / selected.fluxErrorMicroJy;
  const detectionStatus = detectionStatusOf(target.status, snr, settings.detectionSnrThreshold);
  const mode = target.selected === "joint" ? "joint_point_source" : "point_source_forced";
  return {
    measurementStatus: target.status,
    scienceMode: target.status === "measured" ? mode : target.status,
    selectedFit: target.selected,
    point: target.point,
    joint: target.joint,
    selectedFluxMicroJy: selected.fluxMicroJy,
    selectedFluxErrorMicroJy: selected.fluxErrorMicroJy,
    selectedSnr: snr,
    upperLimit3SigmaMicroJy: 3 * selected.fluxErrorMicroJy,
    detectionStatus,
    ...recommendScience(detectionStatus, flags),
    photometryFlags: PHOTOMETRY_FLAGS.definitions.map((flag) => flag.name).filter((name) => flags.has(name)),
  } as const;
}

/** Shares of the cutout by role. */
function describeMasks({ pixels, settings, workspace }: MeasureContext) {
  const count = pixels.width * pixels.height;
  const { roles } = workspace;
  let usable = 0, background = 0, searched = 0, protectedCount = 0;
  for (let i = 0; i < count; i++) {
    const role = roles[i]!;
    // Without branches, which would be guessed wrong at the edge of each region.
    usable += Number((role & PIXEL_ROLE.usable) !== 0);
    background += Number((role & PIXEL_ROLE.background) !== 0);
    searched += Number((role & PIXEL_ROLE.searched) !== 0);
    protectedCount += Number((role & PIXEL_ROLE.protected) !== 0);
  }
  return {
    fitMaskFraction: usable / count,
    backgroundMaskFraction: background / count,
    sourceFindingMaskFraction: searched / count,
    targetProtectionFraction: protectedCount / count,
    targetProtectionRadiusPixels: settings.masks.targetProtectionRadiusPixels,
  };
}

/** Places and PSF of the target. */
function describePlace({ pixels }: MeasureContext) {
  return {
    cutoutX: pixels.targetX,
    cutoutY: pixels.targetY,
    detectorX: pixels.detectorX,
    detectorY: pixels.detectorY,
    detectorCoordinateMethod: pixels.detectorCoordinateMethod,
    psfPlaneIndex: pixels.zoneIndex,
    psfZoneCenterDetectorX: pixels.zoneCenterX,
    psfZoneCenterDetectorY: pixels.zoneCenterY,
    psfOversamplingFactor: pixels.psf?.oversampling ?? NaN,
    psfSubpixelDx: pixels.targetX - Math.round(pixels.targetX),
    psfSubpixelDy: pixels.targetY - Math.round(pixels.targetY),
  };
}

/** Shares of flagged pixels by region and by the template's light. */
function describePixelQuality(quality: PixelQuality, severeFlag: boolean) {
  return {
    imageFlags: quality.footprintFlags,
    severeFlag,
    flagAnyFraction: quality.any,
    flagHardBadFraction: quality.hardBad,
    flagSourceFraction: quality.source,
    flagScienceRejectFraction: quality.scienceReject,
    invalidVarianceFraction: quality.invalidVariance,
    psfWeightedHardBadFraction: quality.psfHardBad,
    psfWeightedScienceRejectFraction: quality.psfScienceReject,
    psfWeightedInvalidVarianceFraction: quality.psfInvalidVariance,
  };
}

/** Neighbours and the numbers of the system. */
function describeDeblending({ workspace }: MeasureContext, target: TargetFit) {
  const measured = target.status === "measured";
  const fit = target.selected === "joint" ? workspace.jointFit : workspace.pointFit;
  return {
    deblendStatus: target.deblendStatus,
    neighborCount: target.places.length,
    neighborCandidateCount: target.search.candidateCount,
    rejectedNeighborComponentCount: target.search.rejectedCount,
    targetOverlapComponentCount: target.search.touchingCount,
    targetNeighborMaxCorrelation: target.correlation,
    uncertaintyInflation: target.inflation,
    fitConditionNumber: measured ? fit.conditionNumber : NaN,
    matchedFilterNumerator: measured ? fit.matchedFilterNumerator : NaN,
    matchedFilterDenominator: measured ? fit.matchedFilterDenominator : NaN,
    targetResidualPeakSigma: target.guardPeakSigma,
    varianceSlopeMJySr: target.varianceSlope,
    positionOffset: target.positionOffset,
  };
}

/** Puts together what fit, flags and pixels say. Raises the last flags. */
export function assembleMeasurement(
  context: MeasureContext,
  prepared: PreparedTarget,
  target: TargetFit,
): Measurement {
  const { pixels, settings, workspace, flags } = context;
  const selected = target.selected === "joint"
    ? target.joint
    : target.selected === "point"
    ? target.point
    : NO_FLUX_FIT;
  const quality = pixelQuality(pixels, settings, workspace);
  const wavelength = measureWavelength(pixels, workspace);
  if (wavelength.method !== "spectral_wcs_psf_weighted") flags.add("WAVELENGTH_FALLBACK");
  flagOutcome(context, target, selected, quality);
  return {
    ...describeSelection(context, target, selected),
    ...describePixelQuality(quality, flags.has("SEVERE_IMAGE_FLAG")),
    wavelengthMicron: wavelength.wavelengthMicron,
    bandwidthMicron: wavelength.bandwidthMicron,
    wavelengthMethod: wavelength.method,
    wavelengthCenterMicron: wavelength.centerWavelengthMicron,
    bandwidthCenterMicron: wavelength.centerBandwidthMicron,
    centralResidualMedianAbsSigma: selected.fitQuality,
    validPixelCount: prepared.validPixelCount,
    templateFractionInCutout: prepared.template.fractionInCutout,
    templateFractionUnmasked: prepared.fractionUnmasked,
    ...describePlace(context),
    ...describeMasks(context),
    background: describeBackground(context, target),
    ...describeDeblending(context, target),
  };
}
