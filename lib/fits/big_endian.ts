/** Arrays of numbers that FITS data are decoded to. */
export type NumberArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Arrays that FITS data are decoded to; 64-bit integers are bigints. */
export type FitsArray = NumberArray | BigInt64Array | BigUint64Array;

/** How one value is stored: a BITPIX number. */
export type Bitpix = 8 | 16 | 32 | 64 | -32 | -64;

/** A new array for `length` values of type `bitpix`. */
export function arrayOfBitpix(bitpix: number, length: number): FitsArray {
  switch (bitpix) {
    case 8:
      return new Uint8Array(length);
    case 16:
      return new Int16Array(length);
    case 32:
      return new Int32Array(length);
    case 64:
      return new BigInt64Array(length);
    case -32:
      return new Float32Array(length);
    default:
      return new Float64Array(length);
  }
}

/**
 * Decodes `count` big-endian values, from byte `start` of `bytes` on, into `out` from element `outStart` on.
 * The type of `out` says what the bytes are.
 */
export function decodeBigEndian(
  out: FitsArray,
  outStart: number,
  bytes: Uint8Array,
  start: number,
  count: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * out.BYTES_PER_ELEMENT);
  if (out instanceof Float32Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getFloat32(i * 4);
  } else if (out instanceof Int32Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getInt32(i * 4);
  } else if (out instanceof Float64Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getFloat64(i * 8);
  } else if (out instanceof Int16Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getInt16(i * 2);
  } else if (out instanceof Uint16Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getUint16(i * 2);
  } else if (out instanceof Uint32Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getUint32(i * 4);
  } else if (out instanceof BigInt64Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getBigInt64(i * 8);
  } else if (out instanceof BigUint64Array) {
    for (let i = 0; i < count; i++) out[outStart + i] = view.getBigUint64(i * 8);
  } else {
    out.set(bytes.subarray(start, start + count), outStart);
  }
}

/** Writes values as big-endian bytes, in the type of their array, into `bytes` from byte `start` on. */
export function encodeBigEndianInto(bytes: Uint8Array, start: number, values: FitsArray): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, values.byteLength);
  const { length } = values;
  if (values instanceof Float32Array) {
    for (let i = 0; i < length; i++) view.setFloat32(i * 4, values[i]!);
  } else if (values instanceof Int32Array || values instanceof Uint32Array) {
    for (let i = 0; i < length; i++) view.setInt32(i * 4, values[i]!);
  } else if (values instanceof Float64Array) {
    for (let i = 0; i < length; i++) view.setFloat64(i * 8, values[i]!);
  } else if (values instanceof Int16Array || values instanceof Uint16Array) {
    for (let i = 0; i < length; i++) view.setInt16(i * 2, values[i]!);
  } else if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    for (let i = 0; i < length; i++) view.setBigInt64(i * 8, values[i]! as bigint);
  } else {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, length), start);
  }
}

/** Values as big-endian bytes, in the type of their array. */
export function encodeBigEndian(values: FitsArray): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  encodeBigEndianInto(bytes, 0, values);
  return bytes;
}
