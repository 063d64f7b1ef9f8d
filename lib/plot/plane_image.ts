import type { Range } from "./robust_range.ts";
import { colorAt, type ColorMap, type Rgb } from "./color_map.ts";
import type { PixelImage } from "./png.ts";

/** A plane of values, row by row from the lowest row. */
export interface Plane {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  /** The values; NaN for none. */
  readonly values: ArrayLike<number>;
}

/** A plane as an image of one pixel a pixel, its lowest row at the bottom, in the colours of a map. */
export function planeImage(plane: Plane, map: ColorMap, range: Range): PixelImage {
  const scale = 1 / (range[1] - range[0]);
  return coloredImage(plane, (value) => colorAt(map, (value - range[0]) * scale));
}

/** A plane as an image of one pixel a pixel, its lowest row at the bottom, each value in the colour given for it. */
export function coloredImage(plane: Plane, colorOf: (value: number) => Rgb): PixelImage {
  const { width, height, values } = plane;
  const rgba = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = colorOf(values[y * width + x]!);
      rgba.set([red, green, blue, 255], 4 * ((height - 1 - y) * width + x));
    }
  }
  return { width, height, rgba };
}

/** The value below which `fraction` of the finite values lie (nearest rank), or NaN without finite values. */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  return finite[Math.round(fraction * (finite.length - 1))] ?? NaN;
}
