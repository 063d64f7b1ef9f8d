/** Values at pixels, and the place that slopes are taken about. */
export interface SlopedValues {
  /** Values, row by row. */
  readonly values: ArrayLike<number>;
  /** Columns. */
  readonly width: number;
  /** The place, 0-based pixels. */
  readonly x: number;
  /** The place, 0-based pixels. */
  readonly y: number;
}

/** Slopes of a background, and what they add to the error of its level at the place. */
export interface BackgroundSlope {
  /** Change of the value per column. */
  readonly perColumn: number;
  /** Change of the value per row. */
  readonly perRow: number;
  /** Variance that the slopes add to the level at the place, in variances of a value. */
  readonly levelVariance: number;
}

/** Pixels below which no slopes are fitted. */
const MIN_PIXELS = 6;

const NO_SLOPE: BackgroundSlope = { perColumn: 0, perRow: 0, levelVariance: 0 };

/**
 * Fits a plane by least squares to the values at some pixels that lie within `reach` of a plane known so far, of which
 * the value at the place is `level`.
 *
 * Pixels around a place that lies between pixels, or of which some are left out, are not symmetric about it: the median
 * of a sloping background is then not its level there. No slopes come from too few pixels, or pixels in a line.
 */
export function fitSlope(
  { values, width, x, y }: SlopedValues,
  known: Pick<BackgroundSlope, "perColumn" | "perRow">,
  pixels: Int32Array,
  level: number,
  reach: number,
): BackgroundSlope {
  const kept = pixels.filter((i) => {
    const plane = level + known.perColumn * (i % width - x) + known.perRow * (Math.floor(i / width) - y);
    return Math.abs(values[i]! - plane) <= reach;
  });
  const count = kept.length;
  if (count < MIN_PIXELS) return NO_SLOPE;
  let [meanX, meanY, meanValue] = [0, 0, 0];
  for (const i of kept) {
    meanX += (i % width - x) / count;
    meanY += (Math.floor(i / width) - y) / count;
    meanValue += values[i]! / count;
  }
  let [xx, xy, yy, xv, yv] = [0, 0, 0, 0, 0];
  for (const i of kept) {
    const dx = i % width - x - meanX;
    const dy = Math.floor(i / width) - y - meanY;
    const value = values[i]! - meanValue;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    xv += dx * value;
    yv += dy * value;
  }
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-3 * (xx + yy) ** 2)) return NO_SLOPE;
  return {
    perColumn: (yy * xv - xy * yv) / determinant,
    perRow: (xx * yv - xy * xv) / determinant,
    levelVariance: (yy * meanX * meanX - 2 * xy * meanX * meanY + xx * meanY * meanY) / determinant,
  };
}
