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
const LABEL_BASELINE_ALONE = 14;
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

/** Draws the meaning of a panel's colours: a map, the width, the values at its ends and their unit. */
export type ColorScale = (map: ColorMapName, width: number, range: Range, unit: string) => string;

/** The values at the ends of a colour map and the unit between them, without the bar. */
export function colorRangeSvg(_map: ColorMapName, width: number, range: Range, unit: string): string {
  return labelsSvg(width, range, unit, LABEL_BASELINE_ALONE);
}

/** A bar of a colour map with the values at its ends and the unit in the middle; 30 units high. */
export function colorBarSvg(map: ColorMapName, width: number, range: Range, unit: string): string {
  return [
    `<rect y="${BAR_TOP}" width="${rounded(width)}" height="${BAR_HEIGHT}" fill="url(#map-${map})"/>`,
    labelsSvg(width, range, unit, LABEL_BASELINE),
  ].join("");
}

function labelsSvg(width: number, range: Range, unit: string, baseline: number): string {
  const style = { size: LABEL_SIZE, color: MUTED_COLOR };
  return [
    textSvg(0, baseline, numberText(range[0]), style),
    textSvg(width / 2, baseline, unit, { ...style, anchor: "middle" }),
    textSvg(width, baseline, numberText(range[1]), { ...style, anchor: "end" }),
  ].join("");
}
