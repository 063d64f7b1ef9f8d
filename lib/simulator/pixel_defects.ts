import type { DetectorNumber } from "../spherex/bands.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import { FIELD, mixPixel } from "./pixel_noise.ts";
import { hashWords } from "../core/random.ts";

const { NONFUNC, COLD, HOT, OUTLIER, TRANSIENT, PERSIST, SUR_ERROR, FULLSAMPLE, DICHROIC } = {
  NONFUNC: PIXEL_FLAGS.value("NONFUNC"),
  COLD: PIXEL_FLAGS.value("COLD"),
  HOT: PIXEL_FLAGS.value("HOT"),
  OUTLIER: PIXEL_FLAGS.value("OUTLIER"),
  TRANSIENT: PIXEL_FLAGS.value("TRANSIENT"),
  PERSIST: PIXEL_FLAGS.value("PERSIST"),
  SUR_ERROR: PIXEL_FLAGS.value("SUR_ERROR"),
  FULLSAMPLE: PIXEL_FLAGS.value("FULLSAMPLE"),
  DICHROIC: PIXEL_FLAGS.value("DICHROIC"),
};

/** Cumulative chances of the faults that stay with a detector, close to the counts in real headers (hot ones are more). */
const LASTING: readonly (readonly [number, number])[] = [
  [0.0029, NONFUNC],
  [0.0034, COLD],
  [0.0036, HOT],
  [0.0037, FULLSAMPLE],
];
/** Cumulative chances of what befalls a pixel in one exposure. */
const PASSING: readonly (readonly [number, number])[] = [
  [0.0020, OUTLIER],
  [0.0070, TRANSIENT],
  [0.0090, PERSIST],
  [0.0125, SUR_ERROR],
];
const PER_WORD = 1 / 4294967296;

/** The defects of a row of pixels of one image. */
export class DefectRow {
  readonly #lastingKey: number;
  readonly #passingKey: number;
  readonly #valueKey: number;
  readonly #rowFlags: number;

  /** The row `y` (0-based) of a detector in the exposure with key `exposureKey`. */
  constructor(seed: number, exposureKey: number, detector: DetectorNumber, y: number) {
    this.#lastingKey = hashWords(seed, FIELD.badPixels, detector, y);
    this.#passingKey = hashWords(seed, FIELD.cosmicRays, exposureKey, detector, y);
    this.#valueKey = hashWords(seed, FIELD.defectValue, exposureKey, detector, y);
    this.#rowFlags = (detector === 3 && y < 54) || (detector === 4 && y >= 1986) ? DICHROIC : 0;
  }

  /** The flags of a pixel. */
  flags(x: number): number {
    return this.#rowFlags | pick(LASTING, mixPixel(this.#lastingKey, x)) |
      pick(PASSING, mixPixel(this.#passingKey, x));
  }

  /** What is measured in place of `value` (MJy/sr) in a pixel with these flags and this noise. */
  spoiled(x: number, flags: number, value: number, sigma: number): number {
    const draw = mixPixel(this.#valueKey, x) * PER_WORD;
    let spoiled = value;
    if ((flags & OUTLIER) !== 0) spoiled += sigma * (8 + 40 * draw);
    if ((flags & PERSIST) !== 0) spoiled += 0.05 + 0.3 * draw;
    if ((flags & SUR_ERROR) !== 0) spoiled += sigma * 120 * (draw - 0.3);
    if ((flags & HOT) !== 0) spoiled += 1 + 20 * draw;
    if ((flags & COLD) !== 0) spoiled *= 0.05 + 0.3 * draw;
    if ((flags & NONFUNC) !== 0) spoiled = 4 * draw - 1;
    return spoiled;
  }

  /** Whether the variance of a pixel with these flags is not known (NaN). */
  hasNoVariance(x: number, flags: number): boolean {
    if ((flags & NONFUNC) !== 0) return true;
    return (flags & SUR_ERROR) !== 0 && (mixPixel(this.#valueKey, x) & 3) === 0;
  }
}

function pick(table: readonly (readonly [number, number])[], word: number): number {
  const draw = word * PER_WORD;
  if (draw >= table[table.length - 1]![0]) return 0;
  return table.find(([chance]) => draw < chance)![1];
}

/** What a cosmic ray that no flag tells of adds to a pixel, in standard deviations; 0 for the pixels that none hits. */
export function missedRay(rowKey: number, x: number, chance: number): number {
  const draw = mixPixel(rowKey, x) * PER_WORD;
  return draw < chance ? 8 + 92 * draw / chance : 0;
}
