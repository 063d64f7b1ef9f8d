import { figureSvg } from "./figure.ts";
import { figureHeader, HEADER_HEIGHT } from "./figure_header.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { paddedRange, type Range, rangeWith } from "./robust_range.ts";
import {
  drawablePoints,
  FIGURE_WIDTH,
  fluxRange,
  panelPoint,
  pointsRange,
  type SedPlotOptions,
  wavelengthRange,
} from "./sed_plot.ts";
import { type PanelPoint, type SpectrumPanel, spectrumPanelSvg } from "./spectrum_panel.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";

const PANEL_HEIGHT = 190;
const FIRST_EXTRA = 14;
const LAST_EXTRA = 30;

/** What one panel of the summary shows of a point. */
interface Quantity {
  readonly label: string;
  readonly points: readonly PanelPoint[];
  readonly range: Range;
  readonly references: readonly number[];
}

/**
 * Draws the quality summary of a spectrum as SVG, 7 inches wide: signed flux density, signal-to-noise ratio and
 * fit quality against wavelength, with the symbols of {@linkcode sedPlotSvg}.
 *
 * Lines mark zero, the detection threshold of three sigma, and the fit quality of three beyond which a fit is not
 * trusted. Non-detections stand at their flux here, not at their limit. Equal input gives equal text.
 */
export function qaSummaryPlotSvg(points: readonly SpectrumPoint[], options: SedPlotOptions): string {
  const drawable = drawablePoints(points);
  const quantities = [fluxQuantity(drawable), noiseQuantity(drawable), fitQuantity(drawable)];
  const heights = quantities.map((_, i) =>
    PANEL_HEIGHT + (i === 0 ? FIRST_EXTRA : 0) + (i === quantities.length - 1 ? LAST_EXTRA : 0)
  );
  const parts = [{ x: 0, y: 0, markup: figureHeader(options.sourceName, points, FIGURE_WIDTH) }];
  let y = HEADER_HEIGHT;
  for (const [i, quantity] of quantities.entries()) {
    const panel: SpectrumPanel = {
      ...quantity,
      wavelengthRange: wavelengthRange(drawable),
      bandNames: i === 0,
      wavelengthAxis: i === quantities.length - 1,
      width: FIGURE_WIDTH,
      height: heights[i]!,
    };
    parts.push({ x: 0, y, markup: spectrumPanelSvg(panel) });
    y += heights[i]!;
  }
  return figureSvg({
    width: FIGURE_WIDTH,
    height: y,
    description: `Quality of the spectrum of ${options.sourceName}: ${points.length} measurements`,
    parts,
  });
}

function fluxQuantity(points: readonly SpectrumPoint[]): Quantity {
  const items = points.map((point) => panelPoint(point, point.fluxMicroJy, point.fluxErrorMicroJy));
  const range = fluxRange(items);
  const { symbol, microJy } = fluxUnitFor(Math.max(Math.abs(range[0]), Math.abs(range[1])));
  return {
    label: `Flux density (${symbol})`,
    points: items.map((item) => ({ ...item, y: item.y / microJy, yError: item.yError / microJy })),
    range: [range[0] / microJy, range[1] / microJy],
    references: [0],
  };
}

function noiseQuantity(points: readonly SpectrumPoint[]): Quantity {
  return quantity("Signal-to-noise ratio", points, (point) => point.signalToNoise, [-1, 4], [0, 3]);
}

function fitQuantity(points: readonly SpectrumPoint[]): Quantity {
  return quantity("Fit quality (|r|/\u03c3)", points, (point) => point.fitQuality, [0, 3.2], [3]);
}

function quantity(
  label: string,
  points: readonly SpectrumPoint[],
  value: (point: SpectrumPoint) => number,
  least: Range,
  references: readonly number[],
): Quantity {
  const items = points.map((point) => ({ ...panelPoint(point, value(point)), xHalf: 0 }))
    .filter((item) => Number.isFinite(item.y));
  const range = pointsRange(items) ?? least;
  const padded = paddedRange(rangeWith(rangeWith(range, least[0]), least[1]), 0.04);
  return { label, points: items, range: [least[0] === 0 ? 0 : padded[0], padded[1]], references };
}
