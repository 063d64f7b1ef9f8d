import { median, NORMAL_SIGMA_PER_MAD } from "../math/robust_statistics.ts";

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
  /** Time of the exposure, modified Julian date. */
  readonly mjd?: number;
}

/** All that was measured in one channel. */
export interface ChannelFlux {
  /** The channel. */
  readonly channel: SpectralChannel;
  /** Fluxes that were combined. */
  readonly count: number;
  /** Fluxes in the channel that were left out as outliers. */
  readonly rejectedCount: number;
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
  /** Time of the first flux combined; NaN when no flux has a time. */
  readonly firstMjd: number;
  /** Time of the last flux combined; NaN when no flux has a time. */
  readonly lastMjd: number;
}

/** A spectrum on the channels, and what found no place there. */
export interface BinnedSpectrum {
  /** One entry per channel, in the order of the channels. */
  readonly channels: readonly ChannelFlux[];
  /** Points outside of all channels, or without finite numbers and a positive error. */
  readonly unassignedCount: number;
}

/** How to combine the fluxes of a channel. */
export interface BinningOptions {
  /**
   * Leaves out fluxes that lie farther than this from the median of their channel, in units of the quadratic sum of
   * their own error and the channel's scatter (1.4826 times the median absolute deviation), from three fluxes on; all
   * count when not given.
   */
  readonly clipSigma?: number | undefined;
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

/** The points of a channel without outliers, which are looked for again after each removal. */
function withoutOutliers(points: readonly SpectrumPoint[], clipSigma: number): readonly SpectrumPoint[] {
  if (points.length < 3) return points;
  const center = median(points.map((point) => point.fluxMicroJy));
  const scatter = NORMAL_SIGMA_PER_MAD * median(points.map((point) => Math.abs(point.fluxMicroJy - center)));
  const kept = points.filter((point) =>
    Math.abs(point.fluxMicroJy - center) <= clipSigma * Math.hypot(point.fluxErrorMicroJy, scatter)
  );
  return kept.length === points.length ? kept : withoutOutliers(kept, clipSigma);
}

/** The least or the greatest time of the points; NaN without any. */
function extremeTime(points: readonly SpectrumPoint[], pick: (...times: number[]) => number): number {
  const times = points.flatMap(({ mjd }) => mjd === undefined || Number.isNaN(mjd) ? [] : [mjd]);
  return times.length === 0 ? NaN : times.reduce((a, b) => pick(a, b));
}

/** Combines the points of one channel. */
function combine(
  channel: SpectralChannel,
  members: readonly SpectrumPoint[],
  clipSigma: number | undefined,
): ChannelFlux {
  const points = clipSigma === undefined ? members : withoutOutliers(members, clipSigma);
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
    rejectedCount: members.length - count,
    wavelengthMicron: wavelength / weights,
    fluxMicroJy: mean,
    fluxErrorMicroJy: count > 0 ? 1 / Math.sqrt(weights) : NaN,
    scatterMicroJy: freedom > 0 ? Math.sqrt(chiSquare / weights * count / freedom) : NaN,
    chiSquareReduced: freedom > 0 ? chiSquare / freedom : NaN,
    firstMjd: extremeTime(points, Math.min),
    lastMjd: extremeTime(points, Math.max),
  };
}

/**
 * Combines fluxes into channels by inverse variance. There is no cut in signal-to-noise ratio and negative
 * fluxes count: cutting would lift the faint end. Throws RangeError for a `clipSigma` that is not positive.
 */
export function binSpectrum(
  points: Iterable<SpectrumPoint>,
  channels: readonly SpectralChannel[],
  options: BinningOptions = {},
): BinnedSpectrum {
  const { clipSigma } = options;
  if (clipSigma !== undefined && !(clipSigma > 0)) {
    throw new RangeError(`Outliers lie more than a positive number of sigmas off, not ${clipSigma}`);
  }
  const members = channels.map((): SpectrumPoint[] => []);
  let unassignedCount = 0;
  for (const point of points) {
    const usable = Number.isFinite(point.fluxMicroJy) && point.fluxErrorMicroJy > 0 &&
      Number.isFinite(point.fluxErrorMicroJy);
    const index = usable ? channelOf(point.wavelengthMicron, channels, point.detector) : -1;
    if (index < 0) unassignedCount++;
    else members[index]!.push(point);
  }
  return {
    channels: channels.map((channel, k) => combine(channel, members[k]!, clipSigma)),
    unassignedCount,
  };
}
