import { medianInPlace } from "../../math/robust_statistics.ts";

/** What remains of a sample after clipping about its median by its standard deviation. */
export interface ClippedMedian {
  /** Median of what remains; NaN when nothing does. */
  readonly median: number;
  /** Standard deviation of what remains, divided by the number and not one less; NaN when nothing does. */
  readonly standardDeviation: number;
  /** How many values remain. */
  readonly count: number;
}

/**
 * Clips the first `count` values further than `sigma` standard deviations from their median, up to `iterations` times
 * or until nothing changes (the rule of astropy's `SigmaClip`), and gives the median of the rest.
 *
 * The values are rearranged and must be finite.
 */
export function clippedMedianInPlace(
  values: Float64Array,
  count: number,
  sigma: number,
  iterations: number,
): ClippedMedian {
  for (let round = 0;; round++) {
    const median = medianInPlace(values, count);
    const standardDeviation = standardDeviationOf(values, count);
    const reach = sigma * standardDeviation;
    let kept = 0;
    if (round < iterations) {
      for (let i = 0; i < count; i++) {
        const value = values[i]!;
        if (value >= median - reach && value <= median + reach) values[kept++] = value;
      }
    }
    if (round >= iterations || kept === count) return { median, standardDeviation, count };
    count = kept;
  }
}

function standardDeviationOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / count);
}
