/** How an aperture is laid and what is subtracted from it. */
export interface ApertureSettings {
  /** `fwhm` sizes the aperture by the PSF at the target; `fixed` takes {@linkcode ApertureSettings.diameterPixels}. */
  readonly method: "fwhm" | "fixed";
  /** Diameter of a fixed aperture, and of one whose PSF has no width. */
  readonly diameterPixels: number;
  /** Diameter of the aperture in widths of the PSF. */
  readonly fwhmMultiplier: number;
  /** Whether light beyond the aperture is made up for by the PSF. */
  readonly apertureCorrection: boolean;
  /** Flags that keep a pixel out of the background and of the scale of the zodiacal light. */
  readonly badFlagsMask: number;
  /** The flag of pixels with a known source. */
  readonly sourceFlagMask: number;
  /** Where the background is measured. */
  readonly backgroundMethod: "annulus" | "window";
  /** Gap between aperture and annulus, pixels. */
  readonly annulusInnerOffsetPixels: number;
  /** Least area of the annulus, square pixels. */
  readonly minAnnulusAreaPixels: number;
  /** Largest outer radius of the first annulus, pixels. */
  readonly maxOuterRadiusPixels: number;
  /** Pixels that a background needs; the annulus grows until it has them. */
  readonly minUsablePixels: number;
  /** Annuli that are tried. */
  readonly maxAnnulusAttempts: number;
  /** How much the outer radius grows each time, pixels. */
  readonly annulusExpansionStepPixels: number;
  /** Height and width of the window, pixels. */
  readonly windowSizePixels: readonly [height: number, width: number];
  /** Whether a slope of the background is allowed for. */
  readonly backgroundSlope: boolean;
  /** Background values further than so many standard deviations from the median are clipped. */
  readonly clipSigma: number;
  /** Rounds of clipping. */
  readonly clipIterations: number;
  /** Whether the model of the zodiacal light is subtracted first. */
  readonly subtractZodi: boolean;
  /** Whether the model is scaled to the image, or taken as it is. */
  readonly zodiScale: "fitted" | "static";
  /** A fitted scale must be above this. */
  readonly zodiScaleMin: number;
  /** A fitted scale must not be above this. */
  readonly zodiScaleMax: number;
  /** Shift of the core of the PSF along x and y, pixels. */
  readonly coreShiftPixels: readonly [x: number, y: number];
  /** Side of a pixel of which the solid angle is not known, arcseconds. */
  readonly pixelScaleFallbackArcsec: number;
}

/** Bits 0, 1, 2, 6, 7, 9, 10, 11, 14, 15, 17 and 19. */
const DEFAULT_BAD_FLAGS_MASK = 0xacec7;

/** The settings unless others are given. */
export const DEFAULT_APERTURE_SETTINGS: ApertureSettings = {
  method: "fwhm",
  diameterPixels: 3,
  fwhmMultiplier: 2.5,
  apertureCorrection: true,
  badFlagsMask: DEFAULT_BAD_FLAGS_MASK,
  sourceFlagMask: 1 << 21,
  backgroundMethod: "annulus",
  annulusInnerOffsetPixels: 1.414,
  minAnnulusAreaPixels: 10,
  maxOuterRadiusPixels: 5,
  minUsablePixels: 10,
  maxAnnulusAttempts: 5,
  annulusExpansionStepPixels: 0.5,
  windowSizePixels: [50, 50],
  backgroundSlope: true,
  clipSigma: 3,
  clipIterations: 3,
  subtractZodi: true,
  zodiScale: "fitted",
  zodiScaleMin: 0,
  zodiScaleMax: 10,
  coreShiftPixels: [0, 0],
  pixelScaleFallbackArcsec: 6.15,
};
