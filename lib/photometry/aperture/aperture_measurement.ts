/** Why an aperture gives no flux. */
export type ApertureFailure =
  | "outside_image"
  | "pixel_missing"
  | "variance_missing"
  | "no_background";

/** What an aperture at one place of a cutout gives. NaN marks what could not be measured. */
export interface ApertureMeasurement {
  /** Why there is no flux; null when there is one. */
  readonly failure: ApertureFailure | null;
  /** Flux, signed, microjansky; corrected for the light beyond the aperture when a correction is known and asked for. */
  readonly fluxMicroJy: number;
  /** Standard error of the flux, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Flux inside of the aperture, microjansky. */
  readonly apertureFluxMicroJy: number;
  /** Standard error of the flux inside of the aperture, microjansky. */
  readonly apertureFluxErrorMicroJy: number;
  /** What the flux inside of the aperture was multiplied by, at least about 1; 1 without correction, NaN without PSF. */
  readonly apertureCorrection: number;
  /** Radius of the aperture, pixels. */
  readonly apertureRadiusPixels: number;
  /** How the aperture was sized: `fixed` too when the PSF has no width. */
  readonly apertureMethod: "fwhm" | "fixed";
  /** Width of the PSF at the target, pixels. */
  readonly psfFwhmPixels: number;
  /** Background, MJy/sr, after the zodiacal light was subtracted. */
  readonly backgroundMJySr: number;
  /** Standard error of the background, MJy/sr. */
  readonly backgroundErrorMJySr: number;
  /** Pixels that the background was measured in. */
  readonly backgroundPixelCount: number;
  /** Whether pixels with known sources had to be used for the background. */
  readonly backgroundIncludesSources: boolean;
  /** Inner radius of the background's pixels. */
  readonly backgroundInnerRadiusPixels: number;
  /** Outer radius of the background's pixels; NaN for a window. */
  readonly backgroundOuterRadiusPixels: number;
  /** Factor of the subtracted zodiacal light; 0 when none was subtracted. */
  readonly zodiScale: number;
  /** Whether the factor was fitted. */
  readonly isZodiScaleFitted: boolean;
  /** Whether a solid angle was missing, and the pixel scale of the settings stood in. */
  readonly usesPixelScaleFallback: boolean;
  /** Variances that were put in for flagged pixels. */
  readonly repairedVarianceCount: number;
  /** All flags of the pixels that the aperture has any part of. */
  readonly flags: number;
  /** Wavelength at the target, micron. */
  readonly wavelengthMicron: number;
  /** Bandwidth at the target, micron. */
  readonly bandwidthMicron: number;
}
