import { CHANNELS_PER_BAND, type DetectorNumber } from "./bands.ts";

/** One of the 102 spectral channels: 17 in each band. */
export interface SpectralChannel {
  /** Number of the channel, 1 to 102, from short to long wavelengths. */
  readonly channel: number;
  /** Detector whose band the channel belongs to. */
  readonly detector: DetectorNumber;
  /** Central wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Full width, micron. */
  readonly widthMicron: number;
}

/** Channel width and central wavelengths of each band, micron, in order of the detectors. */
const CHANNEL_TABLE: readonly { readonly width: number; readonly centers: readonly number[] }[] = [
  {
    width: 0.022,
    // deno-fmt-ignore -- a table
    centers: [0.744, 0.766, 0.788, 0.810, 0.832, 0.853, 0.875, 0.897, 0.919,
      0.941, 0.963, 0.985, 1.007, 1.028, 1.050, 1.072, 1.094],
  },
  {
    width: 0.032,
    // deno-fmt-ignore -- a table
    centers: [1.099, 1.131, 1.164, 1.196, 1.229, 1.261, 1.294, 1.326, 1.359,
      1.391, 1.424, 1.456, 1.489, 1.521, 1.554, 1.586, 1.619],
  },
  {
    width: 0.046,
    // deno-fmt-ignore -- a table
    centers: [1.636, 1.682, 1.728, 1.775, 1.821, 1.867, 1.913, 1.959, 2.005,
      2.052, 2.098, 2.144, 2.190, 2.236, 2.282, 2.329, 2.375],
  },
  {
    width: 0.082,
    // deno-fmt-ignore -- a table
    centers: [2.423, 2.505, 2.588, 2.670, 2.752, 2.834, 2.917, 2.999, 3.081,
      3.164, 3.246, 3.328, 3.411, 3.493, 3.575, 3.657, 3.740],
  },
  {
    width: 0.036,
    // deno-fmt-ignore -- a table
    centers: [3.809, 3.845, 3.881, 3.917, 3.953, 3.989, 4.025, 4.061, 4.097,
      4.132, 4.168, 4.204, 4.240, 4.276, 4.312, 4.348, 4.384],
  },
  {
    width: 0.035,
    // deno-fmt-ignore -- a table
    centers: [4.412, 4.447, 4.481, 4.516, 4.551, 4.586, 4.620, 4.655, 4.690,
      4.724, 4.759, 4.794, 4.828, 4.863, 4.898, 4.933, 4.967],
  },
];

/** The 102 channels in order of wavelength, as the published channel list has them (three decimals). */
export const SPECTRAL_CHANNELS: readonly SpectralChannel[] = CHANNEL_TABLE.flatMap((
  { width, centers },
  band,
) =>
  centers.map((wavelengthMicron, index) => ({
    channel: band * CHANNELS_PER_BAND + index + 1,
    detector: band + 1 as DetectorNumber,
    wavelengthMicron,
    widthMicron: width,
  }))
);

/** The 17 channels of one detector, in order of wavelength. */
export function channelsOfDetector(detector: DetectorNumber): readonly SpectralChannel[] {
  return SPECTRAL_CHANNELS.slice((detector - 1) * CHANNELS_PER_BAND, detector * CHANNELS_PER_BAND);
}

/**
 * The channel of a detector whose centre is nearest to a wavelength (micron), or undefined when the
 * wavelength is not finite or lies more than one channel width outside the detector's channels.
 */
export function nearestChannel(
  detector: DetectorNumber,
  wavelengthMicron: number,
): SpectralChannel | undefined {
  let best: SpectralChannel | undefined;
  let bestDistance = Infinity;
  for (const channel of channelsOfDetector(detector)) {
    const distance = Math.abs(channel.wavelengthMicron - wavelengthMicron);
    if (distance < bestDistance) [best, bestDistance] = [channel, distance];
  }
  return best !== undefined && bestDistance <= 1.5 * best.widthMicron ? best : undefined;
}
