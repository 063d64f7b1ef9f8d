import { BAND_STYLES, INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import { countStandings, type SpectrumPoint } from "./spectrum_point.ts";
import { approximateTextWidth, fittedText, rounded, type TextStyle, textSvg } from "./svg_text.ts";

/** Height of the header above the panels of a figure. */
export const HEADER_HEIGHT = 46;

const TITLE: TextStyle = { size: 14, bold: true };
const ENTRY: TextStyle = { size: 10.5, color: MUTED_COLOR };
const LEFT = 62;
const TITLE_BASELINE = 20;
const LEGEND_BASELINE = 38;

/** The title and, below it, the legend of symbols with the number of points of each kind. */
export function figureHeader(sourceName: string, points: readonly SpectrumPoint[], width: number): string {
  const counts = countStandings(points);
  const total = `${points.length} ${points.length === 1 ? "measurement" : "measurements"}`;
  const titleWidth = width - LEFT - 24 - approximateTextWidth(total, ENTRY);
  const markup = [
    textSvg(LEFT, TITLE_BASELINE, fittedText(sourceName, titleWidth, TITLE), TITLE),
    textSvg(width - 14, TITLE_BASELINE, total, { ...ENTRY, anchor: "end" }),
  ];
  const entries: LegendEntry[] = [
    { symbol: scienceSymbol, text: `science ${counts.science}` },
    { symbol: limitSymbol, text: `3\u03c3 upper limit ${counts.upper_limit}` },
    { symbol: rejectedSymbol, text: `not recommended ${counts.rejected}` },
  ];
  if (counts.unmeasured > 0) entries.push({ text: `without flux ${counts.unmeasured}` });
  let x = LEFT;
  for (const { symbol, text } of entries) {
    if (symbol !== undefined) {
      markup.push(symbol(x + 4, LEGEND_BASELINE - 3.8));
      x += 13;
    }
    markup.push(textSvg(x, LEGEND_BASELINE, text, ENTRY));
    x += approximateTextWidth(text, ENTRY) + 12;
  }
  return markup.join("");
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
