import type { SeededRandom } from "../core/random.ts";
import type { CutoutPixels } from "../photometry/cutout_pixels.ts";

/** Injected sources keep this distance from the edges of the cutout, pixels: most of the PSF is inside. */
const EDGE_PIXELS = 2;
/** They keep this distance from the target and from sources of the catalog, which are fitted with them, pixels. */
const CLEARING_PIXELS = 2;
/** Pixels this near to an injected source must not belong to a known source. */
const SOURCE_FREE_PIXELS = 1.5;
const TRIES = 60;

/** Whether no pixel near a place is flagged as one of a known source. */
function isSourceFree(pixels: CutoutPixels, x: number, y: number, sourceMask: number): boolean {
  for (let row = Math.ceil(y - SOURCE_FREE_PIXELS); row <= y + SOURCE_FREE_PIXELS; row++) {
    for (let column = Math.ceil(x - SOURCE_FREE_PIXELS); column <= x + SOURCE_FREE_PIXELS; column++) {
      if (((pixels.flags[row * pixels.width + column] ?? 0) & sourceMask) !== 0) return false;
    }
  }
  return true;
}

/**
 * Draws a place for a source: anywhere between pixels, away from edges, target and known sources. Where flags of
 * sources cover everything they do not count. Undefined when the cutout has no room.
 */
export function drawInjectionPlace(
  pixels: CutoutPixels,
  random: SeededRandom,
  sourceMask: number,
): { readonly x: number; readonly y: number } | undefined {
  const { width, height, targetX, targetY, knownNeighbors = [] } = pixels;
  const spanX = width - 1 - 2 * EDGE_PIXELS, spanY = height - 1 - 2 * EDGE_PIXELS;
  if (!(spanX > 0 && spanY > 0)) return undefined;
  const others = [{ x: targetX, y: targetY }, ...knownNeighbors];
  let second: { readonly x: number; readonly y: number } | undefined;
  for (let draw = 0; draw < TRIES; draw++) {
    const x = EDGE_PIXELS + spanX * random.uniform(), y = EDGE_PIXELS + spanY * random.uniform();
    if (others.some((other) => Math.hypot(other.x - x, other.y - y) < CLEARING_PIXELS)) continue;
    if (isSourceFree(pixels, x, y, sourceMask)) return { x, y };
    second ??= { x, y };
  }
  return second;
}
