import { INK_COLOR, MUTED_COLOR } from "./palette.ts";
import { rounded, textSvg } from "./svg_text.ts";

/** The pulls of one band. */
export interface PullHistogram {
  /** Name of the band. */
  readonly title: string;
  /** Colour of the bars. */
  readonly color: string;
  /** Differences over their errors. */
  readonly pulls: readonly number[];
  /** Their mean; null without any. */
  readonly mean: number | null;
  /** Their width; null below two. */
  readonly pullWidth: number | null;
  /** Width with margins. */
  readonly width: number;
  /** Height with margins. */
  readonly height: number;
}

/** The histogram ends here on both sides; what lies beyond is counted in its last bin. */
const REACH = 5;
const BIN_WIDTH = 0.5;
const MARGIN = 6;
const TOP = 30;
const BOTTOM = 24;

/** Draws a histogram of pulls as SVG markup with the unit normal distribution of as many values over it. */
export function pullHistogramSvg(histogram: PullHistogram): string {
  const { width, height, pulls, color } = histogram;
  const counts = new Array<number>(2 * REACH / BIN_WIDTH).fill(0);
  for (const pull of pulls) {
    const bin = Math.floor((pull + REACH) / BIN_WIDTH);
    counts[Math.min(counts.length - 1, Math.max(0, bin))]!++;
  }
  const normal = (pull: number) =>
    pulls.length * BIN_WIDTH * Math.exp(-pull * pull / 2) / Math.sqrt(2 * Math.PI);
  const highest = Math.max(normal(0), ...counts) || 1;
  const [innerWidth, innerHeight] = [width - 2 * MARGIN, height - TOP - BOTTOM];
  const x = (pull: number) => MARGIN + (pull + REACH) / (2 * REACH) * innerWidth;
  const y = (count: number) => TOP + innerHeight * (1 - 0.94 * count / highest);
  const bars = counts.map((count, bin) => {
    if (count === 0) return "";
    const left = x(bin * BIN_WIDTH - REACH);
    return `M${rounded(left)},${rounded(y(0))}V${rounded(y(count))}H${
      rounded(left + BIN_WIDTH / (2 * REACH) * innerWidth)
    }V${rounded(y(0))}Z`;
  });
  const curve = Array.from({ length: 81 }, (_, n) => {
    const pull = -4 + n / 10;
    return `${n === 0 ? "M" : "L"}${rounded(x(pull))},${rounded(y(normal(pull)))}`;
  });
  return [
    headSvg(histogram),
    `<path d="${bars.join("")}" fill="${color}" fill-opacity="0.55" stroke="${color}" stroke-width="0.6"/>`,
    pulls.length === 0
      ? ""
      : `<path d="${curve.join("")}" fill="none" stroke="${INK_COLOR}" stroke-width="1"/>`,
    `<rect x="${MARGIN}" y="${TOP}" width="${rounded(innerWidth)}" height="${
      rounded(innerHeight)
    }" fill="none" `,
    `stroke="${INK_COLOR}" stroke-width="0.9"/>`,
    ...[-4, -2, 0, 2, 4].map((tick) => tickSvg(tick, x(tick), TOP + innerHeight)),
  ].join("");
}

function headSvg({ title, pulls, mean, pullWidth, width }: PullHistogram): string {
  const numbers = mean === null
    ? "no pair"
    : `${mean.toFixed(2).replace("-", "\u2212")}, \u03c3 ${pullWidth?.toFixed(2) ?? "\u2013"}`;
  return textSvg(MARGIN, 12, title, { size: 11, bold: true }) +
    textSvg(width - MARGIN, 12, String(pulls.length), { size: 10, color: MUTED_COLOR, anchor: "end" }) +
    textSvg(MARGIN, 25, numbers, { size: 10, color: MUTED_COLOR });
}

function tickSvg(value: number, x: number, y: number): string {
  return `<path d="M${rounded(x)},${rounded(y)}v4" stroke="${INK_COLOR}"/>` +
    textSvg(x, y + 16, String(value).replace("-", "\u2212"), { size: 10, anchor: "middle" });
}
