import { encodeBigEndian, type FitsArray } from "./big_endian.ts";
import { BLOCK_BYTES } from "./card.ts";
import { withChecksum } from "./checksum.ts";
import { dataByteLengthOf } from "./hdu.ts";
import { Header } from "./header.ts";
import { product } from "./product.ts";

/** A header and its data, ready to be written. */
export interface HduContent {
  /** All keywords, structural ones included. */
  readonly header: Header;
  /** The data as bytes, or as numbers that are written big-endian. */
  readonly data?: FitsArray;
}

/** Structural keywords, which follow from the data and are never copied from a template. */
const STRUCTURAL =
  /^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO|BLANK|TFIELDS|THEAP|EXTNAME|CHECKSUM|DATASUM|ZHECKSUM|ZDATASUM|Z(IMAGE|SIMPLE|TENSION|EXTEND|BLOCKED|PCOUNT|GCOUNT|CMPTYPE|BITPIX|NAXIS\d*|TILE\d+|NAME\d+|VAL\d+|QUANTIZ|DITHER0|BLANK|SCALE|ZERO)|T(TYPE|FORM|UNIT|DIM|SCAL|ZERO|NULL|DISP|BCOL)\d+)$/;

/** How to write a file. */
export interface EncodeFitsOptions {
  /** Whether to write CHECKSUM and DATASUM into every header. */
  readonly checksum?: boolean;
}

/**
 * Writes a file of these HDUs: headers and data, each padded to whole blocks.
 *
 * Throws TypeError when the first is no primary HDU or a later one no extension, and RangeError when the data are not
 * as long as their header says.
 */
export function encodeFits(hdus: readonly HduContent[], options: EncodeFitsOptions = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  hdus.forEach(({ header, data }, index) => {
    const first = header.cards[0]?.keyword;
    const expected = index === 0 ? "SIMPLE" : "XTENSION";
    if (first !== expected) {
      throw new TypeError(`HDU ${index} must start with ${expected}, got ${first ?? "nothing"}`);
    }
    const bytes = data === undefined ? new Uint8Array(0) : encodeBigEndian(data);
    const announced = dataByteLengthOf(header);
    if (bytes.byteLength !== announced) {
      throw new RangeError(`HDU ${index} announces ${announced} bytes of data, got ${bytes.byteLength}`);
    }
    const body = padded(bytes, header.getString("XTENSION") === "TABLE" ? 32 : 0);
    parts.push((options.checksum === true ? withChecksum(header, body) : header).encode(), body);
  });
  return concatenated(parts);
}

/** A primary HDU: without data, or with an image (see {@linkcode imageHdu}). */
export function primaryHdu(header?: Header, data?: FitsArray, shape: readonly number[] = []): HduContent {
  const structure = Header.of([["SIMPLE", true, "conforms to FITS standard"]]);
  appendAxes(structure, data, shape);
  structure.append("EXTEND", true);
  return { header: withTemplate(appendOffset(structure, data), header), ...stored(data) };
}

/**
 * An image extension. `shape` has the lengths of the axes, fastest first; the type of `data` decides BITPIX, and for
 * types that FITS stores with an offset (int8, uint16, uint32, uint64) BZERO. Cards of `header` that do not describe
 * the structure are kept, in their order. Throws RangeError when data and shape do not agree.
 */
export function imageHdu(
  name: string,
  data: FitsArray,
  shape: readonly number[],
  header?: Header,
): HduContent {
  const structure = Header.of([["XTENSION", "IMAGE", "Image extension"]]);
  appendAxes(structure, data, shape);
  structure.append("PCOUNT", 0, "number of parameters").append("GCOUNT", 1, "number of groups");
  structure.append("EXTNAME", name, "extension name");
  return { header: withTemplate(appendOffset(structure, data), header), ...stored(data) };
}

/** BITPIX for an array of numbers. */
export function bitpixFor(data: FitsArray): number {
  const bits = data.BYTES_PER_ELEMENT * 8;
  return data instanceof Float32Array || data instanceof Float64Array ? -bits : bits;
}

/** The offset (BZERO, TZERO) under which FITS stores this type of integers; 0 for types that it stores as they are. */
export function storageOffset(data: FitsArray): number {
  if (data instanceof Int8Array) return -128;
  if (data instanceof Uint16Array) return 2 ** 15;
  if (data instanceof Uint32Array) return 2 ** 31;
  return data instanceof BigUint64Array ? 2 ** 63 : 0;
}

/** Values as the bytes that FITS stores: big-endian, with the offset of {@linkcode storageOffset} taken off. */
export function encodeStored(data: FitsArray): Uint8Array {
  const bytes = encodeBigEndian(data);
  if (storageOffset(data) === 0) return bytes;
  for (let i = 0; i < bytes.length; i += data.BYTES_PER_ELEMENT) bytes[i]! ^= 0x80;
  return bytes;
}

/** `structure` with the cards of `template` behind it that do not describe the structure of an HDU. */
export function withTemplate(structure: Header, template: Header | undefined): Header {
  if (template === undefined) return structure;
  return structure.appendCards(template.cards.filter((card) => !STRUCTURAL.test(card.keyword)));
}

function appendAxes(header: Header, data: FitsArray | undefined, shape: readonly number[]): void {
  const count = shape.length === 0 ? 0 : product(shape);
  if (count !== (data?.length ?? 0)) {
    throw new RangeError(`A shape of ${shape.join(" x ")} needs ${count} values, got ${data?.length ?? 0}`);
  }
  header.append("BITPIX", data === undefined ? 8 : bitpixFor(data), "array data type");
  header.append("NAXIS", shape.length, "number of array dimensions");
  shape.forEach((length, axis) => header.append(`NAXIS${axis + 1}`, length));
}

function appendOffset(header: Header, data: FitsArray | undefined): Header {
  const offset = data === undefined ? 0 : storageOffset(data);
  return offset === 0 ? header : header.append("BSCALE", 1).append("BZERO", offset);
}

function stored(data: FitsArray | undefined): { data?: Uint8Array } {
  return data === undefined ? {} : { data: encodeStored(data) };
}

function padded(bytes: Uint8Array, fill: number): Uint8Array {
  const length = Math.ceil(bytes.byteLength / BLOCK_BYTES) * BLOCK_BYTES;
  if (length === bytes.byteLength) return bytes;
  const result = new Uint8Array(length).fill(fill);
  result.set(bytes);
  return result;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.byteLength;
  }
  return result;
}
