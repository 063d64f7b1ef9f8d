import { type FigurePart, figureSvg } from "./figure.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { detectorColor, INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import { drawablePoints, fluxOrLimit, fluxRange } from "./panel_range.ts";
import { numberText } from "./number_text.ts";
import type { Range } from "./robust_range.ts";
import type { PanelPoint } from "./spectrum_panel.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";
import { rounded, textSvg } from "./svg_text.ts";
import { fittedText } from "./text_width.ts";

/** The spectrum of one source. */
export interface OverviewSource {
  /** Name of the source. */
  readonly sourceName: string;
  /** Its points. */
  readonly points: readonly SpectrumPoint[];
}

/** What an overview page says beside its spectra. */
export interface OverviewOptions {
  /** First line. */
  readonly title: string;
  /** Number of the page, from 1. */
  readonly page: number;
  /** How many pages there are. */
  readonly pages: number;
}

/** Spectra on one page. */
export const OVERVIEW_PAGE_SOURCES = 24;

const COLUMNS = 4;
const WIDTH = 900;
const MARGIN = 24;
const GAP = 16;
const HEADER_HEIGHT = 40;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const PANEL_HEIGHT = 112;
const TITLE_HEIGHT = 18;
const FOOT_HEIGHT = 20;
const WAVELENGTHS: Range = [0.7, 5.05];

/**
 * Draws a page of small spectra as SVG, four in a row and 24 on a page, each with an axis of its own whose ends are
 * told: fluxes in the colours of the bands with their errors, upper limits as triangles, rejected points grey. Equal
 * input gives equal text.
 */
export function overviewPlotSvg(sources: readonly OverviewSource[], options: OverviewOptions): string {
  if (sources.length > OVERVIEW_PAGE_SOURCES) {
    throw new RangeError(`A page has room for ${OVERVIEW_PAGE_SOURCES} spectra, not ${sources.length}`);
  }
  const rowHeight = TITLE_HEIGHT + PANEL_HEIGHT + FOOT_HEIGHT;
  const rows = Math.max(1, Math.ceil(sources.length / COLUMNS));
  const parts: FigurePart[] = [{ x: 0, y: 0, markup: headerSvg(sources.length, options) }];
  for (const [n, source] of sources.entries()) {
    parts.push({
      x: MARGIN + n % COLUMNS * (PANEL_WIDTH + GAP),
      y: HEADER_HEIGHT + Math.floor(n / COLUMNS) * rowHeight,
      markup: panelSvg(source),
    });
  }
  return figureSvg({
    width: WIDTH,
    height: HEADER_HEIGHT + rows * rowHeight + 8,
    description: `Spectra of ${sources.length} sources, page ${options.page} of ${options.pages}`,
    parts,
  });
}

function headerSvg(count: number, { title, page, pages }: OverviewOptions): string {
  const text = count === 0
    ? "No sources"
    : `page ${page} of ${pages}; flux density over wavelength in \u00b5m`;
  return textSvg(MARGIN, 22, title, { size: 15, bold: true }) +
    textSvg(WIDTH - MARGIN, 22, text, { size: 10.5, color: MUTED_COLOR, anchor: "end" });
}

function panelSvg({ sourceName, points }: OverviewSource): string {
  const drawable = drawablePoints(points).map(fluxOrLimit);
  const range = fluxRange(drawable);
  const unit = fluxUnitFor(Math.max(Math.abs(range[0]), Math.abs(range[1])));
  const ends = drawable.length === 0
    ? "no flux"
    : `${numberText(range[0] / unit.microJy, 2)} to ${numberText(range[1] / unit.microJy, 2)} ${unit.symbol}`;
  const name = fittedText(sourceName, PANEL_WIDTH - 92, 11, true);
  return [
    textSvg(0, 12, name, { size: 11, bold: true }),
    textSvg(PANEL_WIDTH, 12, ends, { size: 9.5, color: MUTED_COLOR, anchor: "end" }),
    `<g transform="translate(0,${TITLE_HEIGHT})">`,
    zeroLine(range),
    ...pointsSvg(drawable, range),
    `<rect width="${
      rounded(PANEL_WIDTH)
    }" height="${PANEL_HEIGHT}" fill="none" stroke="${INK_COLOR}" stroke-width="0.8"/>`,
    ...[1, 2, 3, 4, 5].map(tickSvg),
    "</g>",
  ].join("");
}

function placeX(wavelengthMicron: number): number {
  return PANEL_WIDTH * (wavelengthMicron - WAVELENGTHS[0]) / (WAVELENGTHS[1] - WAVELENGTHS[0]);
}

function placeY(value: number, range: Range): number {
  const share = (value - range[0]) / (range[1] - range[0]);
  return PANEL_HEIGHT * (1 - Math.min(1, Math.max(0, share)));
}

function zeroLine(range: Range): string {
  if (range[0] > 0 || range[1] < 0) return "";
  return `<path d="M0,${rounded(placeY(0, range))}H${rounded(PANEL_WIDTH)}" stroke="${MUTED_COLOR}" ` +
    `stroke-width="0.7" stroke-dasharray="3 2"/>`;
}

function tickSvg(wavelength: number): string {
  const x = placeX(wavelength);
  return `<path d="M${rounded(x)},${PANEL_HEIGHT}v3" stroke="${INK_COLOR}" stroke-width="0.8"/>` +
    textSvg(x, PANEL_HEIGHT + 13, String(wavelength), { size: 9, color: MUTED_COLOR, anchor: "middle" });
}

/** All points of a colour as two paths: errors, and dots as short round strokes. */
function pointsSvg(points: readonly PanelPoint[], range: Range): string[] {
  const inside = points.filter(({ x }) => x >= WAVELENGTHS[0] && x <= WAVELENGTHS[1]);
  const groups = Map.groupBy(
    inside,
    ({ point }) => point.standing === "rejected" ? REJECTED_COLOR : detectorColor(point.detector),
  );
  const order = [...groups].sort(([a], [b]) => Number(b === REJECTED_COLOR) - Number(a === REJECTED_COLOR));
  return order.map(([color, items]) => {
    const bars = items.filter(({ yError }) => yError > 0).map(({ x, y, yError }) =>
      `M${rounded(placeX(x))},${rounded(placeY(y - yError, range))}V${rounded(placeY(y + yError, range))}`
    );
    const dots = items.filter(({ point }) => point.standing !== "upper_limit").map(({ x, y }) =>
      `M${rounded(placeX(x))},${rounded(placeY(y, range))}h0`
    );
    const limits = items.filter(({ point }) => point.standing === "upper_limit").map(({ x, y }) =>
      `M${rounded(placeX(x) - 2)},${rounded(placeY(y, range))}h4l-2,3.4z`
    );
    return `<path d="${bars.join("")}" stroke="${color}" stroke-width="0.7" stroke-opacity="0.55"/>` +
      `<path d="${dots.join("")}" stroke="${color}" stroke-width="2.8" stroke-linecap="round"/>` +
      `<path d="${limits.join("")}" fill="#ffffff" stroke="${color}" stroke-width="0.7"/>`;
  });
}
