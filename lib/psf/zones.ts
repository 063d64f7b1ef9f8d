/** Centres of the PSF zones along each axis of a detector; the plane of zone (ix, iy) is `iy * nx + ix`. */
export interface ZoneGrid {
  /** Sorted unique centres along x, 0-based parent-detector pixels. */
  readonly xCentersPixels: Float64Array;
  /** Sorted unique centres along y, 0-based parent-detector pixels. */
  readonly yCentersPixels: Float64Array;
}

/** A zone and its share in the blend. */
export interface ZoneShare {
  /** Plane index of the zone. */
  readonly index: number;
  /** Share from 0 to 1; the shares sum to 1. */
  readonly weight: number;
}

/** One axis: the centre below, the centre above, and the share of the one above. */
function bracket(centers: Float64Array, position: number): readonly [number, number, number] {
  const last = centers.length - 1;
  if (position <= centers[0]!) return [0, 0, 0];
  if (position >= centers[last]!) return [last, last, 0];
  let low = 0;
  while (centers[low + 1]! <= position) low++;
  return [low, low + 1, (position - centers[low]!) / (centers[low + 1]! - centers[low]!)];
}

/**
 * Chooses the PSF zones for a place on the detector.
 *
 * `bilinear` blends up to four zones between their centres and is constant beyond the outermost centres;
 * `nearest` takes the zone whose centre is nearest on each axis. Returns an empty list when the place is
 * not finite, so that an unknown place never silently becomes the first plane. Zones of no weight are left
 * out; the zone of largest weight comes first. Throws RangeError when the grid has no centres.
 */
export function selectZones(
  grid: ZoneGrid,
  detectorX: number,
  detectorY: number,
  mode: "bilinear" | "nearest",
): ZoneShare[] {
  const columns = grid.xCentersPixels.length;
  if (columns === 0 || grid.yCentersPixels.length === 0) {
    throw new RangeError("Cannot choose a PSF zone: the zone grid has no centres");
  }
  if (!Number.isFinite(detectorX) || !Number.isFinite(detectorY)) return [];
  const [x0, x1, shareX] = bracket(grid.xCentersPixels, detectorX);
  const [y0, y1, shareY] = bracket(grid.yCentersPixels, detectorY);
  if (mode === "nearest") {
    return [{ index: (shareY > 0.5 ? y1 : y0) * columns + (shareX > 0.5 ? x1 : x0), weight: 1 }];
  }
  return [
    { index: y0 * columns + x0, weight: (1 - shareX) * (1 - shareY) },
    { index: y0 * columns + x1, weight: shareX * (1 - shareY) },
    { index: y1 * columns + x0, weight: (1 - shareX) * shareY },
    { index: y1 * columns + x1, weight: shareX * shareY },
  ].filter((zone) => zone.weight > 0).sort((a, b) => b.weight - a.weight);
}
