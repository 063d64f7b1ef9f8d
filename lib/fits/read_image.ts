import { arrayOfBitpix, decodeBigEndian } from "./big_endian.ts";
import { readRanges } from "./byte_ranges.ts";
import { readExactly } from "./byte_source.ts";
import { readCompressedBox } from "./compressed_image.ts";
import { fitsError } from "./fits_error.ts";
import { axesOf, bitpixOf, type Hdu, isRandomGroups } from "./hdu.ts";
import type { Header } from "./header.ts";
import type { ImageArray } from "./image_array.ts";
import { product } from "./product.ts";
import { applyScaling, type Scaling } from "./scaling.ts";
import type { PixelBox } from "./tile_grid.ts";

/** A rectangle of one plane of an image, in 0-based pixels. */
export interface ImageSection {
  /** First column. */
  readonly x0: number;
  /** First row. */
  readonly y0: number;
  /** Number of columns. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** Which plane, counting through the axes from the third on; 0 when not given. */
  readonly plane?: number;
}

/**
 * Reads the whole image of an HDU, tile-compressed or not.
 *
 * Gives physical values (see {@linkcode applyScaling} for their types). An HDU without data gives an empty shape.
 * Throws `fits/not-image`, `fits/truncated`, `fits/bad-keyword`.
 */
export async function readImage(hdu: Hdu): Promise<ImageArray> {
  if (hdu.kind === "compressed-image") return await readCompressedBox(hdu);
  const shape = imageShape(hdu);
  const count = shape.length === 0 ? 0 : product(shape);
  const stored = arrayOfBitpix(bitpixOf(hdu.header), checkedCount(hdu, count));
  const read = readExactly(hdu.source, hdu.dataOffset, stored.byteLength, `the image of HDU ${hdu.index}`);
  decodeBigEndian(stored, 0, read instanceof Uint8Array ? read : await read, 0, count);
  return { ...applyScaling(stored, imageScaling(hdu.header)), shape };
}

/**
 * Reads a rectangle of one plane; only the bytes of its rows are asked of the source.
 *
 * The result has the shape [width, height]. `memory` is filled and given back when it has the type in which the values
 * stand in the file and as many elements; else it is left alone. Throws RangeError when the rectangle is not inside the
 * image, else as {@linkcode readImage}.
 */
export async function readImageSection(
  hdu: Hdu,
  section: ImageSection,
  memory?: Float32Array | Int32Array,
): Promise<ImageArray> {
  const shape = imageShape(hdu);
  checkSection(section, shape);
  const { x0, y0, width, height, plane = 0 } = section;
  if (hdu.kind === "compressed-image") {
    const image = await readCompressedBox(hdu, boxOfSection(section, shape));
    return { ...image, shape: [width, height] };
  }
  const [columns, rows] = [shape[0]!, shape[1] ?? 1];
  const bitpix = bitpixOf(hdu.header), count = checkedCount(hdu, width * height);
  const isFitting = memory?.length === count && bitpix === (memory instanceof Float32Array ? -32 : 32);
  const stored = isFitting ? memory : arrayOfBitpix(bitpix, count);
  const bytesPerValue = stored.BYTES_PER_ELEMENT;
  const start = hdu.dataOffset + ((plane * rows + y0) * columns + x0) * bytesPerValue;
  const what = `rows ${y0} to ${y0 + height - 1} of HDU ${hdu.index}`;
  if (width === columns) {
    const read = readExactly(hdu.source, start, stored.byteLength, what);
    decodeBigEndian(stored, 0, read instanceof Uint8Array ? read : await read, 0, stored.length);
  } else {
    const ranges = Array.from({ length: height }, (_, row) => ({
      offset: start + row * columns * bytesPerValue,
      length: width * bytesPerValue,
    }));
    const pieces = await readRanges(hdu.source, ranges, what);
    for (let row = 0; row < height; row++) decodeBigEndian(stored, row * width, pieces[row]!, 0, width);
  }
  return { ...applyScaling(stored, imageScaling(hdu.header)), shape: [width, height] };
}

/** The lengths of the axes of the image in an HDU, NAXIS1 first; those of the image itself when it is compressed. Throws `fits/not-image`. */
export function imageShape(hdu: Hdu): number[] {
  if (hdu.kind === "compressed-image") return axesOf(hdu.header, "Z");
  if ((hdu.kind === "primary" || hdu.kind === "image") && !isRandomGroups(hdu.header)) {
    return axesOf(hdu.header);
  }
  throw fitsError(
    "not-image",
    `Cannot read an image from HDU ${hdu.index} "${hdu.name}": it holds ${
      hdu.kind === "primary" ? "random groups" : `a ${hdu.kind}`
    }`,
    hdu.headerOffset,
    { context: { hdu: hdu.index, kind: hdu.kind } },
  );
}

/** BSCALE, BZERO and BLANK of an image header. */
export function imageScaling(header: Header): Scaling {
  const scale = header.getNumber("BSCALE") ?? 1;
  const zero = header.getNumber("BZERO") ?? 0;
  return { scale, zero, blank: header.getBigInt("BLANK") };
}

/** Throws RangeError when `section` is not a rectangle inside an image of that shape. */
export function checkSection(section: ImageSection, shape: readonly number[]): void {
  const { x0, y0, width, height, plane = 0 } = section;
  const columns = shape[0] ?? 0;
  const rows = shape[1] ?? (shape.length === 1 ? 1 : 0);
  const planes = shape.length === 0 ? 0 : product(shape.slice(2));
  const whole = [x0, y0, width, height, plane].every((value) => Number.isInteger(value) && value >= 0);
  if (whole && width > 0 && height > 0 && x0 + width <= columns && y0 + height <= rows && plane < planes) {
    return;
  }
  throw new RangeError(
    `Section x0=${x0} y0=${y0} width=${width} height=${height} plane=${plane} is not inside an image of ${
      shape.join(" x ") || "no"
    } pixels`,
  );
}

/** A rectangle of a plane as a box of all axes. */
function boxOfSection(section: ImageSection, shape: readonly number[]): PixelBox {
  const { x0, y0, width, height, plane = 0 } = section;
  let rest = plane;
  const higher = shape.slice(2).map((length) => {
    const place = rest % length;
    rest = Math.floor(rest / length);
    return place;
  });
  return {
    origin: [x0, y0, ...higher].slice(0, shape.length),
    shape: [width, height, ...higher.map(() => 1)].slice(0, shape.length),
  };
}

/** Refuses to allocate for values that the file does not have. */
function checkedCount(hdu: Hdu, count: number): number {
  const bytes = count * Math.abs(bitpixOf(hdu.header)) / 8;
  if (bytes <= hdu.source.byteLength - hdu.dataOffset) return count;
  throw fitsError(
    "truncated",
    `Cannot read the image of HDU ${hdu.index}: its header announces ${bytes} bytes of data, the file ends at byte ${hdu.source.byteLength}`,
    hdu.dataOffset,
    { context: { hdu: hdu.index, neededBytes: bytes, fileBytes: hdu.source.byteLength } },
  );
}
