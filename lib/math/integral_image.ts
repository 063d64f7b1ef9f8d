/**
 * Fills `out` with the integral image (summed-area table, Crow 1984) of an image: `out` has
 * `(width + 1) * (height + 1)` values, and the one at (i, j) is the sum of all pixels left of column i and
 * above row j, so that the first row and column are zero.
 */
export function fillIntegralImage(
  values: ArrayLike<number>,
  width: number,
  height: number,
  out: Float64Array,
): void {
  const stride = width + 1;
  out.fill(0, 0, stride);
  for (let y = 0; y < height; y++) {
    let rowSum = 0;
    const above = y * stride;
    out[above + stride] = 0;
    for (let x = 0; x < width; x++) {
      rowSum += values[y * width + x]!;
      out[above + stride + x + 1] = out[above + x + 1]! + rowSum;
    }
  }
}

/** The sum of the pixels from (x0, y0) up to but without (x1, y1), from an integral image of `width` pixels. */
export function boxSum(
  integral: Float64Array,
  width: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  const stride = width + 1;
  return integral[y1 * stride + x1]! - integral[y1 * stride + x0]! - integral[y0 * stride + x1]! +
    integral[y0 * stride + x0]!;
}
