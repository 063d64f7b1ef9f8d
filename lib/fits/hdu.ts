import type { ByteSource } from "./byte_source.ts";
import { fitsError } from "./fits_error.ts";
import type { Header } from "./header.ts";

/** What an HDU holds; `other` is an extension type that this library does not know. */
export type HduKind = "primary" | "image" | "bintable" | "asciitable" | "compressed-image" | "other";

/** One header-and-data unit of a file; its data are read by readImage, readTable and their like. */
export interface Hdu {
  /** 0 for the primary HDU. */
  readonly index: number;
  /** EXTNAME, trimmed; "PRIMARY" for a primary HDU without one, else empty. */
  readonly name: string;
  /** EXTVER, 1 when absent. */
  readonly version: number;
  /** What the HDU holds. */
  readonly kind: HduKind;
  /** Its keywords. */
  readonly header: Header;
  /** Where the header starts in the file. */
  readonly headerOffset: number;
  /** Where the data start in the file. */
  readonly dataOffset: number;
  /** Length of the data without the padding; may reach beyond the end of a truncated file. */
  readonly dataByteLength: number;
  /** Where the bytes come from. */
  readonly source: ByteSource;
}

const BITS_PER_PIXEL: ReadonlySet<number> = new Set([8, 16, 32, 64, -32, -64]);
const MAX_AXES = 999;

/** The value of a keyword that must be an integer from `minimum` on. Throws `fits/bad-keyword`. */
export function integerKeyword(header: Header, keyword: string, minimum = 0, fallback?: number): number {
  const value = header.get(keyword);
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum) return value;
  const card = header.card(keyword);
  const found = card === undefined ? "it is missing" : `found ${JSON.stringify(value)}`;
  throw fitsError(
    "bad-keyword",
    `Cannot use the header: ${keyword} must be an integer of at least ${minimum}, ${found}`,
    card === undefined || card.byteOffset < 0 ? header.byteOffset : card.byteOffset,
    { context: { keyword } },
  );
}

/** BITPIX (or the keyword named): 8, 16, 32, 64, -32 or -64. Throws `fits/bad-keyword`. */
export function bitpixOf(header: Header, keyword = "BITPIX"): number {
  const value = integerKeyword(header, keyword, -64);
  if (BITS_PER_PIXEL.has(value)) return value;
  throw fitsError(
    "bad-keyword",
    `Cannot use the header: ${keyword} must be 8, 16, 32, 64, -32 or -64, found ${value}`,
    header.card(keyword)!.byteOffset,
    { context: { keyword } },
  );
}

/** The lengths of the axes, NAXIS1 first; `prefix` "Z" reads those of a compressed image. Throws `fits/bad-keyword`. */
export function axesOf(header: Header, prefix = ""): number[] {
  const count = integerKeyword(header, `${prefix}NAXIS`);
  if (count > MAX_AXES) {
    throw fitsError(
      "bad-keyword",
      `Cannot use the header: ${prefix}NAXIS is ${count}, at most ${MAX_AXES} is allowed`,
      header.byteOffset,
    );
  }
  const axes: number[] = [];
  for (let axis = 1; axis <= count; axis++) axes.push(integerKeyword(header, `${prefix}NAXIS${axis}`));
  return axes;
}

/** Whether the HDU is in the random groups format. */
export function isRandomGroups(header: Header): boolean {
  return header.getNumber("NAXIS1") === 0 && header.getBoolean("GROUPS") === true;
}

/**
 * Length of the data that a header announces, without padding: |BITPIX| / 8 * GCOUNT * (PCOUNT + product of the axes)
 * (FITS standard 4.0, equations 1, 2 and 4). Throws `fits/bad-keyword`, also when the length is beyond 2^53.
 */
export function dataByteLengthOf(header: Header): number {
  const bytesPerValue = Math.abs(bitpixOf(header)) / 8;
  let axes = axesOf(header);
  if (axes.length === 0) return 0;
  if (isRandomGroups(header)) axes = axes.slice(1);
  const values = axes.reduce((product, axis) => product * axis, 1);
  const parameters = integerKeyword(header, "PCOUNT", 0, 0);
  const groups = integerKeyword(header, "GCOUNT", 0, 1);
  const length = bytesPerValue * groups * (parameters + values);
  if (Number.isSafeInteger(length)) return length;
  throw fitsError(
    "bad-keyword",
    `Cannot use the header: it announces ${length} bytes of data`,
    header.byteOffset,
  );
}

/** What the header of HDU `index` announces. */
export function hduKindOf(header: Header, index: number): HduKind {
  if (index === 0) return "primary";
  switch (header.getString("XTENSION")) {
    case "IMAGE":
    case "IUEIMAGE":
      return "image";
    case "BINTABLE":
    case "A3DTABLE":
      return header.getBoolean("ZIMAGE") === true ? "compressed-image" : "bintable";
    case "TABLE":
      return "asciitable";
    default:
      return "other";
  }
}
