import { hashWords } from "../core/random.ts";
import { DETECTOR_SIZE_PIXELS, type DetectorNumber } from "../spherex/bands.ts";

/** Factor in the middle of each detector; those of D1 and D5 are the medians of the real maps. */
const MIDDLE: Readonly<Record<DetectorNumber, number>> = {
  1: 0.97,
  2: 0.978,
  3: 0.985,
  4: 1.012,
  5: 1.007,
  6: 0.994,
};
/** Change of the factor from the first row to the last. */
const CHANGE = 0.03;
/** One pixel in so many holds no factor, as in the real maps. */
const ONE_IN = 5000;

/** Factor that brings a pixel of images before QR3 to the flux scale of QR3. */
export function fluxCorrectionFactor(detector: DetectorNumber, y: number): number {
  return MIDDLE[detector] + CHANGE * (y / (DETECTOR_SIZE_PIXELS - 1) - 0.5);
}

/** What the map has in a pixel: the factor, or in few pixels a number that is none. */
export function fluxCorrectionMapValue(detector: DetectorNumber, x: number, y: number): number {
  const hash = hashWords(detector, y * DETECTOR_SIZE_PIXELS + x);
  if (hash % ONE_IN !== 0) return fluxCorrectionFactor(detector, y);
  return (hash & 1) === 0 ? 0 : 38;
}
