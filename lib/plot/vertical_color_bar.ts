import { type ColorMap, hexColor } from "./color_map.ts";
import { INK_COLOR } from "./palette.ts";
import { numberText } from "./number_text.ts";
import type { Range } from "./robust_range.ts";
import { escapeXml, rounded, textSvg } from "./svg_text.ts";

/** A colour bar beside a panel. */
export interface VerticalColorBar {
  /** Name of its gradient, unique in the figure. */
  readonly id: string;
  /** The colours. */
  readonly map: ColorMap;
  /** The values at its lower and upper end. */
  readonly range: Range;
  /** Name and unit. */
  readonly label: string;
  /** Height of the bar. */
  readonly height: number;
}

const BAR_WIDTH = 12;

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them in the range. */
function niceTicks([low, high]: Range, count: number): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

/** Draws a colour bar as SVG markup: bar, ticks and the name along it. */
export function verticalColorBar({ id, map, range, label, height }: VerticalColorBar): string {
  const stops = map.map((color, i) =>
    `<stop offset="${rounded(i / (map.length - 1))}" stop-color="${hexColor(color)}"/>`
  );
  const ticks = niceTicks(range, 5).map((value) => {
    const y = height * (1 - (value - range[0]) / (range[1] - range[0]));
    return `<path d="M${BAR_WIDTH},${rounded(y)}h4" stroke="${INK_COLOR}"/>` +
      textSvg(BAR_WIDTH + 7, y + 4, value === 0 ? "0" : numberText(value, 3).replace(/\.0+$/, ""), {
        size: 11,
      });
  });
  return [
    `<defs><linearGradient id="bar-${id}" x1="0" y1="1" x2="0" y2="0">${
      stops.join("")
    }</linearGradient></defs>`,
    `<rect width="${BAR_WIDTH}" height="${
      rounded(height)
    }" fill="url(#bar-${id})" stroke="${INK_COLOR}" stroke-width="0.8"/>`,
    ...ticks,
    `<text transform="translate(${BAR_WIDTH + 50},${
      rounded(height / 2)
    }) rotate(-90)" text-anchor="middle" font-size="12">${escapeXml(label)}</text>`,
  ].join("");
}
