import { FIELD, uniformAt } from "./pixel_noise.ts";
import type { Exposure } from "./survey.ts";

/** Lines of the upper atmosphere, micron, with their strengths in units of that of helium at 1.083 micron. */
const LINES: readonly (readonly [number, number])[] = [
  [0.777, 0.1],
  [0.845, 0.15],
  [1.083, 1],
  [1.27, 0.2],
  [1.58, 0.1],
];
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);

/**
 * The glow of the atmosphere above the telescope: narrow lines, spread by the filter over the pixels that see their
 * wavelengths, so that stripes follow the lines of equal wavelength across the detector.
 */
export class Airglow {
  readonly #level: number;

  /** `peakMJySr` is the height of the brightest stripe in the worst exposure; exposures differ by a factor of four. */
  constructor(seed: number, exposure: Exposure, peakMJySr: number) {
    const words = [seed, FIELD.airglow, exposure.key] as const;
    this.#level = peakMJySr * (0.25 + 0.75 * uniformAt(...words));
  }

  /** Brightness in a pixel with this central wavelength and this bandwidth (FWHM), MJy/sr. */
  rateMJySr(wavelengthMicron: number, bandwidthMicron: number): number {
    const sigma = bandwidthMicron / FWHM_PER_SIGMA;
    let rate = 0;
    for (const [line, strength] of LINES) {
      const distance = (wavelengthMicron - line) / sigma;
      if (Math.abs(distance) < 6) rate += strength * Math.exp(-0.5 * distance * distance);
    }
    return this.#level * rate;
  }
}
