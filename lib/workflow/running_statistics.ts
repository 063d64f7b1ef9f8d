import type { ValueStatistics } from "./inspect_model.ts";
import { jsonInteger, jsonNumber } from "./inspect_json.ts";

/** Values of one pass over a piece; small enough to stay in the processor's cache. */
const PIECE = 16384;

/**
 * Minimum, maximum, mean and standard deviation of values that come in pieces.
 *
 * Each piece is gone through twice, for its mean and for the squares around it, and joined to the pieces before it
 * (Chan, Golub & LeVeque 1983, The American Statistician 37, 242), so that no digits are lost to a large mean.
 */
export class RunningStatistics {
  #count = 0;
  #blanks = 0;
  #infinities = 0;
  #mean = 0;
  #squares = 0;
  #minimum = Infinity;
  #maximum = -Infinity;
  #exactMinimum: bigint | undefined;
  #exactMaximum: bigint | undefined;

  /** Adds values; those with a 1 in `blanks`, and NaN, count as blank. */
  add(values: ArrayLike<number> | BigInt64Array | BigUint64Array, blanks?: Uint8Array): void {
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      this.#addIntegers(values, blanks);
      return;
    }
    for (let start = 0; start < values.length; start += PIECE) {
      this.#addPiece(values, blanks, start, Math.min(values.length, start + PIECE));
    }
  }

  /** The figures of all values so far. */
  get result(): ValueStatistics {
    const none = this.#count === 0;
    return {
      count: this.#count,
      blank_count: this.#blanks,
      infinite_count: this.#infinities,
      minimum: none
        ? null
        : this.#exactMinimum === undefined
        ? this.#minimum
        : jsonInteger(this.#exactMinimum),
      maximum: none
        ? null
        : this.#exactMaximum === undefined
        ? this.#maximum
        : jsonInteger(this.#exactMaximum),
      mean: none ? null : jsonNumber(this.#mean),
      standard_deviation: none ? null : jsonNumber(Math.sqrt(this.#squares / this.#count)),
    };
  }

  #addPiece(
    values: ArrayLike<number>,
    blanks: Uint8Array | undefined,
    start: number,
    end: number,
  ): void {
    let count = 0, offset = 0, sum = 0;
    for (let i = start; i < end; i++) {
      const value = blanks?.[i] === 1 ? NaN : values[i]!;
      if (value !== value) this.#blanks++;
      else if (value === Infinity || value === -Infinity) this.#infinities++;
      else {
        // Sums of differences from the first value keep the digits that sums of large values lose.
        if (count++ === 0) offset = value;
        sum += value - offset;
        if (value < this.#minimum) this.#minimum = value;
        if (value > this.#maximum) this.#maximum = value;
      }
    }
    if (count === 0) return;
    const mean = offset + sum / count;
    let squares = 0, rest = 0;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      if (blanks?.[i] === 1 || !Number.isFinite(value)) continue;
      squares += (value - mean) * (value - mean);
      rest += value - mean;
    }
    this.#join(count, mean, squares - rest * rest / count);
  }

  #join(count: number, mean: number, squares: number): void {
    const total = this.#count + count;
    const difference = mean - this.#mean;
    this.#mean += difference * count / total;
    this.#squares += squares + difference * difference * this.#count * count / total;
    this.#count = total;
  }

  #addIntegers(values: BigInt64Array | BigUint64Array, blanks: Uint8Array | undefined): void {
    const piece = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      piece[i] = Number(value);
      if (blanks?.[i] === 1) continue;
      if (this.#exactMinimum === undefined || value < this.#exactMinimum) this.#exactMinimum = value;
      if (this.#exactMaximum === undefined || value > this.#exactMaximum) this.#exactMaximum = value;
    }
    this.add(piece, blanks);
  }
}
