import type { PhotometryFlagName } from "./photometry_flags.ts";
import type { PositionOffset } from "./position_offset.ts";

/** Shares of pixels, 0 to 1, in the three regions of a cutout; NaN for an empty region. */
export interface RegionFractions {
  /** Within the core radius of the target. */
  readonly core: number;
  /** In the target's footprint: where the template reaches the footprint threshold. */
  readonly fit: number;
  /** Outside of the protected target. */
  readonly background: number;
}

/** Whether a flux came out at all. */
export type MeasurementStatus = "measured" | "failed_background" | "invalid_fit";

/** What the flux says about the source. */
export type DetectionStatus =
  | "detected"
  | "non_detection"
  | "negative_flux"
  | "invalid_fit"
  | "invalid_background";

/** How the neighbours were dealt with. */
export type DeblendStatus = "none" | "joint_stable" | "needed_unstable" | "blocked_target_protection";

/** One linear fit of the target's flux, alone or with neighbours. */
export interface FluxFit {
  /** Flux, microjansky; signed. NaN when the fit failed. */
  readonly fluxMicroJy: number;
  /** Standard deviation of the flux, background and neighbours included, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Chi-square per degree of freedom over the usable pixels of the fit box. */
  readonly chiSquareReduced: number;
  /** Median of |residual / sigma| in the core. */
  readonly fitQuality: number;
  /** Mean of |residual / sigma| within 2.5 pixels, the `fit_ql` of the archive's own tool. */
  readonly fitQualityMeanAbs2p5Pixels: number;
  /** Largest residual / sigma in the core. */
  readonly centralResidualPeakSigma: number;
  /** Mean residual / sigma in the core. */
  readonly centralResidualMeanSigma: number;
}

/** The background under the target and how it was found; fluxes per pixel in microjansky. */
export interface BackgroundResult {
  /** Whether there is a background. */
  readonly ok: boolean;
  /** Value at the target, microjansky per pixel. */
  readonly valueMicroJyPerPixel: number;
  /** Standard deviation of that value. */
  readonly uncertaintyMicroJyPerPixel: number;
  /** Which rung of the ladder gave it. */
  readonly method: "source_masked_plane" | "joint_plane" | "image_clipped_fallback" | "none";
  /** Shape of the background; a bent plane has the square of the wavelength's offset as well. */
  readonly model: "bent_plane" | "plane" | "constant" | "none";
  /** Value at the target, microjansky per pixel. */
  readonly b0MicroJyPerPixel: number;
  /** Slope along x, microjansky per pixel per pixel. */
  readonly bxMicroJyPerPixel: number;
  /** Slope along y, microjansky per pixel per pixel. */
  readonly byMicroJyPerPixel: number;
  /** Root mean square of the background pixels about the background after clipping, microjansky per pixel. */
  readonly rmsMicroJyPerPixel: number;
  /** Condition number of the background's normal matrix, scaled to a unit diagonal. */
  readonly conditionNumber: number;
  /** Pixels used. */
  readonly pixelCount: number;
  /** Share of the candidate pixels that was clipped. */
  readonly clippedFraction: number;
  /** Why the background failed or fell back; empty when it did neither. */
  readonly reason: string;
  /** Whether the clipped fallback was used. */
  readonly fallbackUsed: boolean;
  /** Pixels that the fallback started from. */
  readonly fallbackBasePixels: number;
  /** Pixels that the fallback took for sources. */
  readonly fallbackSourceMaskPixels: number;
  /** Pixels that the fallback was left with. */
  readonly fallbackValidPixels: number;
}

/** Everything that the pixels of one cutout say about one target. */
export interface Measurement {
  /** Whether a flux came out at all. */
  readonly measurementStatus: MeasurementStatus;
  /** Which fit was selected: `point_source_forced`, `joint_point_source`, or why there is none. */
  readonly scienceMode: "point_source_forced" | "joint_point_source" | "failed_background" | "invalid_fit";
  /** The selected fit. */
  readonly selectedFit: "point" | "joint" | "none";
  /** The fit of the target alone. */
  readonly point: FluxFit;
  /** The fit with neighbours; all NaN when there was none. */
  readonly joint: FluxFit;
  /** Flux of the selected fit, microjansky. */
  readonly selectedFluxMicroJy: number;
  /** Standard deviation of that flux, microjansky. */
  readonly selectedFluxErrorMicroJy: number;
  /** Signal-to-noise ratio of that flux. */
  readonly selectedSnr: number;
  /** Three standard deviations, microjansky. */
  readonly upperLimit3SigmaMicroJy: number;
  /** What the flux says about the source. */
  readonly detectionStatus: DetectionStatus;
  /** Detected and without any blocking flag. */
  readonly scienceRecommended: boolean;
  /** The blocking flags, joined by semicolons; empty when there is none. */
  readonly scienceRejectReason: string;
  /** `A` when recommended, `non_detection` when only too faint, else `reject`. */
  readonly qaGrade: "A" | "non_detection" | "reject";
  /** Photometry flags in order of their bits. */
  readonly photometryFlags: readonly PhotometryFlagName[];
  /** Pixel flag words in the target's footprint and core, combined with OR. */
  readonly imageFlags: number;
  /** Whether science-blocking pixels carry a material share of the target. */
  readonly severeFlag: boolean;
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Bandwidth, micron. */
  readonly bandwidthMicron: number;
  /** How the wavelength was found. */
  readonly wavelengthMethod: "spectral_wcs_psf_weighted" | "spectral_wcs_center" | "none";
  /** Wavelength at the target, micron. */
  readonly wavelengthCenterMicron: number;
  /** Bandwidth at the target, micron. */
  readonly bandwidthCenterMicron: number;
  /** Median of |residual / sigma| in the core of the selected fit. */
  readonly centralResidualMedianAbsSigma: number;
  /** Largest residual / sigma in the guard around the target after the point fit. */
  readonly targetResidualPeakSigma: number;
  /** Usable pixels in the fit box. */
  readonly validPixelCount: number;
  /** Target in the cutout, 0-based pixels. */
  readonly cutoutX: number;
  /** Target in the cutout, 0-based pixels. */
  readonly cutoutY: number;
  /** Target on the parent detector, 0-based pixels. */
  readonly detectorX: number;
  /** Target on the parent detector, 0-based pixels. */
  readonly detectorY: number;
  /** Where the parent pixel comes from. */
  readonly detectorCoordinateMethod: "crpix1a" | "cutout";
  /** Share of the template's light inside the cutout. */
  readonly templateFractionInCutout: number;
  /** Share of the template's light on usable pixels of the fit box. */
  readonly templateFractionUnmasked: number;
  /** Share of the cutout that may be fitted. */
  readonly fitMaskFraction: number;
  /** Share of the cutout that may serve as background. */
  readonly backgroundMaskFraction: number;
  /** Share of the cutout in which neighbours are looked for. */
  readonly sourceFindingMaskFraction: number;
  /** Share of the cutout that is protected as the target. */
  readonly targetProtectionFraction: number;
  /** Radius of the protected core, pixels. */
  readonly targetProtectionRadiusPixels: number;
  /** Share of pixels with any flag. */
  readonly flagAnyFraction: RegionFractions;
  /** Share of pixels that the fit excludes by flag. */
  readonly flagHardBadFraction: RegionFractions;
  /** Share of pixels of known sources. */
  readonly flagSourceFraction: RegionFractions;
  /** Share of pixels with science-blocking flags. */
  readonly flagScienceRejectFraction: RegionFractions;
  /** Share of pixels whose variance is missing or not positive. */
  readonly invalidVarianceFraction: RegionFractions;
  /** Share of the template's light on pixels that the fit excludes by flag. */
  readonly psfWeightedHardBadFraction: number;
  /** Share of the template's light on pixels with science-blocking flags. */
  readonly psfWeightedScienceRejectFraction: number;
  /** Share of the template's light on pixels without a valid variance. */
  readonly psfWeightedInvalidVarianceFraction: number;
  /** The background. */
  readonly background: BackgroundResult;
  /** How the neighbours were dealt with. */
  readonly deblendStatus: DeblendStatus;
  /** Neighbours in the joint fit. */
  readonly neighborCount: number;
  /** Residual components that were considered. */
  readonly neighborCandidateCount: number;
  /** Residual components that were turned down. */
  readonly rejectedNeighborComponentCount: number;
  /** Residual components that overlap the protected target. */
  readonly targetOverlapComponentCount: number;
  /** Largest absolute correlation of the target's flux with a neighbour's. */
  readonly targetNeighborMaxCorrelation: number;
  /** Joint flux error over point flux error. */
  readonly uncertaintyInflation: number;
  /** Condition number of the selected fit, scaled to a unit diagonal. */
  readonly fitConditionNumber: number;
  /** Sum of template * (data - background) / variance over the fitted pixels, 1/microjansky. */
  readonly matchedFilterNumerator: number;
  /** Sum of template^2 / variance over the fitted pixels, 1/microjansky^2. */
  readonly matchedFilterDenominator: number;
  /** Plane of the PSF zone of largest weight. */
  readonly psfPlaneIndex: number;
  /** Centre of that zone on the detector, 0-based pixels. */
  readonly psfZoneCenterDetectorX: number;
  /** Centre of that zone on the detector, 0-based pixels. */
  readonly psfZoneCenterDetectorY: number;
  /** Samples per pixel of the PSF. */
  readonly psfOversamplingFactor: number;
  /** Target minus the nearest pixel centre along x, pixels. */
  readonly psfSubpixelDx: number;
  /** Target minus the nearest pixel centre along y, pixels. */
  readonly psfSubpixelDy: number;
  /** Variance that follows the rate, (MJy/sr)^2 per MJy/sr, of the smoothed noise; 0 for observed noise. */
  readonly varianceSlopeMJySr: number;
  /** Where the target's light is; all NaN unless asked for. */
  readonly positionOffset: PositionOffset;
}

/** A neighbour that the joint fit separates. */
export interface NeighborResult {
  /** Place in the cutout, 0-based pixels. */
  readonly x: number;
  /** Place in the cutout, 0-based pixels. */
  readonly y: number;
  /** Flux in the joint fit, microjansky. */
  readonly fluxMicroJy: number;
}

/** What full quality images show; each plane has `width * height` values, microjansky per pixel. */
export interface MeasurementModels {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  /** Data. */
  readonly raw: Float64Array;
  /** Background. */
  readonly background: Float64Array;
  /** Data minus background. */
  readonly dataMinusBackground: Float64Array;
  /** Model of the target alone. */
  readonly pointModel: Float64Array;
  /** (Data - background - point model) / sigma; NaN where sigma is unknown. */
  readonly pointResidualSigma: Float64Array;
  /** Model of target and neighbours; equal to the point model when there was no joint fit. */
  readonly jointModel: Float64Array;
  /** (Data - background - joint model) / sigma; NaN where sigma is unknown. */
  readonly jointResidualSigma: Float64Array;
  /** Bits of `PIXEL_ROLE` for each pixel. */
  readonly roles: Uint8Array;
  /** Neighbours of the joint fit. */
  readonly neighbors: readonly NeighborResult[];
}

/** A measurement with its models, when asked for. */
export interface MeasurementWithModels extends Measurement {
  /** Planes for full quality images. */
  readonly models: MeasurementModels;
}
