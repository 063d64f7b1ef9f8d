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
  const even = height - height % 4;
  for (let y = 0; y < even; y += 4) fillFourRows(values, width, y, out);
  for (let y = even; y < height; y++) {
    let rowSum = 0;
    const above = y * stride;
    out[above + stride] = 0;
    for (let x = 0; x < width; x++) {
      rowSum += values[y * width + x]!;
      out[above + stride + x + 1] = out[above + x + 1]! + rowSum;
    }
  }
}

/** Fills the rows of four rows of pixels at once: the processor need not wait for one sum to begin the next. */
function fillFourRows(values: ArrayLike<number>, width: number, y: number, out: Float64Array): void {
  const stride = width + 1;
  const first = y * width, above = y * stride;
  let sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  for (let row = 1; row <= 4; row++) out[above + row * stride] = 0;
  for (let x = 0; x < width; x++) {
    const from = first + x;
    sum0 += values[from]!;
    sum1 += values[from + width]!;
    sum2 += values[from + 2 * width]!;
    sum3 += values[from + 3 * width]!;
    const to = above + x + 1;
    const total0 = out[to]! + sum0, total1 = total0 + sum1, total2 = total1 + sum2;
    out[to + stride] = total0;
    out[to + 2 * stride] = total1;
    out[to + 3 * stride] = total2;
    out[to + 4 * stride] = total2 + sum3;
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
