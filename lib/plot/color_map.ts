/** A colour as red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour map: anchors at equal steps from the lowest value to the highest. */
export type ColorMap = readonly Rgb[];

/** Perceptually even, from dark blue to yellow: for values from low to high (viridis). */
export const SEQUENTIAL_MAP: ColorMap = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** From dark blue over green and yellow to dark red: for wavelengths (after Turbo, Mikhailov 2019, even in lightness). */
export const RAINBOW_MAP: ColorMap = [
  [48, 18, 90],
  [66, 94, 220],
  [36, 166, 222],
  [32, 200, 148],
  [124, 206, 52],
  [222, 190, 44],
  [244, 126, 32],
  [206, 52, 8],
  [122, 6, 4],
];

/** Blue over white to red: for values about zero (RdBu of ColorBrewer, turned round). */
export const DIVERGING_MAP: ColorMap = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
];

/** Colour of a pixel without a value. */
export const BLANK_COLOR: Rgb = [196, 196, 196];

/** The colour at `fraction` of the map; below 0 and above 1 the end colours, for NaN the colour of blanks. */
export function colorAt(map: ColorMap, fraction: number): Rgb {
  if (Number.isNaN(fraction)) return BLANK_COLOR;
  const place = Math.min(1, Math.max(0, fraction)) * (map.length - 1);
  const below = Math.min(map.length - 2, Math.floor(place));
  const [from, to] = [map[below]!, map[below + 1]!];
  const step = place - below;
  return [
    Math.round(from[0] + step * (to[0] - from[0])),
    Math.round(from[1] + step * (to[1] - from[1])),
    Math.round(from[2] + step * (to[2] - from[2])),
  ];
}

/** A colour as `#rrggbb`. */
export function hexColor(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
