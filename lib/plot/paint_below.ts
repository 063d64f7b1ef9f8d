import type { PixelImage } from "./png.ts";

/** An image and the box that it fills in a figure, user units. */
export interface PlacedImage {
  /** Left edge. */
  readonly x: number;
  /** Top edge. */
  readonly y: number;
  /** Width of the box. */
  readonly width: number;
  /** Height of the box. */
  readonly height: number;
  /** The image, stretched to the box pixel by pixel without smoothing. */
  readonly image: PixelImage;
}

/**
 * Paints images, and white elsewhere, below a drawing whose colours are multiplied by its opacity; the drawing
 * becomes opaque in place.
 *
 * `scale` is the number of the drawing's pixels to a user unit.
 */
export function paintBelow(drawing: PixelImage, images: readonly PlacedImage[], scale: number): void {
  for (const placed of images) paintImage(drawing, placed, scale);
  const { rgba } = drawing;
  for (let at = 0; at < rgba.length; at += 4) {
    const rest = 255 - rgba[at + 3]!;
    if (rest === 0) continue;
    rgba[at] = rgba[at]! + rest;
    rgba[at + 1] = rgba[at + 1]! + rest;
    rgba[at + 2] = rgba[at + 2]! + rest;
    rgba[at + 3] = 255;
  }
}

function paintImage(drawing: PixelImage, placed: PlacedImage, scale: number): void {
  const { image } = placed;
  const left = Math.max(0, Math.round(placed.x * scale));
  const top = Math.max(0, Math.round(placed.y * scale));
  const right = Math.min(drawing.width, Math.round((placed.x + placed.width) * scale));
  const bottom = Math.min(drawing.height, Math.round((placed.y + placed.height) * scale));
  for (let y = top; y < bottom; y++) {
    const row = Math.floor((y - top) * image.height / (bottom - top)) * image.width;
    for (let x = left; x < right; x++) {
      const from = 4 * (row + Math.floor((x - left) * image.width / (right - left)));
      blendBelow(drawing.rgba, 4 * (y * drawing.width + x), image.rgba, from);
    }
  }
}

function blendBelow(
  above: PixelImage["rgba"],
  at: number,
  below: PixelImage["rgba"],
  from: number,
): void {
  const rest = (255 - above[at + 3]!) / 255;
  if (rest === 0) return;
  for (let channel = 0; channel < 3; channel++) {
    above[at + channel] = Math.min(255, Math.round(above[at + channel]! + rest * below[from + channel]!));
  }
  above[at + 3] = 255;
}
