/**
 * The value between four pixels by bilinear interpolation; places outside of the outermost centres take the
 * nearest edge. NaN when a pixel that counts is NaN.
 *
 * @param values `width * height` values, row by row, at integer places
 */
export function bilinearAt(
  values: ArrayLike<number>,
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  if (!(Number.isFinite(x) && Number.isFinite(y))) return NaN;
  const insideX = Math.min(Math.max(x, 0), width - 1);
  const insideY = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.min(Math.floor(insideX), Math.max(width - 2, 0));
  const y0 = Math.min(Math.floor(insideY), Math.max(height - 2, 0));
  const fractionX = insideX - x0;
  const fractionY = insideY - y0;
  let sum = 0;
  for (let k = 0; k < 4; k++) {
    const right = k & 1;
    const below = k >> 1;
    const weight = (right ? fractionX : 1 - fractionX) * (below ? fractionY : 1 - fractionY);
    if (weight > 0) sum += weight * values[(y0 + below) * width + x0 + right]!;
  }
  return sum;
}

/**
 * Fills `weights` with the Lagrange weights that interpolate at `fraction` (0 to 1) between the two middle
 * of `count` equally spaced nodes; `count` is even. Two nodes are linear, four are cubic, six are quintic.
 * The weights sum to 1 and reproduce polynomials of degree `count - 1`.
 */
export function lagrangeWeights(count: number, fraction: number, weights: Float64Array): void {
  const place = count / 2 - 1 + fraction;
  for (let i = 0; i < count; i++) {
    let product = 1;
    for (let j = 0; j < count; j++) if (j !== i) product *= (place - j) / (i - j);
    weights[i] = product;
  }
}

/**
 * The value between pixels by bicubic Lagrange interpolation (4 x 4 pixels, exact for cubic surfaces);
 * pixels beyond the edge repeat the edge. NaN when the place is not finite.
 *
 * @param values `width * height` values, row by row, at integer places
 */
export function bicubicAt(
  values: ArrayLike<number>,
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  if (!(Number.isFinite(x) && Number.isFinite(y))) return NaN;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const weightsX = new Float64Array(4);
  const weightsY = new Float64Array(4);
  lagrangeWeights(4, x - x0, weightsX);
  lagrangeWeights(4, y - y0, weightsY);
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.min(Math.max(y0 - 1 + j, 0), height - 1) * width;
    for (let i = 0; i < 4; i++) {
      const column = Math.min(Math.max(x0 - 1 + i, 0), width - 1);
      sum += weightsX[i]! * weightsY[j]! * values[row + column]!;
    }
  }
  return sum;
}
