/** Which pixels are used for what, as words of pixel flags. */
export interface MaskSettings {
  /** A pixel with any of these bits is left out of the fit. */
  readonly fitExcludeMask: number;
  /** A pixel with any of these bits is left out of the background. */
  readonly backgroundExcludeMask: number;
  /** Bits that make a target unfit for science when they carry a material share of its light. */
  readonly scienceBlockerMask: number;
  /** The bit of pixels that belong to a known source. */
  readonly sourceMask: number;
  /** Bits of pixels that are left out of the fit when the other pixels contradict them. */
  readonly suspectMask: number;
  /** Pixels with at least this share of the template's peak are the target's footprint. */
  readonly footprintThreshold: number;
  /** Pixels with at least this share of the template's peak are protected from background and neighbours. */
  readonly targetProtectionFootprintThreshold: number;
  /** Pixels within this distance of the target are protected as well. */
  readonly targetProtectionRadiusPixels: number;
  /** How far the protected footprint is grown. */
  readonly targetProtectionDilatePixels: number;
  /** Neighbours are not searched this near to the edge of the cutout. */
  readonly sourceFindingEdgeBufferPixels: number;
  /** Share of the template's light on science-blocking pixels above which the measurement is rejected. */
  readonly severeTemplateFraction: number;
}

/** How the background under the target is estimated. */
export interface BackgroundSettings {
  /**
   * `source_masked_plane`: from pixels away from sources, the target's wings accounted for;
   * `joint_plane`: from those and the pixels under the target, in one fit with the flux.
   */
  readonly method: "source_masked_plane" | "joint_plane";
  /** `plane` or `constant`. */
  readonly model: "plane" | "constant";
  /**
   * Whether the plane may bend along the wavelength, as stripes of airglow do: `off`, `auto` (where the pixels show
   * that it does) or `on`.
   */
  readonly airglow: "off" | "auto" | "on";
  /** How many standard deviations of bend make a bent plane, for `auto`. */
  readonly airglowSigma: number;
  /** Fewest pixels for a constant. */
  readonly minUnmaskedPixels: number;
  /** Fewest pixels for a plane. */
  readonly minPlanePixels: number;
  /** Largest condition number of the plane's normal matrix, scaled to a unit diagonal. */
  readonly planeConditionNumberMax: number;
  /** Pixels beyond this many standard deviations are clipped. */
  readonly sigmaClip: number;
  /** How often the pixels are clipped. */
  readonly sigmaClipIterations: number;
}

/** How the template of a point source is made. */
export interface PsfSettings {
  /** Half the side of the square outside of which the template is zero is this plus a half, in pixels. */
  readonly templateRadiusPixels: number;
  /** Shift of the template's core along x and y, pixels. */
  readonly coreShiftPixels: readonly [number, number];
  /** What becomes of negative samples: kept (noise of the PSF averages out) or set to zero. */
  readonly negativeSamples: "keep" | "clip";
  /** How the oversampled cube is integrated; see `RenderOptions`. */
  readonly integration: "smooth" | "area";
  /** Share of the template that must lie inside the cutout. */
  readonly minTemplateFractionInCutout: number;
}

/** Which variance weights the pixels. */
export interface NoiseSettings {
  /**
   * `observed`: the variance plane as it is; `smoothed`: its shot noise is taken from the model instead
   * of the noisy pixel, which removes the bias of inverse-variance weights.
   */
  readonly model: "observed" | "smoothed";
  /** How often the smoothed variance follows the model. */
  readonly iterations: number;
}

/** When a fit counts, and what its residuals may be. */
export interface FitSettings {
  /** Side of the square around the target whose pixels are fitted. */
  readonly boxPixels: number;
  /** Largest condition number of the fit, scaled to a unit diagonal. */
  readonly conditionNumberMax: number;
  /** Share of the template that must lie on usable pixels. */
  readonly minTemplateFractionUnmasked: number;
  /** Fewest usable pixels in the fit box. */
  readonly minValidPixels: number;
  /** Distance from what the other pixels predict, in standard deviations, from which a suspect pixel is rejected. */
  readonly suspectPixelSigma: number;
  /** The same for a pixel that no flag speaks against and that is sharper than any source. */
  readonly outlierPixelSigma: number;
  /** Radius of the core in which residuals are judged. */
  readonly centralRadiusPixels: number;
  /** Residual in the core, in standard deviations, that raises a flag. */
  readonly centralPositiveResidualSigma: number;
  /** Largest correlation of target and neighbour in an accepted joint fit. */
  readonly targetNeighborCorrelationMax: number;
  /** Largest ratio of joint to point flux error in an accepted joint fit. */
  readonly uncertaintyInflationMax: number;
  /** Largest ratio of joint to point reduced chi-square in an accepted joint fit. */
  readonly jointChiSquareRatioMax: number;
  /** Whether the place of the target's light is fitted as well, as a diagnostic of coordinates. */
  readonly fitsOffset: boolean;
  /** Median absolute residual in the core, in standard deviations, that raises a flag. */
  readonly scienceFitQualityMax: number;
}

/** How neighbours are found and separated. */
export interface DeblendingSettings {
  /** Whether neighbours are looked for. */
  readonly enabled: boolean;
  /** Most neighbours that are fitted. */
  readonly maxNeighbors: number;
  /** Cosine overlap with the target's template from which a neighbour matters. */
  readonly materialOverlapThreshold: number;
  /** Residual signal-to-noise ratio of a neighbour's pixels. */
  readonly residualSnrThreshold: number;
  /** Integrated signal-to-noise ratio from which a neighbour matters. */
  readonly neighborFluxSnrThreshold: number;
  /** Fewest connected pixels of a neighbour. */
  readonly minComponentPixels: number;
  /** Neighbours nearer to one another than this are one. */
  readonly mergeRadiusPixels: number;
  /** Neighbours nearer to the target than this are not split off. */
  readonly minDistanceFromTargetPixels: number;
  /** Whether connected pixels that touch the protected target are never a neighbour. */
  readonly rejectComponentsTouchingTargetProtection: boolean;
  /** Fractional error of the PSF model that is added to the noise when residuals of a bright target are judged. */
  readonly modelErrorFraction: number;
}

/** All numbers of the photometry; the config section `photometry` in code. */
export interface PhotometrySettings {
  /** Signal-to-noise ratio of a detection. */
  readonly detectionSnrThreshold: number;
  /** Pixel masks. */
  readonly masks: MaskSettings;
  /** Background. */
  readonly background: BackgroundSettings;
  /** Point spread function. */
  readonly psf: PsfSettings;
  /** Noise. */
  readonly noise: NoiseSettings;
  /** Flux fit. */
  readonly fit: FitSettings;
  /** Neighbours. */
  readonly deblending: DeblendingSettings;
}

/** The word with the given bits set. */
function bits(...numbers: number[]): number {
  return numbers.reduce((word, bit) => word | (1 << bit), 0);
}

/** The defaults; the masks are those of the SPHEREx helpdesk (bits of the Explanatory Supplement's flag table). */
export const DEFAULT_PHOTOMETRY_SETTINGS: PhotometrySettings = {
  detectionSnrThreshold: 3,
  masks: {
    fitExcludeMask: bits(2, 6, 9, 10, 11, 15, 17),
    backgroundExcludeMask: bits(0, 1, 2, 6, 9, 10, 11, 15, 17, 19, 21),
    scienceBlockerMask: bits(1, 2, 6, 7, 9, 10, 11, 15, 17),
    sourceMask: bits(21),
    suspectMask: bits(0, 19),
    footprintThreshold: 0.01,
    targetProtectionFootprintThreshold: 0.2,
    targetProtectionRadiusPixels: 2,
    targetProtectionDilatePixels: 1,
    sourceFindingEdgeBufferPixels: 1,
    severeTemplateFraction: 0.02,
  },
  background: {
    method: "source_masked_plane",
    model: "plane",
    airglow: "auto",
    airglowSigma: 4,
    minUnmaskedPixels: 10,
    minPlanePixels: 12,
    planeConditionNumberMax: 1e8,
    sigmaClip: 3,
    sigmaClipIterations: 2,
  },
  psf: {
    templateRadiusPixels: 6,
    coreShiftPixels: [0, 0],
    negativeSamples: "keep",
    integration: "smooth",
    minTemplateFractionInCutout: 0.98,
  },
  noise: { model: "smoothed", iterations: 2 },
  fit: {
    boxPixels: 15,
    conditionNumberMax: 1e8,
    minTemplateFractionUnmasked: 0.5,
    minValidPixels: 9,
    suspectPixelSigma: 2,
    outlierPixelSigma: 6,
    centralRadiusPixels: 2,
    centralPositiveResidualSigma: 3,
    targetNeighborCorrelationMax: 0.9,
    uncertaintyInflationMax: 3,
    jointChiSquareRatioMax: 1.05,
    fitsOffset: false,
    scienceFitQualityMax: 3,
  },
  deblending: {
    enabled: true,
    maxNeighbors: 8,
    materialOverlapThreshold: 0.05,
    residualSnrThreshold: 5,
    neighborFluxSnrThreshold: 5,
    minComponentPixels: 1,
    mergeRadiusPixels: 2,
    minDistanceFromTargetPixels: 2,
    rejectComponentsTouchingTargetProtection: true,
    modelErrorFraction: 0.02,
  },
};
