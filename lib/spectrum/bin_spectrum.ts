/** One channel of the instrument. */
export interface SpectralChannel {
  /** Central wavelength, micron. */
  readonly centerMicron: number;
  /** Width, micron. */
  readonly widthMicron: number;
  /** Detector that the channel belongs to; without it any detector may fill the channel. */
  readonly detector?: number;
}

/** One flux of a spectrum. */
export interface SpectrumPoint {
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Flux, microjansky; signed. */
  readonly fluxMicroJy: number;
  /** Standard deviation of the flux, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Detector that measured it. */
  readonly detector?: number;
}

/** All that was measured in one channel. */
export interface ChannelFlux {
  /** The channel. */
  readonly channel: SpectralChannel;
  /** Fluxes in the channel. */
  readonly count: number;
  /** Inverse-variance mean of their wavelengths, micron; NaN without fluxes. */
  readonly wavelengthMicron: number;
  /** Inverse-variance mean of the fluxes, microjansky; NaN without fluxes. */
  readonly fluxMicroJy: number;
  /** Standard deviation of that mean from the errors of the fluxes, microjansky; NaN without fluxes. */
  readonly fluxErrorMicroJy: number;
  /** Weighted standard deviation of the fluxes about the mean, unbiased for equal errors; NaN below two. */
  readonly scatterMicroJy: number;
  /** Chi-square of the fluxes about the mean per degree of freedom; NaN below two. */
  readonly chiSquareReduced: number;
}

/** A spectrum on the channels, and what found no place there. */
export interface BinnedSpectrum {
  /** One entry per channel, in the order of the channels. */
  readonly channels: readonly ChannelFlux[];
  /** Points outside of all channels, or without finite numbers and a positive error. */
  readonly unassignedCount: number;
}

/** How far outside of its channel, in channel widths, a wavelength may lie: neighbouring centres vary. */
const LARGEST_DISTANCE_WIDTHS = 0.75;

/**
 * The index of the channel to which a wavelength belongs: the one whose centre is nearest in units of its
 * width, among those of the same detector where both name one; -1 when none is within 0.75 widths.
 */
export function channelOf(
  wavelengthMicron: number,
  channels: readonly SpectralChannel[],
  detector?: number,
): number {
  let best = -1;
  let bestDistance = LARGEST_DISTANCE_WIDTHS;
  channels.forEach((channel, index) => {
    if (detector !== undefined && channel.detector !== undefined && channel.detector !== detector) return;
    const distance = Math.abs(wavelengthMicron - channel.centerMicron) / channel.widthMicron;
    if (distance <= bestDistance) [best, bestDistance] = [index, distance];
  });
  return best;
}

/** Combines the points of one channel. */
function combine(channel: SpectralChannel, points: readonly SpectrumPoint[]): ChannelFlux {
  let weights = 0, flux = 0, wavelength = 0;
  for (const point of points) {
    const weight = point.fluxErrorMicroJy ** -2;
    weights += weight;
    flux += weight * point.fluxMicroJy;
    wavelength += weight * point.wavelengthMicron;
  }
  const mean = flux / weights;
  let chiSquare = 0;
  for (const point of points) chiSquare += ((point.fluxMicroJy - mean) / point.fluxErrorMicroJy) ** 2;
  const freedom = points.length - 1;
  const count = points.length;
  return {
    channel,
    count,
    wavelengthMicron: wavelength / weights,
    fluxMicroJy: mean,
    fluxErrorMicroJy: count > 0 ? 1 / Math.sqrt(weights) : NaN,
    scatterMicroJy: freedom > 0 ? Math.sqrt(chiSquare / weights * count / freedom) : NaN,
    chiSquareReduced: freedom > 0 ? chiSquare / freedom : NaN,
  };
}

/**
 * Combines fluxes into channels by inverse variance. There is no cut in signal-to-noise ratio and negative
 * fluxes count: cutting would lift the faint end.
 */
export function binSpectrum(
  points: Iterable<SpectrumPoint>,
  channels: readonly SpectralChannel[],
): BinnedSpectrum {
  const members = channels.map((): SpectrumPoint[] => []);
  let unassignedCount = 0;
  for (const point of points) {
    const usable = Number.isFinite(point.fluxMicroJy) && point.fluxErrorMicroJy > 0 &&
      Number.isFinite(point.fluxErrorMicroJy);
    const index = usable ? channelOf(point.wavelengthMicron, channels, point.detector) : -1;
    if (index < 0) unassignedCount++;
    else members[index]!.push(point);
  }
  return { channels: channels.map((channel, k) => combine(channel, members[k]!)), unassignedCount };
}
