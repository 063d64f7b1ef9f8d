import type { FitsArray } from "./big_endian.ts";

/** The values of an image, or of a part of one. */
export interface ImageArray {
  /** Physical values, index = x + shape[0] * (y + shape[1] * (plane...)). */
  readonly data: FitsArray;
  /** Lengths of the axes in the order of NAXIS1, NAXIS2, ... */
  readonly shape: readonly number[];
  /** 1 for each blank value of an integer image that has the keyword BLANK. */
  readonly blanks?: Uint8Array;
}

/** The values as float64; blank ones are NaN. Returns the same array when it is one already. */
export function toFloat64Array(image: ImageArray): Float64Array {
  if (image.data instanceof Float64Array) return image.data;
  const data = new Float64Array(image.data.length);
  fill(data, image);
  return data;
}

/** The values as float32; blank ones are NaN. Returns the same array when it is one already. */
export function toFloat32Array(image: ImageArray): Float32Array {
  if (image.data instanceof Float32Array) return image.data;
  const data = new Float32Array(image.data.length);
  fill(data, image);
  return data;
}

/**
 * The values of an integer image of at most 32 bits as int32: bit masks keep their bits, also unsigned ones.
 * Throws TypeError for floating point and 64-bit images.
 */
export function toInt32Array(image: ImageArray): Int32Array {
  const { data } = image;
  if (data instanceof Int32Array) return data;
  if (
    data instanceof Float32Array || data instanceof Float64Array || data instanceof BigInt64Array ||
    data instanceof BigUint64Array
  ) {
    throw new TypeError(`Values of type ${data.constructor.name} are not integers of 32 bits`);
  }
  return Int32Array.from(data);
}

function fill(out: Float32Array | Float64Array, image: ImageArray): void {
  const { data, blanks } = image;
  for (let i = 0; i < out.length; i++) out[i] = blanks?.[i] === 1 ? NaN : Number(data[i]!);
}
