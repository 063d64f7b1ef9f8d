import { TaggedError } from "../core/errors.ts";

/** Room for rounding at the ends of a table, in cells. */
const ROOM = 1e-10;

/**
 * An indexing vector of a -TAB axis: control points in rising or falling order, possibly at unequal distances.
 *
 * Follows FITS Paper III (Greisen et al. 2006, section 6.1.2): between control points the index is interpolated
 * linearly; beyond the first and the last one it is extrapolated by half a cell at most.
 */
export class IndexVector {
  readonly #points: Float64Array;
  readonly #rising: boolean;

  /** Throws TaggedError `wcs/invalid-table` when the points are not finite or not strictly in order. */
  constructor(points: ArrayLike<number>, name: string) {
    this.#points = Float64Array.from(points);
    const first = this.#points[0], second = this.#points[1];
    this.#rising = first === undefined || second === undefined || second > first;
    for (let i = 0; i < this.#points.length; i++) {
      const step = i === 0 ? 1 : (this.#points[i]! - this.#points[i - 1]!) * (this.#rising ? 1 : -1);
      if (Number.isFinite(this.#points[i]) && step > 0) continue;
      throw new TaggedError(
        "wcs/invalid-table",
        `Cannot use the control points ${name}: found ${this.#points[i]} at place ${i + 1}, ` +
          "expected finite numbers in strict order",
        { context: { name, place: i + 1 } },
      );
    }
    if (this.#points.length === 0) {
      throw new TaggedError("wcs/invalid-table", `Cannot use the control points ${name}: there are none`, {
        context: { name },
      });
    }
  }

  /** Number of control points. */
  get length(): number {
    return this.#points.length;
  }

  /** 0-based fractional index of a coordinate, from -0.5 to length - 0.5; NaN beyond. */
  indexOf(coordinate: number): number {
    const points = this.#points;
    const last = points.length - 1;
    if (last === 0) return Math.abs(coordinate - points[0]!) <= 0.5 ? 0 : NaN;
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((coordinate >= points[middle]!) === this.#rising) low = middle;
      else high = middle;
    }
    const index = low + (coordinate - points[low]!) / (points[high]! - points[low]!);
    return index >= -0.5 - ROOM && index <= last + 0.5 + ROOM ? index : NaN;
  }
}
