/** How floating point values were turned into integers (ZQUANTIZ). */
export type QuantisationMethod = "NO_DITHER" | "SUBTRACTIVE_DITHER_1" | "SUBTRACTIVE_DITHER_2";

/** The quantised value that stands for exactly 0 with SUBTRACTIVE_DITHER_2. */
const ZERO_VALUE = -2147483646;
const SEQUENCE_LENGTH = 10000;

let sequence: Float32Array | undefined;

/** The random numbers that every reader and writer shares (FITS standard 4.0, section 10.2; Park and Miller 1988). */
export function ditherSequence(): Float32Array {
  if (sequence !== undefined) return sequence;
  const numbers = new Float32Array(SEQUENCE_LENGTH);
  let seed = 1;
  for (let i = 0; i < SEQUENCE_LENGTH; i++) {
    seed = (16807 * seed) % 2147483647;
    numbers[i] = seed / 2147483647;
  }
  sequence = numbers;
  return numbers;
}

/** How the integers of one tile become values again. */
export interface TileQuantisation {
  /** ZQUANTIZ. */
  readonly method: QuantisationMethod;
  /** ZSCALE of the tile. */
  readonly scale: number;
  /** ZZERO of the tile. */
  readonly zero: number;
  /** The integer that stands for NaN. */
  readonly blank: number | undefined;
  /** ZDITHER0, from 1 to 10000. */
  readonly ditherSeed: number;
  /** Number of the tile, from 0. */
  readonly tileIndex: number;
}

/** Turns the integers of a tile into values, into `out`: (integer - random + 0.5) * scale + zero. */
export function dequantise(
  integers: ArrayLike<number>,
  quantisation: TileQuantisation,
  out: Float32Array | Float64Array,
): void {
  const { method, scale, zero, blank } = quantisation;
  const dithered = method !== "NO_DITHER";
  const numbers = dithered ? ditherSequence() : undefined;
  let start = (quantisation.tileIndex + quantisation.ditherSeed - 1) % SEQUENCE_LENGTH;
  let next = numbers === undefined ? 0 : Math.floor(numbers[start]! * 500);
  for (let i = 0; i < out.length; i++) {
    const integer = integers[i]!;
    if (integer === blank) out[i] = NaN;
    else if (integer === ZERO_VALUE && method === "SUBTRACTIVE_DITHER_2") out[i] = 0;
    else if (numbers === undefined) out[i] = integer * scale + zero;
    else out[i] = (integer - numbers[next]! + 0.5) * scale + zero;
    if (numbers === undefined || ++next < SEQUENCE_LENGTH) continue;
    start = (start + 1) % SEQUENCE_LENGTH;
    next = Math.floor(numbers[start]! * 500);
  }
}
