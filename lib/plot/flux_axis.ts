import { fluxUnitFor } from "./flux_unit.ts";
import { fluxRange } from "./panel_range.ts";
import { paddedRange, type Range, robustRange } from "./robust_range.ts";
import type { BinnedPoint, PanelPoint, SpectrumPanel } from "./spectrum_panel.ts";

/** How fluxes are shown: evenly, by powers of ten, or as AB magnitudes. */
export type FluxScale = "linear" | "log" | "magnitude";

/** The mean flux of a channel. */
export interface ChannelMean {
  /** Central wavelength of the channel, micron. */
  readonly wavelengthMicron: number;
  /** Width of the channel, micron. */
  readonly widthMicron: number;
  /** Mean flux, microjansky; signed. */
  readonly fluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly fluxErrorMicroJy: number;
}

/** The value axis of a spectrum with what is drawn on it. */
export type FluxAxis = Pick<SpectrumPanel, "points" | "range" | "label" | "references" | "axis" | "binned">;

/** AB magnitude of one microjansky (Oke and Gunn 1983: zero at 3631 Jy). */
const MAGNITUDE_OF_MICRO_JY = 23.9;
const MAGNITUDES_PER_E_FOLD = 2.5 / Math.LN10;

/**
 * Puts fluxes (microjansky) on an axis. Axes of logarithms and magnitudes have no place for fluxes below zero, which are
 * left out.
 */
export function fluxAxis(
  points: readonly PanelPoint[],
  means: readonly ChannelMean[] | undefined,
  scale: FluxScale,
): FluxAxis {
  const binned = means?.map((mean): BinnedPoint => ({
    x: mean.wavelengthMicron,
    xHalf: mean.widthMicron / 2,
    y: mean.fluxMicroJy,
    yError: mean.fluxErrorMicroJy,
  }));
  if (scale === "linear") return linearAxis(points, binned);
  const positive = points.filter(({ y }) => y > 0);
  const positiveBins = binned?.filter(({ y }) => y > 0);
  return scale === "log" ? logAxis(positive, positiveBins) : magnitudeAxis(positive, positiveBins);
}

function scaled<Point extends { readonly y: number; readonly yError: number }>(
  point: Point,
  unit: number,
): Point {
  return { ...point, y: point.y / unit, yError: point.yError / unit };
}

function withBinned(binned: readonly BinnedPoint[] | undefined): Pick<SpectrumPanel, "binned"> {
  return binned === undefined ? {} : { binned };
}

function linearAxis(points: readonly PanelPoint[], binned: readonly BinnedPoint[] | undefined): FluxAxis {
  const range = fluxRange(points);
  const unit = fluxUnitFor(Math.max(Math.abs(range[0]), Math.abs(range[1])));
  return {
    points: points.map((point) => scaled(point, unit.microJy)),
    range: [range[0] / unit.microJy, range[1] / unit.microJy],
    label: `Flux density (${unit.symbol})`,
    references: [0],
    ...withBinned(binned?.map((point) => scaled(point, unit.microJy))),
  };
}

function logAxis(points: readonly PanelPoint[], binned: readonly BinnedPoint[] | undefined): FluxAxis {
  const [low, high] = widened(logRange(points, Math.log10), 0.15);
  const range: Range = [10 ** low, 10 ** high];
  const unit = fluxUnitFor(range[1]);
  return {
    points: points.map((point) => scaled(point, unit.microJy)),
    range: [range[0] / unit.microJy, range[1] / unit.microJy],
    label: `Flux density (${unit.symbol})`,
    references: [],
    axis: "log",
    ...withBinned(binned?.map((point) => scaled(point, unit.microJy))),
  };
}

function magnitudeAxis(points: readonly PanelPoint[], binned: readonly BinnedPoint[] | undefined): FluxAxis {
  const range = widened(logRange(points, magnitudeOf), 0.3);
  const inMagnitudes = <Point extends { readonly y: number; readonly yError: number }>(
    point: Point,
  ): Point => ({
    ...point,
    y: magnitudeOf(point.y),
    yError: MAGNITUDES_PER_E_FOLD * point.yError / point.y,
  });
  return {
    points: points.map(inMagnitudes),
    range,
    label: "AB magnitude",
    references: [],
    axis: "reversed",
    ...withBinned(binned?.map(inMagnitudes)),
  };
}

function magnitudeOf(fluxMicroJy: number): number {
  return MAGNITUDE_OF_MICRO_JY - 2.5 * Math.log10(fluxMicroJy);
}

/** The range of the points that count, as the axis counts. */
function logRange(points: readonly PanelPoint[], place: (flux: number) => number): Range {
  const counting = points.filter(({ point }) => point.standing !== "rejected");
  const values = (counting.length >= 5 ? counting : points).map(({ x, xHalf, y }) => ({
    position: x,
    reach: 2 * xHalf,
    value: place(y),
    error: 0,
  }));
  return robustRange(values) ?? [0, 1];
}

/** The range with some air, and at least twice `half` wide. */
function widened(range: Range, half: number): Range {
  const middle = (range[0] + range[1]) / 2;
  const wide: Range = [Math.min(range[0], middle - half), Math.max(range[1], middle + half)];
  return paddedRange(wide, 0.06);
}
