import type { FitsArray } from "./big_endian.ts";

/** A box of pixels: the first one and the number of them along each axis, fastest first. */
export interface PixelBox {
  /** First pixel along each axis, from 0. */
  readonly origin: readonly number[];
  /** Number of pixels along each axis. */
  readonly shape: readonly number[];
}

/** One tile of an image. */
export interface Tile extends PixelBox {
  /** Number of the tile, from 0: the row of the table that holds it. */
  readonly index: number;
}

/** The number of tiles along each axis. */
export function tileCounts(imageShape: readonly number[], tileShape: readonly number[]): number[] {
  return imageShape.map((length, axis) => Math.ceil(length / tileShape[axis]!));
}

/** The tiles that have pixels in `box`, in the order of their numbers. */
export function tilesOfBox(
  imageShape: readonly number[],
  tileShape: readonly number[],
  box: PixelBox,
): Tile[] {
  const counts = tileCounts(imageShape, tileShape);
  const first = box.origin.map((start, axis) => Math.floor(start / tileShape[axis]!));
  const last = box.origin.map((start, axis) => Math.floor((start + box.shape[axis]! - 1) / tileShape[axis]!));
  const tiles: Tile[] = [];
  if (box.shape.some((length) => length === 0)) return tiles;
  const place = [...first];
  for (;;) {
    const origin = place.map((number, axis) => number * tileShape[axis]!);
    const shape = origin.map((start, axis) => Math.min(tileShape[axis]!, imageShape[axis]! - start));
    tiles.push({
      index: place.reduceRight((index, number, axis) => index * counts[axis]! + number, 0),
      origin,
      shape,
    });
    let axis = 0;
    while (axis < place.length && place[axis] === last[axis]) {
      place[axis] = first[axis]!;
      axis++;
    }
    if (axis === place.length) return tiles;
    place[axis]!++;
  }
}

/** Copies the pixels that `tile` and `box` share from the array of the tile to that of the box. */
export function copyTile(pixels: FitsArray, tile: PixelBox, out: FitsArray, box: PixelBox): void {
  const low = tile.origin.map((start, axis) => Math.max(start, box.origin[axis]!));
  const high = tile.origin.map((start, axis) =>
    Math.min(start + tile.shape[axis]!, box.origin[axis]! + box.shape[axis]!)
  );
  const length = high[0]! - low[0]!;
  const place = [...low];
  for (;;) {
    const from = indexIn(tile, place);
    const to = indexIn(box, place);
    for (let i = 0; i < length; i++) out[to + i] = pixels[from + i]!;
    let axis = 1;
    while (axis < place.length && place[axis] === high[axis]! - 1) {
      place[axis] = low[axis]!;
      axis++;
    }
    if (axis >= place.length) return;
    place[axis]!++;
  }
}

/** Index of a pixel of the image in the array of a box that holds it. */
function indexIn(box: PixelBox, place: readonly number[]): number {
  let index = 0;
  for (let axis = place.length - 1; axis >= 0; axis--) {
    index = index * box.shape[axis]! + place[axis]! - box.origin[axis]!;
  }
  return index;
}
