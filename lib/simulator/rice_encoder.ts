/** Pixels that share one split between unary and binary bits. */
export const RICE_BLOCK_PIXELS = 32;
const SPLIT_BITS = 5;
const MAX_SPLIT = 25;
const PIXEL_BITS = 32;

/** Writes bits, high ones first. */
class BitWriter {
  readonly #bytes: Uint8Array;
  #byte = 0;
  #free = 8;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Appends the lowest `count` bits of `value`, 0 to 32. */
  write(value: number, count: number): void {
    for (let left = count; left > 0;) {
      const take = Math.min(left, this.#free);
      const bits = (value >>> (left - take)) & ((1 << take) - 1);
      this.#byte = (this.#byte << take) | bits;
      this.#free -= take;
      left -= take;
      if (this.#free === 0) this.#flush();
    }
  }

  /** Appends `count` zeros and a one. */
  writeUnary(count: number): void {
    for (let left = count; left > 0; left -= 32) this.write(0, Math.min(32, left));
    this.write(1, 1);
  }

  /** The bytes; zeros fill the last one. */
  finish(): Uint8Array {
    if (this.#free < 8) this.write(0, this.#free);
    return this.#bytes.subarray(0, this.#length);
  }

  #flush(): void {
    this.#bytes[this.#length++] = this.#byte;
    this.#byte = 0;
    this.#free = 8;
  }
}

/** The most bytes that `count` pixels take. */
export function riceCapacity(count: number): number {
  const blocks = Math.ceil(count / RICE_BLOCK_PIXELS);
  return 4 + Math.ceil((count * PIXEL_BITS + blocks * SPLIT_BITS) / 8) + 8;
}

/** Compresses 32-bit integers as RICE_1 tiles are (Rice, Yeh & Miller 1993; FITS 4.0, 10.4.1). */
export function riceEncode(pixels: Int32Array): Uint8Array {
  const writer = new BitWriter(riceCapacity(pixels.length));
  const folded = new Uint32Array(RICE_BLOCK_PIXELS);
  writer.write(pixels[0]!, PIXEL_BITS);
  let last = pixels[0]!;
  for (let start = 0; start < pixels.length; start += RICE_BLOCK_PIXELS) {
    const count = Math.min(RICE_BLOCK_PIXELS, pixels.length - start);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const difference = (pixels[start + i]! - last) | 0;
      folded[i] = difference < 0 ? ~(difference << 1) : difference << 1;
      sum += folded[i]!;
      last = pixels[start + i]!;
    }
    writeBlock(writer, folded, count, sum);
  }
  return writer.finish();
}

function writeBlock(writer: BitWriter, folded: Uint32Array, count: number, sum: number): void {
  if (sum === 0) return writer.write(0, SPLIT_BITS);
  const split = splitFor(sum, count);
  if (split >= MAX_SPLIT) {
    writer.write(MAX_SPLIT + 1, SPLIT_BITS);
    for (let i = 0; i < count; i++) writer.write(folded[i]!, PIXEL_BITS);
    return;
  }
  writer.write(split + 1, SPLIT_BITS);
  for (let i = 0; i < count; i++) {
    writer.writeUnary(folded[i]! >>> split);
    writer.write(folded[i]!, split);
  }
}

/** Number of low bits that are written as they are: about the logarithm of the mean. */
function splitFor(sum: number, count: number): number {
  const mean = Math.max(0, (sum - Math.floor(count / 2) - 1) / count);
  let rest = Math.floor(mean) >>> 1;
  let split = 0;
  for (; rest > 0; split++) rest >>>= 1;
  return split;
}
