import { crc32, deflateSync } from "node:zlib";

/** An image of eight bits a channel. */
export interface PixelImage {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row from the top. */
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** How an image is encoded. */
export interface PngOptions {
  /** Effort of the compression, 0 to 9; 6 when left out. */
  readonly level?: number;
  /** Dots per inch to note in the file; not noted when left out. */
  readonly dotsPerInch?: number;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * Encodes an image as PNG (ISO/IEC 15948): true colour, or a palette when it has at most 256 colours, which
 * makes line drawings several times smaller. Opacity is dropped: every pixel is taken as opaque.
 *
 * Equal images give equal bytes.
 */
export function encodePng(image: PixelImage, options: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = image;
  if (rgba.length !== 4 * width * height || width < 1 || height < 1) {
    throw new RangeError(
      `An image of ${width} x ${height} pixels needs ${4 * width * height} bytes, not ${rgba.length}`,
    );
  }
  const indexed = paletteOf(rgba);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, indexed === undefined ? 2 : 3, 0, 0, 0], 8);
  const raw = indexed === undefined ? trueColourRows(image) : indexedRows(indexed.indices, width, height);
  const chunks = [SIGNATURE, chunk("IHDR", header)];
  if (options.dotsPerInch !== undefined) chunks.push(chunk("pHYs", resolution(options.dotsPerInch)));
  if (indexed !== undefined) chunks.push(chunk("PLTE", indexed.palette));
  chunks.push(
    chunk("IDAT", deflateSync(raw, { level: options.level ?? 6 })),
    chunk("IEND", new Uint8Array(0)),
  );
  return concatenate(chunks);
}

function resolution(dotsPerInch: number): Uint8Array {
  const body = new Uint8Array(9);
  const view = new DataView(body.buffer);
  view.setUint32(0, Math.round(dotsPerInch / 0.0254));
  view.setUint32(4, Math.round(dotsPerInch / 0.0254));
  body[8] = 1;
  return body;
}

/** The colours of an image and the index of each pixel's, or undefined when there are more than 256. */
function paletteOf(
  rgba: Uint8Array | Uint8ClampedArray,
): { palette: Uint8Array; indices: Uint8Array } | undefined {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  const indices = new Uint8Array(words.length);
  const indexOfColour = new Map<number, number>();
  let previousWord = -1;
  let previousIndex = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word !== previousWord) {
      let index = indexOfColour.get(word);
      if (index === undefined) {
        index = indexOfColour.size;
        if (index === 256) return undefined;
        indexOfColour.set(word, index);
      }
      previousWord = word;
      previousIndex = index;
    }
    indices[i] = previousIndex;
  }
  const palette = new Uint8Array(3 * indexOfColour.size);
  for (const [word, index] of indexOfColour) {
    const colour = new Uint8Array(Uint32Array.of(word).buffer);
    palette.set(colour.subarray(0, 3), 3 * index);
  }
  return { palette, indices };
}

function indexedRows(indices: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return rows;
}

/** Rows of red, green and blue, each the difference to the row above (filter 2, the first row plain). */
function trueColourRows({ width, height, rgba }: PixelImage): Uint8Array {
  const stride = 3 * width + 1;
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    let to = y * stride;
    rows[to++] = y === 0 ? 0 : 2;
    let from = 4 * width * y;
    let above = from - 4 * width;
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        rows[to++] = y === 0 ? rgba[from + channel]! : rgba[from + channel]! - rgba[above + channel]!;
      }
      from += 4;
      above += 4;
    }
  }
  return rows;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
