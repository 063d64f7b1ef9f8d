import { DETECTOR_SIZE_PIXELS } from "../spherex/bands.ts";
import type { PixelWindow } from "./image_renderer.ts";

/**
 * The part of a box of `width` by `height` pixels around a 0-based pixel that lies on the detector, placed as the
 * archive's cutout service does: from `floor(centre + 1 - n / 2)` on. Undefined when nothing is left.
 */
export function cutoutWindow(x: number, y: number, width: number, height: number): PixelWindow | undefined {
  const startX = Math.floor(x + 1 - width / 2);
  const startY = Math.floor(y + 1 - height / 2);
  const x0 = Math.max(0, startX);
  const y0 = Math.max(0, startY);
  const endX = Math.min(DETECTOR_SIZE_PIXELS, startX + width);
  const endY = Math.min(DETECTOR_SIZE_PIXELS, startY + height);
  return endX <= x0 || endY <= y0 ? undefined : { x0, y0, width: endX - x0, height: endY - y0 };
}
