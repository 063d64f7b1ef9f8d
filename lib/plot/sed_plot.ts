import { figureSvg } from "./figure.ts";
import { figureHeader, HEADER_HEIGHT } from "./figure_header.ts";
import { type ChannelMean, fluxAxis, type FluxScale } from "./flux_axis.ts";
import { drawablePoints, fluxOrLimit, wavelengthRange } from "./panel_range.ts";
import { countBeyond, type SpectrumPanel, spectrumPanelSvg } from "./spectrum_panel.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";

/** What a spectrum plot says beside its points. */
export interface SedPlotOptions {
  /** Name of the source, for the title. */
  readonly sourceName: string;
  /** How fluxes are shown. @default {"linear"} */
  readonly scale?: FluxScale;
  /** Means of channels to draw over the measurements; none when absent. */
  readonly binned?: readonly ChannelMean[];
  /** What was done to the numbers, beside the count of measurements. */
  readonly note?: string;
}

/** Width of a spectrum plot: 7 inches, 96 units to the inch. */
export const FIGURE_WIDTH = 672;

const FIGURE_HEIGHT = 384;

/**
 * Draws a spectrum as SVG, 7 by 4 inches: flux density against wavelength.
 *
 * Points fit for science are filled in the colour of their band, clean non-detections are open triangles at their
 * three-sigma upper limit, points that carry a blocking flag are open and grey. Bars show the standard error and
 * the bandwidth. Means of channels, when given, are black squares with their errors and the widths of the channels, over
 * paler points. The flux axis shows all but lone wild points; an arrow at the edge stands for each point beyond.
 * Without any point that can be drawn the plot says so. Equal input gives equal text.
 */
export function sedPlotSvg(points: readonly SpectrumPoint[], options: SedPlotOptions): string {
  const drawable = drawablePoints(points);
  const measured = drawable.map(fluxOrLimit);
  const axis = fluxAxis(measured, options.binned, options.scale ?? "linear");
  const panel: SpectrumPanel = {
    ...axis,
    wavelengthRange: wavelengthRange(drawable),
    bandNames: true,
    wavelengthAxis: true,
    width: FIGURE_WIDTH,
    height: FIGURE_HEIGHT - HEADER_HEIGHT,
    emptyMessage: measured.length > 0 ? "No flux is positive" : emptyMessage(points),
  };
  const header = figureHeader({
    sourceName: options.sourceName,
    points,
    triangleMeaning: "3\u03c3 upper limit",
    beyondCount: countBeyond(panel),
    belowZeroCount: measured.length - axis.points.length,
    ...(options.binned === undefined ? {} : { binnedCount: options.binned.length }),
    ...(options.note === undefined ? {} : { note: options.note }),
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
