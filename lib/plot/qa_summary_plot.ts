import { type FigurePart, figureSvg } from "./figure.ts";
import { figureHeader, HEADER_HEIGHT } from "./figure_header.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { paddedRange, type Range, rangeWith, robustRange } from "./robust_range.ts";
import { drawablePoints, fluxRange, panelPoint, rangeValue, wavelengthRange } from "./panel_range.ts";
import { emptyMessage, FIGURE_WIDTH, type SedPlotOptions } from "./sed_plot.ts";
import { countBeyond, type PanelPoint, type SpectrumPanel, spectrumPanelSvg } from "./spectrum_panel.ts";
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
  const panels = [fluxQuantity(drawable), noiseQuantity(drawable), fitQuantity(drawable)]
    .map((quantity, i): SpectrumPanel => ({
      ...quantity,
      wavelengthRange: wavelengthRange(drawable),
      bandNames: i === 0,
      wavelengthAxis: i === 2,
      width: FIGURE_WIDTH,
      height: PANEL_HEIGHT + (i === 0 ? FIRST_EXTRA : 0) + (i === 2 ? LAST_EXTRA : 0),
      emptyMessage: emptyMessage(points),
    }));
  const header = figureHeader({
    sourceName: options.sourceName,
    points,
    triangleMeaning: "non-detection",
    beyondCount: Math.max(...panels.map(countBeyond)),
    width: FIGURE_WIDTH,
  });
  const parts: FigurePart[] = [{ x: 0, y: 0, markup: header }];
  let y = HEADER_HEIGHT;
  for (const panel of panels) {
    parts.push({ x: 0, y, markup: spectrumPanelSvg(panel) });
    y += panel.height;
  }
  const description = `Quality of the spectrum of ${options.sourceName}: ${points.length} measurements`;
  return figureSvg({ width: FIGURE_WIDTH, height: y, description, parts });
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
  return quantity("Fit quality (median |r|/\u03c3)", points, (point) => point.fitQuality, [0, 3.2], [3]);
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
  const range = robustRange(items.map(rangeValue)) ?? least;
  const padded = paddedRange(rangeWith(rangeWith(range, least[0]), least[1]), 0.04);
  return { label, points: items, range: [least[0] === 0 ? 0 : padded[0], padded[1]], references };
}
