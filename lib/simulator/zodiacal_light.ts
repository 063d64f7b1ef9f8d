import type { Exposure } from "./survey.ts";
import { FIELD, uniformAt } from "./pixel_noise.ts";

const SECOND_RADIATION_CONSTANT = 14387.768775;

/** Scattered sunlight and thermal emission of the dust against wavelength, MJy/sr at the ecliptic plane. */
function spectrumMJySr(wavelengthMicron: number): number {
  const sunlight = 0.42 * (1.25 / wavelengthMicron) ** 3 *
    Math.expm1(SECOND_RADIATION_CONSTANT / (1.25 * 5778)) /
    Math.expm1(SECOND_RADIATION_CONSTANT / (wavelengthMicron * 5778));
  const thermal = 1.1 * (4.5 / wavelengthMicron) ** 3 *
    Math.expm1(SECOND_RADIATION_CONSTANT / (4.5 * 265)) /
    Math.expm1(SECOND_RADIATION_CONSTANT / (wavelengthMicron * 265));
  return sunlight + thermal;
}

/** Zodiacal light of one image: the archive's model of it, and what the sky really has. */
export class ZodiacalLight {
  readonly #level: number;
  readonly #slopeX: number;
  readonly #slopeY: number;
  readonly #scale: number;
  readonly #offsetMJySr: number;

  /** The light in an exposure of one detector; the sky exceeds the model by a few percent, as in reality. */
  constructor(seed: number, exposure: Exposure, detector: number) {
    const words = [seed, FIELD.background, exposure.key, detector] as const;
    const latitude = exposure.eclipticLatitudeDeg * Math.PI / 180;
    this.#level = 0.45 + 0.55 * Math.cos(latitude) ** 2;
    this.#slopeX = 0.06 * (uniformAt(...words, 1) - 0.5);
    this.#slopeY = 0.06 * (uniformAt(...words, 2) - 0.5);
    this.#scale = 1 + 0.1 * uniformAt(...words, 3);
    this.#offsetMJySr = 0.03 * uniformAt(...words, 4);
  }

  /** The model of the ZODI plane at a 0-based pixel with a wavelength, MJy/sr. */
  modelMJySr(x: number, y: number, wavelengthMicron: number): number {
    const gradient = 1 + this.#slopeX * (x / 1020 - 1) + this.#slopeY * (y / 1020 - 1);
    return this.#level * gradient * spectrumMJySr(wavelengthMicron);
  }

  /** What the sky has where the model says `modelMJySr`, MJy/sr. */
  trueMJySr(modelMJySr: number): number {
    return modelMJySr * this.#scale + this.#offsetMJySr;
  }
}
