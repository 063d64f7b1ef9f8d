import { qaSummaryPlotSvg } from "../plot/qa_summary_plot.ts";
import { svgToPng } from "../plot/raster.ts";
import { sedPlotSvg } from "../plot/sed_plot.ts";
import type { SpectrumPoint } from "../plot/spectrum_point.ts";

/** What the figures of one source are drawn from; plain data, so that it can be sent to a worker. */
export interface SourceFiguresInput {
  /** Name of the source, for the titles. */
  readonly sourceName: string;
  /** Its points, sorted by wavelength. */
  readonly points: readonly SpectrumPoint[];
  /** Whether the quality summary is drawn as well. */
  readonly qaSummary: boolean;
}

/** The figures of one source. */
export interface SourceFigures {
  /** The spectrum as SVG. */
  readonly sedSvg: string;
  /** The spectrum as PNG. */
  readonly sedPng: Uint8Array<ArrayBuffer>;
  /** The quality summary as PNG; null when it was not asked for. */
  readonly qaSummaryPng: Uint8Array<ArrayBuffer> | null;
}

/** Something that draws the figures of a source: this thread, or a worker behind a pool. */
export type FigureRenderer = (input: SourceFiguresInput) => Promise<SourceFigures>;

/** How the published figures become PNG: 7 inches wide at 150 dots per inch. */
const PNG_OPTIONS = { widthPixels: 1050, dotsPerInch: 150 } as const;

/** Draws the figures of one source in this thread. */
export async function renderSourceFigures(input: SourceFiguresInput): Promise<SourceFigures> {
  const { sourceName } = input;
  const sedSvg = sedPlotSvg(input.points, { sourceName });
  return {
    sedSvg,
    sedPng: await svgToPng(sedSvg, PNG_OPTIONS),
    qaSummaryPng: input.qaSummary
      ? await svgToPng(qaSummaryPlotSvg(input.points, { sourceName }), PNG_OPTIONS)
      : null,
  };
}
