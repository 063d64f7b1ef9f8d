import { FlagRegistry } from "../core/flags.ts";

/** Name of a photometry flag. */
export type PhotometryFlagName =
  | "CALIBRATION_MISSING"
  | "CALIBRATION_VERSION_MISMATCH"
  | "SAPM_INVALID"
  | "SOLID_ANGLE_FROM_WCS"
  | "DETECTOR_COORD_FALLBACK"
  | "EDGE_OF_CUTOUT"
  | "PSF_MISSING"
  | "PSF_COORDINATE_UNCERTAIN"
  | "PSF_RENDERING_INVALID"
  | "PSF_TRUNCATED"
  | "INSUFFICIENT_VALID_PIXELS"
  | "LOW_TEMPLATE_SUPPORT"
  | "TARGET_CORE_MASKED"
  | "SEVERE_IMAGE_FLAG"
  | "BACKGROUND_POOR"
  | "BACKGROUND_2D_UNSTABLE"
  | "BACKGROUND_2D_FALLBACK_CONSTANT"
  | "BACKGROUND_IMAGE_CLIPPED_FALLBACK"
  | "FIT_ERROR"
  | "FIT_ILL_CONDITIONED"
  | "CONTAMINATION_RISK"
  | "DEBLEND_UNSTABLE"
  | "TARGET_SPLIT_PROTECTED"
  | "TARGET_POSSIBLY_EXTENDED"
  | "TARGET_PSF_MISMATCH"
  | "CENTRAL_POSITIVE_RESIDUAL_AFTER_NEGATIVE_MODEL"
  | "NEGATIVE_FORCED_FLUX"
  | "NON_DETECTION"
  | "WAVELENGTH_FALLBACK"
  | "OUTLIER_PIXELS_REJECTED";

/** Bit, name, whether the flag blocks science, meaning. The bits are stored in databases and never change. */
const TABLE: readonly (readonly [number, PhotometryFlagName, boolean, string])[] = [
  [0, "CALIBRATION_MISSING", true, "A calibration product that the measurement needs was not found"],
  [
    1,
    "CALIBRATION_VERSION_MISMATCH",
    true,
    "A calibration product belongs to another release than the image",
  ],
  [2, "SAPM_INVALID", true, "The solid angle of the target's pixels is missing or not positive"],
  [
    3,
    "SOLID_ANGLE_FROM_WCS",
    false,
    "The solid angle comes from the image's WCS because the map was missing",
  ],
  [4, "DETECTOR_COORD_FALLBACK", true, "Cutout pixels stand in for unknown parent-detector pixels"],
  [5, "EDGE_OF_CUTOUT", false, "The target lies outside the cutout or at its very edge"],
  [6, "PSF_MISSING", true, "There is no point spread function to fit"],
  [7, "PSF_COORDINATE_UNCERTAIN", true, "The zone of the point spread function could not be decided safely"],
  [
    8,
    "PSF_RENDERING_INVALID",
    true,
    "The point spread function gave a template that is not finite or has no light",
  ],
  [9, "PSF_TRUNCATED", true, "Less than the required share of the template lies inside the cutout"],
  [10, "INSUFFICIENT_VALID_PIXELS", true, "Too few usable pixels remain in the fit box"],
  [11, "LOW_TEMPLATE_SUPPORT", true, "Too much of the template's light falls on masked pixels"],
  [12, "TARGET_CORE_MASKED", true, "Most of the pixels within the core of the target are masked"],
  [
    13,
    "SEVERE_IMAGE_FLAG",
    true,
    "Pixels with science-blocking flags carry a material share of the template",
  ],
  [14, "BACKGROUND_POOR", true, "The background could not be determined from the pixels that remain"],
  [15, "BACKGROUND_2D_UNSTABLE", true, "The background plane is ill-conditioned and was replaced"],
  [16, "BACKGROUND_2D_FALLBACK_CONSTANT", true, "A constant replaces the background plane"],
  [
    17,
    "BACKGROUND_IMAGE_CLIPPED_FALLBACK",
    false,
    "The background comes from clipped pixels, not source-masked ones",
  ],
  [18, "FIT_ERROR", true, "The flux fit failed"],
  [19, "FIT_ILL_CONDITIONED", true, "The condition number of the fit exceeds its limit"],
  [20, "CONTAMINATION_RISK", true, "A neighbour contributes light that was not separated"],
  [21, "DEBLEND_UNSTABLE", true, "The joint fit with neighbours was not accepted"],
  [22, "TARGET_SPLIT_PROTECTED", true, "Residual light at the target was not split off as a neighbour"],
  [23, "TARGET_POSSIBLY_EXTENDED", true, "Residual light at the target suggests that it is extended"],
  [24, "TARGET_PSF_MISMATCH", true, "The residuals at the target exceed the noise"],
  [25, "CENTRAL_POSITIVE_RESIDUAL_AFTER_NEGATIVE_MODEL", true, "Light remains at a target of negative flux"],
  [26, "NEGATIVE_FORCED_FLUX", true, "The flux is negative; it is kept for averages"],
  [27, "NON_DETECTION", true, "The flux is below the detection threshold; it is kept for averages"],
  [
    28,
    "WAVELENGTH_FALLBACK",
    false,
    "The wavelength is that of the target's pixel, not weighted by the template",
  ],
  [29, "OUTLIER_PIXELS_REJECTED", false, "Pixels that contradict all others were left out of the fit"],
];

/** Every flag that a measurement may carry; stored as one word per measurement. */
export const PHOTOMETRY_FLAGS: FlagRegistry<PhotometryFlagName> = new FlagRegistry(
  TABLE.map(([bit, name, blocksScience, meaning]) => ({ bit, name, blocksScience, meaning })),
);

/** The flags that make a measurement unfit for science without inspection, in order of their bits. */
export const BLOCKING_PHOTOMETRY_FLAGS: readonly PhotometryFlagName[] = PHOTOMETRY_FLAGS.definitions
  .filter((flag) => flag.blocksScience).map((flag) => flag.name);
