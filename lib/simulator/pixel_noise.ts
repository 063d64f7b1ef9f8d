import { hashWords } from "../core/random.ts";

/** Names of the independent random fields of the simulation; each is one word of the hashes. */
export const FIELD = {
  imageNoise: 1,
  badPixels: 2,
  cosmicRays: 3,
  defectValue: 4,
  pointing: 5,
  tiling: 6,
  stars: 7,
  /** Chosen so that seed 1 gives the targets of the example catalog bright spectra, one with lines. */
  target: 3238,
  background: 9,
  identifiers: 10,
  faults: 11,
  airglow: 12,
  missedRays: 13,
} as const;

const TWO_PI = 2 * Math.PI;
const PER_WORD = 1 / 4294967296;

/** A uniform number in (0, 1) that is a function of the words alone. */
export function uniformAt(...words: number[]): number {
  return (hashWords(...words) + 0.5) * PER_WORD;
}

/** Spreads the bits of an integer: one step of {@linkcode hashWords} without its loop, for one hash a pixel. */
export function mixPixel(rowKey: number, x: number): number {
  let h = (rowKey ^ Math.imul(x + 1, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** A normal number (mean 0, width 1) that is a function of a row's key and the column alone (Box & Muller 1958). */
export function normalPixel(rowKey: number, x: number): number {
  const radius = (mixPixel(rowKey, 2 * x) + 0.5) * PER_WORD;
  const angle = mixPixel(rowKey, 2 * x + 1) * PER_WORD;
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(TWO_PI * angle);
}
