import { type ColorMap, DIVERGING_MAP, hexColor, SEQUENTIAL_MAP } from "./color_map.ts";
import { MUTED_COLOR } from "./palette.ts";
import { numberText } from "./number_text.ts";
import type { Range } from "./robust_range.ts";
import { rounded, textSvg } from "./svg_text.ts";

/** A colour map that a drawing may refer to. */
export type ColorMapName = "sequential" | "diverging";

const MAPS: Readonly<Record<ColorMapName, ColorMap>> = {
  sequential: SEQUENTIAL_MAP,
  diverging: DIVERGING_MAP,
};

const BAR_TOP = 7;
const BAR_HEIGHT = 7;
const LABEL_BASELINE = 27;
const LABEL_SIZE = 9.5;

/** The gradients that colour bars of one drawing refer to. */
export function gradientDefinitions(): string {
  const gradients = Object.entries(MAPS).map(([name, map]) =>
    `<linearGradient id="map-${name}">${stops(map)}</linearGradient>`
  );
  return `<defs>${gradients.join("")}</defs>`;
}

function stops(map: ColorMap): string {
  return map.map((color, i) =>
    `<stop offset="${rounded(i / (map.length - 1))}" stop-color="${hexColor(color)}"/>`
  )
    .join("");
}

/** A bar of a colour map with the values at its ends and the unit in the middle; 30 units high. */
export function colorBarSvg(map: ColorMapName, width: number, range: Range, unit: string): string {
  const style = { size: LABEL_SIZE, color: MUTED_COLOR };
  return [
    `<rect y="${BAR_TOP}" width="${rounded(width)}" height="${BAR_HEIGHT}" fill="url(#map-${map})"/>`,
    textSvg(0, LABEL_BASELINE, numberText(range[0]), style),
    textSvg(width / 2, LABEL_BASELINE, unit, { ...style, anchor: "middle" }),
    textSvg(width, LABEL_BASELINE, numberText(range[1]), { ...style, anchor: "end" }),
  ].join("");
}
