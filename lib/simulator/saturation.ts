import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import type { PixelWindow } from "./image_renderer.ts";

/** Light of stars that fills a pixel, MJy/sr. */
const FULL_MJY_SR = 60;
/** A star of this peak bleeds one pixel along its column; each factor of two more bleeds another. */
const BLOOM_MJY_SR = 100;
/** The longest bleed to one side: within the reach of the star's own stamp, so that every window shows the same. */
const LONGEST_BLOOM_PIXELS = 7;

const SATURATED = PIXEL_FLAGS.value("OVERFLOW") | PIXEL_FLAGS.value("NONLINEAR");
const BLOOMED = PIXEL_FLAGS.value("BLOOM") | PIXEL_FLAGS.value("OVERFLOW");

/** What a full pixel shows: the light it can hold, and the flags that say so. */
export function saturated(starsMJySr: number): { readonly starsMJySr: number; readonly flags: number } {
  return starsMJySr > FULL_MJY_SR ? { starsMJySr: FULL_MJY_SR, flags: SATURATED } : { starsMJySr, flags: 0 };
}

/** Spills the charge of a star with this peak over the pixels above and below, into light and flags of a block. */
export function addBloom(
  star: { readonly x: number; readonly y: number },
  peakMJySr: number,
  block: PixelWindow,
  microJyPerMJySr: number,
  light: Float64Array,
  flags: Int32Array,
): void {
  if (peakMJySr < BLOOM_MJY_SR) return;
  const length = Math.min(LONGEST_BLOOM_PIXELS, 1 + Math.floor(Math.log2(peakMJySr / BLOOM_MJY_SR)));
  const column = Math.round(star.x) - block.x0;
  if (column < 0 || column >= block.width) return;
  for (let step = -length; step <= length; step++) {
    const row = Math.round(star.y) + step - block.y0;
    if (row < 0 || row >= block.height) continue;
    const i = row * block.width + column;
    flags[i] = flags[i]! | BLOOMED;
    light[i]! += FULL_MJY_SR * microJyPerMJySr * (1 - Math.abs(step) / (length + 1));
  }
}
