/** What a piece of {@linkcode PixelMemory} is for; each has its own, so that all hold at the same time. */
export type PixelPurpose = "image" | "variance" | "zodi" | "solid angle" | "wavelength" | "bandwidth";

/**
 * Arrays for the pixels of cutouts that are measured one after another: a cutout gets those of the one before when it
 * has as many pixels. Fresh arrays for each would cost as much as decoding into them, and the collector the same again.
 */
export class PixelMemory {
  readonly #planes = new Map<PixelPurpose, Float32Array>();
  #flags = new Int32Array(0);

  /** `length` values for one purpose, whatever they hold. */
  plane(purpose: PixelPurpose, length: number): Float32Array {
    let plane = this.#planes.get(purpose);
    if (plane?.length !== length) this.#planes.set(purpose, plane = new Float32Array(length));
    return plane;
  }

  /** `length` words of flags, whatever they hold. */
  flags(length: number): Int32Array {
    if (this.#flags.length !== length) this.#flags = new Int32Array(length);
    return this.#flags;
  }
}
