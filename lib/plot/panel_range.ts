import { paddedRange, type Range, type RangeValue, rangeWith, robustRange } from "./robust_range.ts";
import type { PanelPoint } from "./spectrum_panel.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";

/** The points that have a wavelength and a flux. */
export function drawablePoints(points: readonly SpectrumPoint[]): SpectrumPoint[] {
  return points.filter((point) =>
    point.standing !== "unmeasured" && Number.isFinite(point.wavelengthMicron) &&
    Number.isFinite(point.fluxMicroJy)
  );
}

/** Where a spectrum shows a point: at its upper limit without bars, or at its flux with its error. */
export function fluxOrLimit(point: SpectrumPoint): PanelPoint {
  const isLimit = point.standing === "upper_limit" && Number.isFinite(point.upperLimitMicroJy);
  return isLimit
    ? { ...panelPoint(point, point.upperLimitMicroJy), yError: 0 }
    : panelPoint(point, point.fluxMicroJy, point.fluxErrorMicroJy);
}

/** A point at a value, with its bandwidth and, if one is given, its error. */
export function panelPoint(point: SpectrumPoint, value: number, error = 0): PanelPoint {
  return {
    x: point.wavelengthMicron,
    xHalf: Number.isFinite(point.bandwidthMicron) ? point.bandwidthMicron / 2 : 0,
    y: value,
    yError: Number.isFinite(error) ? error : 0,
    point,
  };
}

/** The wavelengths that SPHEREx sees, widened where a point lies outside of them. */
export function wavelengthRange(points: readonly SpectrumPoint[]): Range {
  return points.reduce<Range>((range, point) => rangeWith(range, point.wavelengthMicron), [0.68, 5.07]);
}

/** How far beyond the points that count, in widths of their range, a rejected point still widens the axis. */
const REJECTED_REACH = 0.35;

/** The range of a flux axis: that of the points that count, near rejected ones, zero, and some air. */
export function fluxRange(points: readonly PanelPoint[]): Range {
  const counting = points.filter((item) => item.point.standing !== "rejected");
  const range = robustRange((counting.length >= 5 ? counting : points).map(rangeValue));
  if (range === undefined) return [-1, 1];
  const [low, high] = paddedRange(rangeWith(range, 0), REJECTED_REACH);
  const near = points.filter((item) => item.y >= low && item.y <= high);
  return paddedRange(near.reduce((wider, item) => rangeWith(wider, item.y), rangeWith(range, 0)), 0.06);
}

/** A point as a value that the range of an axis should show. */
export function rangeValue(item: PanelPoint): RangeValue {
  return { position: item.x, reach: 2 * item.xHalf, value: item.y, error: item.yError };
}
