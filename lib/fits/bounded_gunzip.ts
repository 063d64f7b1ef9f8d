import { gunzipSync, unzipSync } from "node:zlib";
import { fitsError } from "./fits_error.ts";

/**
 * Unpacks gzip (or zlib) bytes that give at most `maxBytes`.
 *
 * `what` and `byteOffset` name the data for errors. Throws `fits/bad-gzip` for bytes that cannot be unpacked and
 * `fits/too-large` as soon as more than `maxBytes` come out.
 */
export function boundedGunzip(
  bytes: Uint8Array,
  maxBytes: number,
  what: string,
  byteOffset: number,
): Uint8Array {
  try {
    const unpack = isGzip(bytes) ? gunzipSync : unzipSync;
    const unpacked = unpack(bytes, { maxOutputLength: Math.max(1, maxBytes) });
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw fitsError(
        "too-large",
        `Cannot unpack ${what}: more than the allowed ${maxBytes} bytes come out`,
        byteOffset,
        {
          cause,
          context: { maxBytes },
        },
      );
    }
    throw fitsError("bad-gzip", `Cannot unpack ${what}: it is not valid gzip data`, byteOffset, { cause });
  }
}

/** Whether bytes start as a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
