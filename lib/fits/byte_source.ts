import { fitsError } from "./fits_error.ts";

/** Where bytes come from: memory, a file, ranges over HTTP. */
export interface ByteSource {
  /** Number of bytes in all. */
  readonly byteLength: number;
  /**
   * The bytes from `offset` on, `length` of them unless the source ends before.
   * A source that can answer at once returns the bytes themselves, without a promise. The bytes must not change
   * afterwards: headers are decoded from them when they are asked for.
   */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** A source over bytes in memory; reading copies nothing. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read: (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length),
  };
}

/**
 * Reads exactly `length` bytes from `offset` on, for the purpose named by `what` ("the rows of a table").
 *
 * Throws `fits/truncated` when the source ends before, without asking it for anything.
 */
export function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Uint8Array | Promise<Uint8Array> {
  if (offset + length > source.byteLength) throw truncated(offset, length, source.byteLength, what);
  const bytes = source.read(offset, length);
  if (bytes instanceof Uint8Array) return checkedLength(bytes, offset, length, source.byteLength, what);
  return bytes.then((read) => checkedLength(read, offset, length, source.byteLength, what));
}

/** A short read is an error; a long one is cut. */
function checkedLength(
  bytes: Uint8Array,
  offset: number,
  length: number,
  byteLength: number,
  what: string,
): Uint8Array {
  if (bytes.byteLength < length) {
    throw truncated(offset, length, Math.min(byteLength, offset + bytes.byteLength), what);
  }
  return bytes.byteLength === length ? bytes : bytes.subarray(0, length);
}

function truncated(offset: number, length: number, byteLength: number, what: string): Error {
  return fitsError(
    "truncated",
    `Cannot read ${what}: ${length} bytes are needed from byte ${offset} on, but the data end at byte ${byteLength}`,
    offset,
    { context: { neededBytes: length, availableBytes: Math.max(0, byteLength - offset) } },
  );
}
