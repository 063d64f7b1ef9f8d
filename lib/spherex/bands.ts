/** Number of one of the six detectors. */
export type DetectorNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** What is known of one detector and the band that it sees; nominal values, for planning and for checks. */
export interface Band {
  /** Detector number, 1 to 6. */
  readonly detector: DetectorNumber;
  /** Name in the archive's `energy_bandpassname` column. */
  readonly bandpassName: string;
  /** Short end of the nominal band, micron. */
  readonly wavelengthMinMicron: number;
  /** Long end of the nominal band, micron. */
  readonly wavelengthMaxMicron: number;
  /** Nominal resolving power, wavelength over bandwidth. */
  readonly resolvingPower: number;
  /** Median solid angle of a pixel, square arcseconds (header OMEGA_MEDIAN). */
  readonly pixelSolidAngleArcsec2: number;
  /** Median full width at half maximum of the PSF, arcseconds (header PSF_FWHM). */
  readonly psfFwhmArcsec: number;
  /** The detector that sees the same sky through the dichroic. */
  readonly partner: DetectorNumber;
}

/** Width and height of the light-sensitive part of every detector, pixels. */
export const DETECTOR_SIZE_PIXELS = 2040;

/** Nominal pixel pitch on the sky, arcseconds. */
export const PIXEL_SCALE_ARCSEC = 6.15;

/** Number of spectral channels in each band. */
export const CHANNELS_PER_BAND = 17;

function band(
  detector: DetectorNumber,
  range: readonly [number, number],
  resolvingPower: number,
  pixelSolidAngleArcsec2: number,
  psfFwhmArcsec: number,
): Band {
  return {
    detector,
    bandpassName: `SPHEREx-D${detector}`,
    wavelengthMinMicron: range[0],
    wavelengthMaxMicron: range[1],
    resolvingPower,
    pixelSolidAngleArcsec2,
    psfFwhmArcsec,
    partner: (detector <= 3 ? detector + 3 : detector - 3) as DetectorNumber,
  };
}

/** The six bands in order of their detectors; ranges and resolving powers as IRSA publishes them. */
export const BANDS: readonly Band[] = [
  band(1, [0.75, 1.09], 39, 37.870, 5.0293),
  band(2, [1.10, 1.62], 41, 37.704, 4.8429),
  band(3, [1.63, 2.41], 41, 37.872, 4.9153),
  band(4, [2.42, 3.82], 35, 37.942, 6.0231),
  band(5, [3.83, 4.41], 112, 37.781, 6.1206),
  band(6, [4.42, 5.00], 128, 37.947, 6.5563),
];

/** Whether a number is that of a detector. */
export function isDetectorNumber(value: unknown): value is DetectorNumber {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 6;
}

/** The band of a detector. Throws RangeError for a number outside 1 to 6. */
export function bandOfDetector(detector: number): Band {
  const found = BANDS[detector - 1];
  if (found === undefined) throw new RangeError(`There is no detector ${detector}: they are numbered 1 to 6`);
  return found;
}

/** The detector named by a bandpass such as `SPHEREx-D3` (or `SPHEREx_D3`, `D3`), or undefined. */
export function detectorOfBandpass(name: string): DetectorNumber | undefined {
  const digit = /^(?:SPHEREx[-_ ])?D([1-6])$/i.exec(name.trim())?.[1];
  return digit === undefined ? undefined : Number(digit) as DetectorNumber;
}
