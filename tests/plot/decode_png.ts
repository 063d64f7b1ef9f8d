import { crc32, inflateSync } from "node:zlib";
import assert from "node:assert/strict";
import type { PixelImage } from "../../lib/plot/png.ts";

/** Reads an eight-bit PNG without interlace back into pixels, checking every chunk; the slow and obvious way. */
export function decodePng(bytes: Uint8Array): PixelImage {
  assert.equal(bytes.subarray(0, 8).toHex(), "89504e470d0a1a0a");
  const chunks = readChunks(bytes);
  const header = new DataView(chunks.get("IHDR")!.slice().buffer);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  assert.equal(header.getUint8(8), 8, "bits a channel");
  const palette = chunks.get("PLTE");
  const channels = header.getUint8(9) === 3 ? 1 : 3;
  const raw = inflateSync(chunks.get("IDAT")!);
  const stride = channels * width;
  assert.equal(raw.length, (stride + 1) * height);
  const rgba = new Uint8Array(4 * width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = unfiltered(raw.subarray(y * (stride + 1), (y + 1) * (stride + 1)), above);
    for (let x = 0; x < width; x++) {
      const color = palette === undefined
        ? row.subarray(3 * x, 3 * x + 3)
        : palette.subarray(3 * row[x]!, 3 * row[x]! + 3);
      rgba.set([...color, 255], 4 * (y * width + x));
    }
    above = row;
  }
  return { width, height, rgba };
}

function unfiltered(line: Uint8Array, above: Uint8Array): Uint8Array<ArrayBuffer> {
  const filter = line[0];
  assert(filter === 0 || filter === 2, `filter ${filter}`);
  return Uint8Array.from(line.subarray(1), (value, i) => filter === 0 ? value : value + above[i]!);
}

function readChunks(bytes: Uint8Array): Map<string, Uint8Array> {
  const chunks = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const typed = bytes.subarray(at + 4, at + 8 + length);
    assert.equal(view.getUint32(at + 8 + length), crc32(typed));
    chunks.set(new TextDecoder().decode(typed.subarray(0, 4)), typed.subarray(4));
    at += 12 + length;
  }
  assert.equal([...chunks.keys()].at(-1), "IEND");
  return chunks;
}

/** How many pixels are not white. */
export function inkedPixels(image: PixelImage): number {
  let count = 0;
  for (let at = 0; at < image.rgba.length; at += 4) {
    if (image.rgba[at] !== 255 || image.rgba[at + 1] !== 255 || image.rgba[at + 2] !== 255) count++;
  }
  return count;
}

/** How many pixels have exactly this colour, `#rrggbb`. */
export function pixelsOfColor(image: PixelImage, color: string): number {
  const [red, green, blue] = Uint8Array.fromHex(color.slice(1));
  let count = 0;
  for (let at = 0; at < image.rgba.length; at += 4) {
    const { rgba } = image;
    if (rgba[at] === red && rgba[at + 1] === green && rgba[at + 2] === blue) count++;
  }
  return count;
}
