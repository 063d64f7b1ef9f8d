import { BAND_STYLES, INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import { countStandings, type SpectrumPoint } from "./spectrum_point.ts";
import { rounded, type TextStyle, textSvg } from "./svg_text.ts";
import { fittedText, textWidth } from "./text_width.ts";

/** Height of the header above the panels of a figure. */
export const HEADER_HEIGHT = 46;

const TITLE: TextStyle = { size: 14, bold: true };
const ENTRY: TextStyle = { size: 10.5, color: MUTED_COLOR };
const LEFT = 62;
const RIGHT = 14;
const TITLE_BASELINE = 20;
const LEGEND_BASELINE = 38;

/** What a header says. */
export interface FigureHeader {
  /** Name of the source, cut to fit. */
  readonly sourceName: string;
  /** All points of the source, drawn or not. */
  readonly points: readonly SpectrumPoint[];
  /** What a triangle stands for in this figure. */
  readonly triangleMeaning: string;
  /** Points drawn as arrows at the edge of an axis. */
  readonly beyondCount: number;
  /** Points without a place on an axis of logarithms; none when left out. */
  readonly belowZeroCount?: number;
  /** Means of channels that are drawn; none when left out. */
  readonly binnedCount?: number;
  /** What was done to the numbers; nothing when left out. */
  readonly note?: string;
  /** Width of the figure. */
  readonly width: number;
}

/** The title and, below it, the legend of symbols with the number of points of each kind. */
export function figureHeader(header: FigureHeader): string {
  const count = header.points.length;
  const measurements = `${count.toLocaleString("en-US")} ${count === 1 ? "measurement" : "measurements"}`;
  const total = header.note === undefined ? measurements : `${header.note}; ${measurements}`;
  const titleWidth = header.width - LEFT - RIGHT - 16 - textWidth(total, ENTRY.size);
  const title = fittedText(header.sourceName, titleWidth, TITLE.size, true);
  const markup = [
    textSvg(LEFT, TITLE_BASELINE, title, TITLE),
    textSvg(header.width - RIGHT, TITLE_BASELINE, total, { ...ENTRY, anchor: "end" }),
  ];
  let x = LEFT;
  for (const { symbol, text } of legendEntries(header)) {
    if (symbol !== undefined) {
      markup.push(symbol(x + 4, LEGEND_BASELINE - 3.8));
      x += 12;
    }
    markup.push(textSvg(x, LEGEND_BASELINE, text, ENTRY));
    x += textWidth(text, ENTRY.size) + 16;
  }
  return markup.join("");
}

function legendEntries(header: FigureHeader): LegendEntry[] {
  const { points, triangleMeaning, beyondCount, belowZeroCount = 0, binnedCount = 0 } = header;
  const counts = countStandings(points);
  const entries: LegendEntry[] = [
    { symbol: scienceSymbol, text: `science ${counts.science}` },
    { symbol: limitSymbol, text: `${triangleMeaning} ${counts.upper_limit}` },
    { symbol: rejectedSymbol, text: `not recommended ${counts.rejected}` },
  ];
  if (counts.unmeasured > 0) entries.push({ text: `without flux ${counts.unmeasured}` });
  if (beyondCount > 0) entries.push({ text: `\u2191\u2193 beyond the axis ${beyondCount}` });
  if (belowZeroCount > 0) entries.push({ text: `below zero ${belowZeroCount}` });
  if (binnedCount > 0) entries.push({ symbol: meanSymbol, text: `channels ${binnedCount}` });
  return entries;
}

interface LegendEntry {
  readonly symbol?: (x: number, y: number) => string;
  readonly text: string;
}

function scienceSymbol(x: number, y: number): string {
  // Six slices in the colours of the bands: filled is what counts, whatever the colour.
  return BAND_STYLES.map(({ color }, index) => slice(x, y, 4, index / 6, (index + 1) / 6, color)).join("");
}

function slice(x: number, y: number, radius: number, from: number, to: number, color: string): string {
  const corner = (turn: number) =>
    `${rounded(x + radius * Math.sin(2 * Math.PI * turn))},${
      rounded(y - radius * Math.cos(2 * Math.PI * turn))
    }`;
  return `<path d="M${rounded(x)},${rounded(y)}L${corner(from)}A${radius},${radius},0,0,1,${
    corner(to)
  }Z" fill="${color}"/>`;
}

function meanSymbol(x: number, y: number): string {
  return `<path d="M${rounded(x - 4.5)},${rounded(y)}h9" stroke="${INK_COLOR}" stroke-width="1.4"/>` +
    `<rect x="${rounded(x - 2)}" y="${rounded(y - 2)}" width="4" height="4" fill="${INK_COLOR}"/>`;
}

function limitSymbol(x: number, y: number): string {
  const points = `${rounded(x - 3.6)},${rounded(y - 2.6)} ${rounded(x + 3.6)},${rounded(y - 2.6)} ${
    rounded(x)
  },${rounded(y + 3.6)}`;
  return `<polygon points="${points}" fill="#ffffff" stroke="${INK_COLOR}" stroke-width="1.1"/>`;
}

function rejectedSymbol(x: number, y: number): string {
  return `<circle cx="${rounded(x)}" cy="${
    rounded(y)
  }" r="2.8" fill="#ffffff" stroke="${REJECTED_COLOR}" stroke-width="1.1"/>`;
}
