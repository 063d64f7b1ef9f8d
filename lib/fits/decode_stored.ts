import { arrayOfBitpix, decodeBigEndian, type FitsArray } from "./big_endian.ts";
import { fitsError } from "./fits_error.ts";

/**
 * The pixels of a tile that was stored as plain big-endian numbers of type `bitpix`.
 *
 * Integers may have been stored wider or narrower than the image says, so their size follows from the number of bytes.
 * Throws `fits/bad-tile` when the bytes are not `count` numbers.
 */
export function decodeStored(
  bytes: Uint8Array,
  count: number,
  bitpix: number,
  byteOffset: number,
): FitsArray {
  const bitsPerPixel = count === 0 ? Math.abs(bitpix) : bytes.length / count * 8;
  const wholeNumbers = [8, 16, 32, 64].includes(bitsPerPixel);
  if (!wholeNumbers || (bitpix < 0 && bitsPerPixel !== -bitpix)) {
    throw fitsError(
      "bad-tile",
      `Cannot read a tile: ${count} pixels of BITPIX ${bitpix} were expected, it has ${bytes.length} bytes`,
      byteOffset,
      { context: { pixels: count, bitpix, bytes: bytes.length } },
    );
  }
  const pixels = arrayOfBitpix(bitpix < 0 ? bitpix : bitsPerPixel, count);
  decodeBigEndian(pixels, 0, bytes, 0, count);
  return pixels;
}
