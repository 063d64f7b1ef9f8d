import { figureSvg } from "./figure.ts";
import { figureHeader, HEADER_HEIGHT } from "./figure_header.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { paddedRange, type Range, type RangeValue, rangeWith, robustRange } from "./robust_range.ts";
import { countBeyond, type PanelPoint, type SpectrumPanel, spectrumPanelSvg } from "./spectrum_panel.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";

/** What a spectrum plot says beside its points. */
export interface SedPlotOptions {
  /** Name of the source, for the title. */
  readonly sourceName: string;
}

/** Width of a spectrum plot: 7 inches, 96 units to the inch. */
export const FIGURE_WIDTH = 672;

const FIGURE_HEIGHT = 384;

/**
 * Draws a spectrum as SVG, 7 by 4 inches: flux density against wavelength.
 *
 * Points fit for science are filled in the colour of their band, clean non-detections are open triangles at their
 * three-sigma upper limit, points that carry a blocking flag are open and grey. Bars show the standard error and
 * the bandwidth. The flux axis shows all but lone wild points; an arrow at the edge stands for each point beyond.
 * Without any point that can be drawn the plot says so. Equal input gives equal text.
 */
export function sedPlotSvg(points: readonly SpectrumPoint[], options: SedPlotOptions): string {
  const drawable = drawablePoints(points);
  const measured = drawable.map(fluxOrLimit);
  const range = fluxRange(measured);
  const unit = fluxUnitFor(Math.max(Math.abs(range[0]), Math.abs(range[1])));
  const panel: SpectrumPanel = {
    points: measured.map((item) => ({
      ...item,
      y: item.y / unit.microJy,
      yError: item.yError / unit.microJy,
    })),
    wavelengthRange: wavelengthRange(drawable),
    range: [range[0] / unit.microJy, range[1] / unit.microJy],
    label: `Flux density (${unit.symbol})`,
    references: [0],
    bandNames: true,
    wavelengthAxis: true,
    width: FIGURE_WIDTH,
    height: FIGURE_HEIGHT - HEADER_HEIGHT,
    emptyMessage: emptyMessage(points),
  };
  const header = figureHeader({
    sourceName: options.sourceName,
    points,
    triangleMeaning: "3\u03c3 upper limit",
    beyondCount: countBeyond(panel),
    width: FIGURE_WIDTH,
  });
  return figureSvg({
    width: FIGURE_WIDTH,
    height: FIGURE_HEIGHT,
    description: `Spectrum of ${options.sourceName}: ${points.length} measurements`,
    parts: [
      { x: 0, y: 0, markup: header },
      { x: 0, y: HEADER_HEIGHT, markup: spectrumPanelSvg(panel) },
    ],
  });
}

/** What a figure says in place of points when there is none to draw. */
export function emptyMessage(points: readonly SpectrumPoint[]): string {
  if (points.length === 0) return "No measurements";
  return points.length === 1
    ? "The measurement has no flux"
    : `None of ${points.length} measurements has a flux`;
}

/** The points that have a wavelength and a flux. */
export function drawablePoints(points: readonly SpectrumPoint[]): SpectrumPoint[] {
  return points.filter((point) =>
    point.standing !== "unmeasured" && Number.isFinite(point.wavelengthMicron) &&
    Number.isFinite(point.fluxMicroJy)
  );
}

/** Where a spectrum shows a point: at its upper limit without bars, or at its flux with its error. */
function fluxOrLimit(point: SpectrumPoint): PanelPoint {
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
