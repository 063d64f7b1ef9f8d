import { paddedRange, type Range } from "./robust_range.ts";

/** What a value axis shows. */
export interface DisplayRangeOptions {
  /** Values further than so many standard deviations from those near them in wavelength decide nothing. */
  readonly clipSigma: number;
  /** Rounds of clipping. */
  readonly clipIterations: number;
  /** Percentile at the lower end, 0 to 100. */
  readonly percentileMin: number;
  /** Percentile at the upper end, 0 to 100. */
  readonly percentileMax: number;
  /** Share of the range added at both ends. */
  readonly paddingFraction: number;
}

/** A value that an axis may show. */
export interface DisplayValue {
  /** The value. */
  readonly value: number;
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** How it is drawn; rejected ones decide nothing unless there are no others. */
  readonly standing: "good" | "rejected" | "upper_limit";
}

/** Zero is shown when the lowest value is below this share of the highest. */
const ZERO_REACH = 0.6;
/** How far above the values an upper limit still widens the axis, share of their range. */
const LIMIT_REACH = 0.6;

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The value at a percentile, linear between two. */
function percentile(sorted: readonly number[], percent: number): number {
  const place = (sorted.length - 1) * percent / 100;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Values on each side that a value is compared with. */
const NEIGHBOURS = 5;

/** How far each value is from the median of itself and those next to it in wavelength: a steep spectrum has no outliers. */
function offsets(values: readonly DisplayValue[]): { readonly value: number; readonly offset: number }[] {
  const ordered = values.toSorted((a, b) => a.wavelengthMicron - b.wavelengthMicron);
  return ordered.map(({ value }, index) => {
    // Fewer at the ends, where all others lie on one side.
    const reach = Math.max(1, Math.min(NEIGHBOURS, index, ordered.length - 1 - index));
    const near = ordered.slice(Math.max(0, index - reach), index + reach + 1).map((item) => item.value);
    return { value, offset: value - middle(near.sort((a, b) => a - b)) };
  });
}

/** A value this near to the ones beside it, as a share of the range of all, is never clipped. */
const SMALL_OFFSET = 0.02;

/** The values in order without those far from the ones near them. */
function clipped(
  values: readonly DisplayValue[],
  { clipSigma, clipIterations }: DisplayRangeOptions,
): number[] {
  let kept = offsets(values);
  const all = values.map(({ value }) => value);
  const small = SMALL_OFFSET * (Math.max(...all) - Math.min(...all));
  for (let round = 0; round < clipIterations && kept.length > 0; round++) {
    const center = middle(kept.map(({ offset }) => offset).sort((a, b) => a - b));
    const deviation = Math.sqrt(
      kept.reduce((sum, { offset }) => sum + (offset - center) ** 2, 0) / kept.length,
    );
    const reach = Math.max(clipSigma * deviation, small);
    const left = kept.filter(({ offset }) => Math.abs(offset - center) <= reach);
    if (left.length === kept.length) break;
    kept = left;
  }
  return kept.map(({ value }) => value).sort((a, b) => a - b);
}

/**
 * The range of an axis: percentiles of the values that are good, or upper limits when few are good, after clipping, with
 * some air. With `withZero`, for fluxes, zero and the upper limits that are near are in it.
 */
export function displayRange(
  values: readonly DisplayValue[],
  options: DisplayRangeOptions,
  withZero: boolean,
): Range {
  const of = (...standings: DisplayValue["standing"][]) =>
    values.filter((item) => standings.includes(item.standing));
  const choices = [of("good"), of("good", "upper_limit"), of("good", "upper_limit", "rejected")];
  const shown = choices.find((choice) => choice.length >= 3) ?? choices[2]!;
  const sorted = clipped(shown, options);
  if (sorted.length === 0) return [0, 1];
  let low = percentile(sorted, options.percentileMin);
  let high = percentile(sorted, options.percentileMax);
  if (withZero && low > 0 && low < ZERO_REACH * high) low = 0;
  const limit = high + LIMIT_REACH * (high - low);
  for (const { value } of of("upper_limit")) if (withZero && value > high && value <= limit) high = value;
  if (!(high > low)) return [low - (Math.abs(low) / 2 || 1), high + (Math.abs(high) / 2 || 1)];
  return paddedRange([low, high], options.paddingFraction);
}
