/** Standard deviation of a normal distribution over its median absolute deviation. */
export const NORMAL_SIGMA_PER_MAD = 1.482602218505602;

/**
 * Rearranges the first `count` values so that the one of rank `rank` (0 for the smallest) stands at that
 * index, smaller ones before it, and returns it (quickselect, Hoare 1961). The values must not be NaN.
 */
export function selectInPlace(values: Float64Array, count: number, rank: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const value = values[i]!;
        values[i++] = values[j]!;
        values[j--] = value;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank]!;
}

/**
 * The median of the first `count` values, which are rearranged; NaN when there are none.
 * The values must not be NaN.
 */
export function medianInPlace(values: Float64Array, count: number = values.length): number {
  if (count === 0) return NaN;
  const middle = count >> 1;
  const upper = selectInPlace(values, count, middle);
  if (count % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < middle; i++) if (values[i]! > lower) lower = values[i]!;
  return (lower + upper) / 2;
}

/** The median of the finite values; NaN when there are none. The input is left as it is. */
export function median(values: ArrayLike<number>): number {
  return medianInPlace(Float64Array.from(values).filter(Number.isFinite));
}

/**
 * The median absolute deviation of the first `count` values about `center`; the values are overwritten.
 * Multiply by {@linkcode NORMAL_SIGMA_PER_MAD} for the standard deviation of normal noise.
 */
export function medianAbsoluteDeviationInPlace(
  values: Float64Array,
  center: number,
  count: number = values.length,
): number {
  for (let i = 0; i < count; i++) values[i] = Math.abs(values[i]! - center);
  return medianInPlace(values, count);
}

/** What remains of a sample after clipping. */
export interface ClippedStatistics {
  /** Median of what remains; NaN when nothing does. */
  readonly median: number;
  /** Robust standard deviation (from the median absolute deviation) of what remains. */
  readonly sigma: number;
  /** How many values remain. */
  readonly count: number;
}

/**
 * Clips values further than `threshold` robust standard deviations from the median, up to `iterations`
 * times or until nothing changes. `kept[i]` becomes 1 for a value that stays and 0 for one that goes or is
 * not finite; `scratch` has room for all values.
 */
export function sigmaClip(
  values: ArrayLike<number>,
  threshold: number,
  iterations: number,
  kept: Uint8Array,
  scratch: Float64Array,
): ClippedStatistics {
  for (let i = 0; i < values.length; i++) kept[i] = Number.isFinite(values[i]!) ? 1 : 0;
  for (let round = 0;; round++) {
    let count = gatherKept(values, kept, scratch);
    const center = medianInPlace(scratch, count);
    count = gatherKept(values, kept, scratch);
    const sigma = NORMAL_SIGMA_PER_MAD * medianAbsoluteDeviationInPlace(scratch, center, count);
    if (round >= iterations) return { median: center, sigma, count };
    let clipped = 0;
    for (let i = 0; i < values.length; i++) {
      if (kept[i] === 1 && Math.abs(values[i]! - center) > threshold * sigma) {
        kept[i] = 0;
        clipped++;
      }
    }
    if (clipped === 0) return { median: center, sigma, count };
  }
}

/** Copies the kept values to the front of `scratch` and returns how many there are. */
function gatherKept(values: ArrayLike<number>, kept: Uint8Array, scratch: Float64Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (kept[i] === 1) scratch[count++] = values[i]!;
  return count;
}
