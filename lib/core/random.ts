/** 32-bit finaliser of MurmurHash3 (Appleby 2011): spreads the bits of an integer. */
function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Hashes integers to one 32-bit integer: the same words always give the same number.
 * Used where a random value must be a function of its place (a pixel, an exposure), not of the order of calls.
 */
export function hashWords(...words: number[]): number {
  let h = 0x9e3779b9;
  for (const word of words) h = mix32(Math.imul(h, 0x01000193) ^ mix32(word));
  return h;
}

/** Hashes a text to one 32-bit integer. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}

/** A seeded generator of pseudo-random numbers (sfc32, Doty-Humphrey 2018); not for secrets. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  /** Generators with equal seeds give equal sequences. */
  constructor(seed: number) {
    this.#a = hashWords(seed, 1);
    this.#b = hashWords(seed, 2);
    this.#c = hashWords(seed, 3);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** The next integer from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** The next number from the uniform distribution on [0, 1). */
  uniform(): number {
    return (this.uint32() * 2 ** 21 + (this.uint32() >>> 11)) / 2 ** 53;
  }

  /** The next number from the normal distribution of mean 0 and standard deviation 1 (polar method, Marsaglia 1964). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt(-2 * Math.log(s) / s);
      this.#spareNormal = v * scale;
      return u * scale;
    }
  }
}
