/** Exchanges two rows of a matrix. */
function swapRows(matrix: Float64Array, order: number, a: number, b: number): void {
  for (let k = 0; k < order; k++) {
    const value = matrix[a * order + k]!;
    matrix[a * order + k] = matrix[b * order + k]!;
    matrix[b * order + k] = value;
  }
}

/** The row at or below `column` with the largest value in that column. */
function pivotRow(matrix: Float64Array, order: number, column: number): number {
  let best = column;
  for (let i = column + 1; i < order; i++) {
    if (Math.abs(matrix[i * order + column]!) > Math.abs(matrix[best * order + column]!)) best = i;
  }
  return best;
}

/**
 * Fills `inverse` with the inverse of a general square matrix by Gauss-Jordan elimination with row pivots;
 * `matrix` (`order * order` values, row by row) is destroyed. For the small systems of a fit.
 * Returns false, the outputs unspecified, when the matrix is singular or not finite.
 */
export function invertMatrix(matrix: Float64Array, order: number, inverse: Float64Array): boolean {
  inverse.fill(0, 0, order * order);
  for (let i = 0; i < order; i++) inverse[i * order + i] = 1;
  for (let column = 0; column < order; column++) {
    const pivot = pivotRow(matrix, order, column);
    const value = matrix[pivot * order + column]!;
    if (value === 0 || !Number.isFinite(value)) return false;
    if (pivot !== column) {
      swapRows(matrix, order, pivot, column);
      swapRows(inverse, order, pivot, column);
    }
    eliminate(matrix, inverse, order, column);
  }
  return true;
}

/** Scales the pivot row to a unit pivot and clears its column in all other rows. */
function eliminate(matrix: Float64Array, inverse: Float64Array, order: number, column: number): void {
  const scale = 1 / matrix[column * order + column]!;
  for (let k = 0; k < order; k++) {
    matrix[column * order + k]! *= scale;
    inverse[column * order + k]! *= scale;
  }
  for (let i = 0; i < order; i++) {
    const factor = matrix[i * order + column]!;
    if (i === column || factor === 0) continue;
    for (let k = 0; k < order; k++) {
      matrix[i * order + k]! -= factor * matrix[column * order + k]!;
      inverse[i * order + k]! -= factor * inverse[column * order + k]!;
    }
  }
}

/** The largest sum of absolute values in a row: the infinity norm; NaN when a value is NaN. */
export function infinityNorm(matrix: Float64Array, order: number): number {
  let norm = 0;
  for (let i = 0; i < order; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += Math.abs(matrix[i * order + k]!);
    if (Number.isNaN(sum)) return NaN;
    if (sum > norm) norm = sum;
  }
  return norm;
}
