/** Dust between us and a source. */
export interface ExtinctionOptions {
  /** Colour excess E(B-V), magnitudes. */
  readonly colorExcess: number;
  /** Ratio of total to selective extinction, 2.3 to 5.6. @default {3.1} */
  readonly totalToSelective?: number;
}

/** The mean of the Milky Way. */
export const DEFAULT_TOTAL_TO_SELECTIVE = 3.1;

/** Where the law is given here, micron: visible light from 0.4 and all of the infrared to 20. */
const SHORTEST_MICRON = 0.4;
const LONGEST_MICRON = 20;

/** The optical and the infrared part of the law are joined smoothly between these, micron. */
const JOIN_MICRON = [0.9, 1.1] as const;

/** A correction of the zero point by the authors of the law after its publication. */
const NORMALIZATION = 0.9854;

/** Amplitude, centre and width of the intermediate structures of the optical part, inverse micron. */
type Structure = readonly [amplitude: number, center: number, width: number];

const OPTICAL_A = [-0.35848, 0.7122, 0.08746, -0.05403, 0.00674];
const OPTICAL_B = [0.12354, -2.68335, 2.01901, -0.39299, 0.03355];
const STRUCTURES_A: readonly Structure[] = [[0.03893, 2.288, 0.243], [0.02965, 2.054, 0.179], [
  0.01747,
  1.587,
  0.243,
]];
const STRUCTURES_B: readonly Structure[] = [[0.18453, 2.288, 0.243], [0.19728, 2.054, 0.179], [
  0.1713,
  1.587,
  0.243,
]];
/** Scale, two slopes, and middle and width of the change from one to the other, micron. */
const INFRARED_A = { scale: 0.38526, slope: 1.68467, longSlope: 0.78791, middle: 4.30578, width: 4.78338 };
/** Amplitude, centre, width (micron) and asymmetry of the two features of silicates. */
const SILICATES = [[0.06652, 9.8434, 2.21205, -0.24703], [0.0267, 19.58294, 17, -0.27]] as const;
const INFRARED_B = { scale: -1.01251, slope: -1.06099 };

/**
 * Extinction at a wavelength over that in V, A(λ)/A(V), for the mean Milky Way and a given R(V).
 *
 * Source: Gordon, Clayton, Decleir et al. 2023, ApJ 950, 86, equations and tables for 0.3 to 30 micron, with the
 * normalization by 0.9854 that the first author gives in the package dust_extinction. Throws RangeError outside of 0.4
 * to 20 micron and for an R(V) outside of 2.3 to 5.6.
 */
export function relativeExtinction(
  wavelengthMicron: number,
  totalToSelective: number = DEFAULT_TOTAL_TO_SELECTIVE,
): number {
  if (!(wavelengthMicron >= SHORTEST_MICRON && wavelengthMicron <= LONGEST_MICRON)) {
    throw new RangeError(`No extinction is known here for ${wavelengthMicron} micron, expected 0.4 to 20`);
  }
  if (!(totalToSelective >= 2.3 && totalToSelective <= 5.6)) {
    throw new RangeError(`The law of extinction holds for R(V) from 2.3 to 5.6, not ${totalToSelective}`);
  }
  const infrared = smoothStep((wavelengthMicron - JOIN_MICRON[0]) / (JOIN_MICRON[1] - JOIN_MICRON[0]));
  const wavenumber = 1 / wavelengthMicron;
  const a = mix(
    infrared,
    () => optical(wavenumber, OPTICAL_A, STRUCTURES_A),
    () => infraredMean(wavelengthMicron),
  );
  const b = mix(
    infrared,
    () => optical(wavenumber, OPTICAL_B, STRUCTURES_B),
    () => INFRARED_B.scale * wavelengthMicron ** INFRARED_B.slope,
  );
  return (a + b * (1 / totalToSelective - 1 / DEFAULT_TOTAL_TO_SELECTIVE)) / NORMALIZATION;
}

/** Extinction at a wavelength in magnitudes. Throws as {@linkcode relativeExtinction}, and for a colour excess below 0. */
export function extinctionMagnitudes(wavelengthMicron: number, options: ExtinctionOptions): number {
  const { colorExcess, totalToSelective = DEFAULT_TOTAL_TO_SELECTIVE } = options;
  if (!(colorExcess >= 0 && Number.isFinite(colorExcess))) {
    throw new RangeError(`E(B-V) is a number of magnitudes from 0, not ${colorExcess}`);
  }
  return totalToSelective * colorExcess * relativeExtinction(wavelengthMicron, totalToSelective);
}

function mix(share: number, first: () => number, second: () => number): number {
  if (share === 0) return first();
  return share === 1 ? second() : (1 - share) * first() + share * second();
}

/** Third-order step from 0 to 1. */
function smoothStep(place: number): number {
  const x = Math.min(1, Math.max(0, place));
  return x * x * (3 - 2 * x);
}

function optical(
  wavenumber: number,
  polynomial: readonly number[],
  structures: readonly Structure[],
): number {
  const smooth = polynomial.reduceRight((sum, coefficient) => sum * wavenumber + coefficient, 0);
  return structures.reduce(
    (sum, [amplitude, center, width]) => sum + drude(wavenumber, amplitude, center, width),
    smooth,
  );
}

function infraredMean(wavelength: number): number {
  const { scale, slope, longSlope, middle, width } = INFRARED_A;
  const share = smoothStep((wavelength - middle + width / 2) / width);
  const short = scale * wavelength ** -slope;
  const long = scale * middle ** (longSlope - slope) * wavelength ** -longSlope;
  return SILICATES.reduce((sum, [amplitude, center, featureWidth, asymmetry]) => {
    const skewed = 2 * featureWidth / (1 + Math.exp(asymmetry * (wavelength - center)));
    return sum + drude(wavelength, amplitude, center, skewed);
  }, (1 - share) * short + share * long);
}

/** A Drude profile of an amplitude, a centre and a full width at half maximum. */
function drude(x: number, amplitude: number, center: number, width: number): number {
  const square = (width / center) ** 2;
  return amplitude * square / ((x / center - center / x) ** 2 + square);
}
