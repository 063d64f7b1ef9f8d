/** Sizes that depend on the bytes of a pixel: bits of a block's code, the code for "as they are", bits of a pixel. */
interface RiceSizes {
  readonly codeBits: number;
  readonly rawCode: number;
  readonly pixelBits: number;
}

const SIZES: Readonly<Record<number, RiceSizes>> = {
  1: { codeBits: 3, rawCode: 6, pixelBits: 8 },
  2: { codeBits: 4, rawCode: 14, pixelBits: 16 },
  4: { codeBits: 5, rawCode: 25, pixelBits: 32 },
};

/** Larger blocks nobody writes; the bound keeps a few bytes from claiming any number of pixels. */
const MAX_BLOCK_SIZE = 256;

/** The sizes for a number of bytes a pixel. Throws RangeError for arguments that the code does not know. */
function sizesOf(bytesPerPixel: number, blockSize: number): RiceSizes {
  const sizes = SIZES[bytesPerPixel];
  if (sizes === undefined) {
    throw new RangeError(`Rice coding takes 1, 2 or 4 bytes a pixel, got ${bytesPerPixel}`);
  }
  if (Number.isInteger(blockSize) && blockSize > 0 && blockSize <= MAX_BLOCK_SIZE) return sizes;
  throw new RangeError(`Rice coding takes blocks of 1 to ${MAX_BLOCK_SIZE} pixels, got ${blockSize}`);
}

/** The fewest bytes that `count` pixels can be coded in: the first one and the code of each block. Throws RangeError. */
export function riceMinimumBytes(count: number, blockSize: number, bytesPerPixel: number): number {
  const { codeBits } = sizesOf(bytesPerPixel, blockSize);
  return bytesPerPixel + Math.ceil(Math.ceil(count / blockSize) * codeBits / 8);
}

/**
 * Decodes `count` pixels of Rice-coded bytes (FITS standard 4.0, section 10.4.1; Rice, Yeh and Miller 1993).
 *
 * The first pixel stands as it is; then blocks of `blockSize` differences follow. Pixels of 1 byte are unsigned. Throws
 * RangeError when the bytes end too early or the arguments are out of range.
 */
export function riceDecode(
  bytes: Uint8Array,
  count: number,
  blockSize: number,
  bytesPerPixel: number,
): Int32Array {
  const { codeBits, rawCode, pixelBits } = sizesOf(bytesPerPixel, blockSize);
  const end = bytes.length;
  if (end < riceMinimumBytes(count, blockSize, bytesPerPixel)) {
    throw new RangeError("Rice-coded data end too early");
  }
  const pixels = new Int32Array(count);
  let position = 0;
  let last = 0;
  for (; position < bytesPerPixel; position++) last = (last << 8) | bytes[position]!;
  // The lowest `available` bits of `word` are the bits read from the input and not used yet; the others are 0.
  let word = 0;
  let available = 0;
  let pixel = 0;
  while (pixel < count) {
    const stop = Math.min(pixel + blockSize, count);
    while (available < codeBits) {
      word = (word << 8) | bytes[position++]!;
      available += 8;
    }
    available -= codeBits;
    const split = (word >>> available) - 1;
    word &= (1 << available) - 1;
    if (split < 0) {
      pixels.fill(last, pixel, stop);
      pixel = stop;
    } else if (split === rawCode) {
      for (; pixel < stop; pixel++) {
        let difference = 0;
        for (let bits = 0; bits < pixelBits; bits += 8) {
          word = (word << 8) | bytes[position++]!;
          difference = (difference << 8) | ((word >>> available) & 255);
          word &= (1 << available) - 1;
        }
        last = (last + ((difference >>> 1) ^ -(difference & 1))) | 0;
        pixels[pixel] = last;
      }
    } else {
      for (; pixel < stop; pixel++) {
        let zeros = 0;
        while (word === 0) {
          if (position >= end) throw new RangeError("Rice-coded data end too early");
          zeros += available;
          word = bytes[position++]!;
          available = 8;
        }
        const lead = available - 32 + Math.clz32(word);
        available -= lead + 1;
        word &= (1 << available) - 1;
        while (available < split) {
          word = (word << 8) | bytes[position++]!;
          available += 8;
        }
        available -= split;
        const difference = ((zeros + lead) << split) | (word >>> available);
        word &= (1 << available) - 1;
        last = (last + ((difference >>> 1) ^ -(difference & 1))) | 0;
        pixels[pixel] = last;
      }
    }
    if (position > end) throw new RangeError("Rice-coded data end too early");
  }
  if (bytesPerPixel === 2) { for (let i = 0; i < count; i++) pixels[i] = (pixels[i]! << 16) >> 16; }
  if (bytesPerPixel === 1) { for (let i = 0; i < count; i++) pixels[i]! &= 255; }
  return pixels;
}

/** Bytes that are written bit by bit. */
class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  #word = 0;
  #pending = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Appends the lowest `count` bits of `value`, at most 24. */
  write(value: number, count: number): void {
    this.#word = (this.#word << count) | (value & ((1 << count) - 1));
    this.#pending += count;
    while (this.#pending >= 8) {
      this.#pending -= 8;
      this.#push(this.#word >>> this.#pending);
      this.#word &= (1 << this.#pending) - 1;
    }
  }

  /** Appends `count` bits 0. */
  writeZeros(count: number): void {
    for (let rest = count; rest > 0; rest -= 16) this.write(0, Math.min(rest, 16));
  }

  /** What was written, filled up with bits 0 to whole bytes. */
  finish(): Uint8Array {
    if (this.#pending > 0) this.write(0, 8 - this.#pending);
    return this.#bytes.slice(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(this.#bytes.length * 2);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/**
 * Encodes 32-bit pixels (`bytesPerPixel` 4), or 16-bit ones (2), in Rice's code: the inverse of {@linkcode riceDecode}.
 *
 * Differences may wrap around; the decoder wraps back.
 */
export function riceEncode(pixels: ArrayLike<number>, blockSize: number, bytesPerPixel: number): Uint8Array {
  const { codeBits, rawCode, pixelBits } = sizesOf(bytesPerPixel, blockSize);
  const writer = new BitWriter(Math.max(16, pixels.length * bytesPerPixel));
  const shift = 32 - pixelBits;
  let last = pixels.length === 0 ? 0 : pixels[0]!;
  for (let bits = pixelBits - 8; bits >= 0; bits -= 8) writer.write(last >>> bits, 8);
  const folded = new Uint32Array(blockSize);
  for (let start = 0; start < pixels.length; start += blockSize) {
    const count = Math.min(blockSize, pixels.length - start);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const difference = ((pixels[start + i]! - last) << shift) >> shift;
      last = pixels[start + i]!;
      folded[i] = (difference << 1) ^ (difference >> 31);
      sum += folded[i]!;
    }
    const split = splitFor(sum, count);
    if (sum === 0) writer.write(0, codeBits);
    else if (split >= rawCode) writeRaw(writer, folded, count, codeBits, rawCode, pixelBits);
    else writeSplit(writer, folded, count, codeBits, split);
  }
  return writer.finish();
}

/** The number of low bits to write as they are: near the logarithm of the mean (Yeh, Rice and Miller 1991). */
function splitFor(sum: number, count: number): number {
  let mean = Math.floor(Math.max(0, (sum - count / 2 - 1) / count) / 2);
  let split = 0;
  for (; mean > 0; mean = Math.floor(mean / 2)) split++;
  return split;
}

function writeRaw(
  writer: BitWriter,
  folded: Uint32Array,
  count: number,
  codeBits: number,
  rawCode: number,
  pixelBits: number,
): void {
  writer.write(rawCode + 1, codeBits);
  for (let i = 0; i < count; i++) {
    for (let bits = pixelBits - 8; bits >= 0; bits -= 8) writer.write(folded[i]! >>> bits, 8);
  }
}

function writeSplit(
  writer: BitWriter,
  folded: Uint32Array,
  count: number,
  codeBits: number,
  split: number,
): void {
  writer.write(split + 1, codeBits);
  for (let i = 0; i < count; i++) {
    writer.writeZeros(folded[i]! >>> split);
    writer.write(1, 1);
    if (split > 0) writer.write(folded[i]!, split);
  }
}
