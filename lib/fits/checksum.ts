import { readExactly } from "./byte_source.ts";
import { BLOCK_BYTES } from "./card.ts";
import type { Hdu } from "./hdu.ts";
import type { Header } from "./header.ts";

/** What was found of one of the two checksums of an HDU. */
export type ChecksumState = "correct" | "wrong" | "absent";

/** The state of the checksums of an HDU. */
export interface ChecksumReport {
  /** DATASUM: the sum of the data alone. */
  readonly datasum: ChecksumState;
  /** CHECKSUM: makes the sum of the whole HDU all ones. */
  readonly checksum: ChecksumState;
}

const ALL_ONES = 0xffffffff;
const CHUNK_BYTES = 2 ** 20;
/** Characters of the code that are no letters or digits, and so are avoided. */
const PUNCTUATION = ":;<=>?@[\\]^_`";

/**
 * Adds bytes, as big-endian words of 32 bits, to a sum in ones' complement (FITS standard 4.0, appendix J).
 * A last word that is not full is filled with zeros.
 */
export function addToChecksum(sum: number, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.byteLength >> 2;
  let total = sum;
  for (let i = 0; i < words; i++) {
    total += view.getUint32(i * 4);
    if (total > ALL_ONES) total -= ALL_ONES;
  }
  let rest = 0;
  for (let i = words * 4; i < bytes.byteLength; i++) rest += bytes[i]! * 2 ** (24 - 8 * (i & 3));
  total += rest;
  return total > ALL_ONES ? total - ALL_ONES : total;
}

/** The 16 characters of CHECKSUM for a sum (its complement, as the standard writes it). */
export function encodeChecksum(sum: number): string {
  const value = (~sum) >>> 0;
  const letters = new Array<number>(16);
  for (let byte = 0; byte < 4; byte++) {
    const part = (value >>> (24 - 8 * byte)) & 255;
    const codes = [part >> 2, part >> 2, part >> 2, part >> 2].map((code) => code + 48);
    codes[0]! += part & 3;
    const punctuated = (): boolean => codes.some((code) => PUNCTUATION.includes(String.fromCharCode(code)));
    for (let pair = 0; punctuated(); pair = (pair + 2) % 4) {
      if (
        !PUNCTUATION.includes(String.fromCharCode(codes[pair]!)) &&
        !PUNCTUATION.includes(String.fromCharCode(codes[pair + 1]!))
      ) continue;
      codes[pair]!++;
      codes[pair + 1]!--;
    }
    codes.forEach((code, place) => letters[(4 * place + byte + 1) % 16] = code);
  }
  return String.fromCharCode(...letters);
}

/**
 * Checks the data and the header of an HDU against its DATASUM and CHECKSUM; the data are read in pieces.
 * Throws `fits/truncated` when the data are not all there.
 */
export async function verifyChecksums(hdu: Hdu): Promise<ChecksumReport> {
  const datasum = hdu.header.getString("DATASUM")?.trim();
  const hasChecksum = (hdu.header.getString("CHECKSUM")?.trim() ?? "") !== "";
  if (!datasum && !hasChecksum) return { datasum: "absent", checksum: "absent" };
  const { source, headerOffset, dataOffset, dataByteLength } = hdu;
  const padded = Math.ceil(dataByteLength / BLOCK_BYTES) * BLOCK_BYTES;
  const present = Math.max(dataByteLength, Math.min(padded, source.byteLength - dataOffset));
  const dataSum = await sumOfRange(hdu, dataOffset, present, 0);
  const wholeSum = await sumOfRange(hdu, headerOffset, dataOffset - headerOffset, dataSum);
  return {
    datasum: !datasum ? "absent" : Number(datasum) === dataSum ? "correct" : "wrong",
    checksum: !hasChecksum ? "absent" : wholeSum === ALL_ONES || wholeSum === 0 ? "correct" : "wrong",
  };
}

async function sumOfRange(hdu: Hdu, offset: number, length: number, start: number): Promise<number> {
  let sum = start;
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    const size = Math.min(CHUNK_BYTES, length - done);
    sum = addToChecksum(sum, await readExactly(hdu.source, offset + done, size, `HDU ${hdu.index}`));
  }
  return sum;
}

/** A copy of `header` with DATASUM and CHECKSUM for its data, `data` being padded to whole blocks. */
export function withChecksum(header: Header, data: Uint8Array): Header {
  const dataSum = addToChecksum(0, data);
  const copy = header.clone();
  copy.set("CHECKSUM", "0".repeat(16), "HDU checksum").set("DATASUM", String(dataSum), "data unit checksum");
  return copy.set("CHECKSUM", encodeChecksum(addToChecksum(dataSum, copy.encode())));
}
