import type { FitsArray } from "./big_endian.ts";

/** How stored numbers become physical ones: zero + scale * stored; `blank` is the stored integer that means nothing. */
export interface Scaling {
  /** BSCALE or TSCAL, 1 when absent. */
  readonly scale: number;
  /** BZERO or TZERO, 0 when absent. */
  readonly zero: number;
  /** BLANK, TNULL or ZBLANK, for integers. */
  readonly blank?: bigint | undefined;
}

/** Physical values, and which of them are blank. */
export interface ScaledValues {
  /** Physical values; blank ones are NaN where the array can hold it, else the stored number. */
  readonly data: FitsArray;
  /** 1 for each blank value; absent when the data have no number for blank, or are not integers. */
  readonly blanks?: Uint8Array;
}

/**
 * Turns stored values into physical ones; the stored array may be reused for them.
 *
 * Without scaling the values stay as they are. The offsets by which FITS stores unsigned integers (2^15, 2^31, 2^63,
 * and -128 for signed bytes) are applied exactly and give the unsigned (signed) type. Otherwise values
 * become float64; blank integers are NaN then.
 */
export function applyScaling(stored: FitsArray, scaling: Scaling): ScaledValues {
  if (stored instanceof Float32Array || stored instanceof Float64Array) {
    if (scaling.scale === 1 && scaling.zero === 0) return { data: stored };
    return { data: Float64Array.from(stored, (value) => scaling.zero + scaling.scale * value) };
  }
  const blanks = scaling.blank === undefined ? undefined : blankMask(stored, scaling.blank);
  const exact = scaling.scale === 1 ? exactOffset(stored, scaling.zero) : undefined;
  if (exact !== undefined) return blanks === undefined ? { data: exact } : { data: exact, blanks };
  const data = new Float64Array(stored.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = blanks?.[i] === 1 ? NaN : scaling.zero + scaling.scale * Number(stored[i]!);
  }
  return blanks === undefined ? { data } : { data, blanks };
}

function blankMask(stored: FitsArray, blank: bigint): Uint8Array {
  const mask = new Uint8Array(stored.length);
  if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
    for (let i = 0; i < mask.length; i++) mask[i] = stored[i] === blank ? 1 : 0;
  } else {
    const number = Number(blank);
    for (let i = 0; i < mask.length; i++) mask[i] = stored[i] === number ? 1 : 0;
  }
  return mask;
}

/** The values with an offset that flips the highest bit, as the type of the other sign; or undefined. */
function exactOffset(stored: FitsArray, zero: number): FitsArray | undefined {
  if (zero === 0) return stored;
  const { buffer, byteOffset, length } = stored;
  if (stored instanceof Uint8Array && zero === -128) {
    for (let i = 0; i < length; i++) stored[i]! ^= 0x80;
    return new Int8Array(buffer, byteOffset, length);
  }
  if (stored instanceof Int16Array && zero === 2 ** 15) {
    for (let i = 0; i < length; i++) stored[i]! ^= 0x8000;
    return new Uint16Array(buffer, byteOffset, length);
  }
  if (stored instanceof Int32Array && zero === 2 ** 31) {
    for (let i = 0; i < length; i++) stored[i]! ^= 0x80000000;
    return new Uint32Array(buffer, byteOffset, length);
  }
  if (stored instanceof BigInt64Array && zero === 2 ** 63) {
    for (let i = 0; i < length; i++) stored[i]! ^= 1n << 63n;
    return new BigUint64Array(buffer, byteOffset, length);
  }
  return undefined;
}
