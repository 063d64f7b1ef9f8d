/** A value that a range should show. */
export interface RangeValue {
  /** Where it stands along the other axis; values near each other there may support each other. */
  readonly position: number;
  /** How near another value must be to support it. */
  readonly reach: number;
  /** The value. */
  readonly value: number;
  /** Its standard error; NaN or 0 for none. */
  readonly error: number;
}

/** Ends of an axis. */
export type Range = readonly [low: number, high: number];

/** Part of the values at each end that never decides what is usual. */
const TAIL_FRACTION = 0.05;

/** How many usual spans beyond the usual values a lone value may lie and still stretch the axis. */
const FENCE_SPANS = 2;

/**
 * The range of an axis that shows the values but is not stretched by a lone wild one.
 *
 * What lies more than two usual spans beyond the inner 90 % decides nothing, unless another value within reach
 * lies out there too: a spectral line is seen more than once, a cosmic ray is not. Returns undefined when there is
 * no finite value. A range of no width gets one around its value.
 */
export function robustRange(values: readonly RangeValue[]): Range | undefined {
  const finite = values.filter((item) => Number.isFinite(item.value));
  if (finite.length === 0) return undefined;
  const sorted = finite.map((item) => item.value).sort((a, b) => a - b);
  const tail = sorted.length < 5 ? 0 : Math.max(1, Math.floor(TAIL_FRACTION * sorted.length));
  const innerLow = sorted[tail]!;
  const innerHigh = sorted[sorted.length - 1 - tail]!;
  const span = innerHigh - innerLow || Math.abs(innerHigh) || 1;
  const fence: Range = [innerLow - FENCE_SPANS * span, innerHigh + FENCE_SPANS * span];
  const isOutside = ({ value }: RangeValue) => value < fence[0] || value > fence[1];
  const outside = finite.filter(isOutside);
  const shown = finite.filter((item) => !isOutside(item) || isSupported(item, outside));
  let low = Infinity;
  let high = -Infinity;
  for (const { value, error } of shown) {
    const reach = Number.isFinite(error) ? Math.min(Math.abs(error), span) : 0;
    low = Math.min(low, value - reach);
    high = Math.max(high, value + reach);
  }
  if (high > low) return [low, high];
  const half = Math.abs(low) / 2 || 1;
  return [low - half, low + half];
}

/** Whether another far value stands near this one, on the same side and at least half as far. */
function isSupported(item: RangeValue, outside: readonly RangeValue[]): boolean {
  return outside.some((other) =>
    other !== item && Math.abs(other.position - item.position) <= item.reach &&
    Math.sign(other.value) === Math.sign(item.value) && Math.abs(other.value) >= Math.abs(item.value) / 2
  );
}

/** The range widened by a fraction of its width at each end. */
export function paddedRange(range: Range, fraction: number): Range {
  const pad = fraction * (range[1] - range[0]);
  return [range[0] - pad, range[1] + pad];
}

/** The range widened so that it holds `value`. */
export function rangeWith(range: Range, value: number): Range {
  return [Math.min(range[0], value), Math.max(range[1], value)];
}
