/**
 * Replaces the lower triangle of a symmetric positive definite matrix with its Cholesky factor L, A = L L^T
 * (Golub & Van Loan, Matrix Computations, algorithm 4.2.1).
 *
 * `matrix` holds `order * order` values, row by row; only the lower triangle is read and written. Returns
 * false, the matrix half done, when it is not positive definite or not finite.
 */
export function choleskyFactor(matrix: Float64Array, order: number): boolean {
  for (let j = 0; j < order; j++) {
    let diagonal = matrix[j * order + j]!;
    for (let k = 0; k < j; k++) diagonal -= matrix[j * order + k]! ** 2;
    if (!(diagonal > 0) || diagonal === Infinity) return false;
    const pivot = Math.sqrt(diagonal);
    matrix[j * order + j] = pivot;
    for (let i = j + 1; i < order; i++) {
      let sum = matrix[i * order + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * order + k]! * matrix[j * order + k]!;
      matrix[i * order + j] = sum / pivot;
    }
  }
  return true;
}

/** Solves A x = b in place of `right`, given the factor of {@linkcode choleskyFactor}. */
export function choleskySolve(factor: Float64Array, order: number, right: Float64Array): void {
  for (let i = 0; i < order; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * order + k]! * right[k]!;
    right[i] = sum / factor[i * order + i]!;
  }
  for (let i = order - 1; i >= 0; i--) {
    let sum = right[i]!;
    for (let k = i + 1; k < order; k++) sum -= factor[k * order + i]! * right[k]!;
    right[i] = sum / factor[i * order + i]!;
  }
}

/** Fills `inverse` with the whole symmetric inverse, given the factor of {@linkcode choleskyFactor}. */
export function choleskyInverse(factor: Float64Array, order: number, inverse: Float64Array): void {
  const column = new Float64Array(order);
  for (let j = 0; j < order; j++) {
    column.fill(0);
    column[j] = 1;
    choleskySolve(factor, order, column);
    for (let i = 0; i < order; i++) inverse[i * order + j] = column[i]!;
  }
}
