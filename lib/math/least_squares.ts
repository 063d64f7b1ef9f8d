import { choleskyFactor, choleskyInverse, choleskySolve } from "./cholesky.ts";
import { infinityNorm } from "./linear_system.ts";

/** The answer of a linear least-squares fit. */
export interface LeastSquaresFit {
  /** Whether the normal matrix could be inverted; if not, the numbers are NaN. */
  readonly ok: boolean;
  /** One coefficient for each column. */
  readonly parameters: Float64Array;
  /** Covariance of the coefficients, row by row, when the weights are inverse variances. */
  readonly covariance: Float64Array;
  /** Weighted sum of squared residuals. */
  readonly chiSquare: number;
  /** Values of positive weight minus the number of coefficients. */
  readonly degreesOfFreedom: number;
  /** Condition number (infinity norm) of the normal matrix scaled to a unit diagonal. */
  readonly conditionNumber: number;
}

/** Sum of weight * a * b. */
export function weightedProduct(
  weights: ArrayLike<number>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * a[i]! * b[i]!;
  return sum;
}

/** Divides each row and column by the square root of its diagonal value, which it writes to `scales`. */
export function scaleToUnitDiagonal(matrix: Float64Array, order: number, scales: Float64Array): void {
  for (let i = 0; i < order; i++) scales[i] = Math.sqrt(Math.abs(matrix[i * order + i]!)) || 1;
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < order; k++) matrix[i * order + k]! /= scales[i]! * scales[k]!;
  }
}

/** An answer without numbers. */
function failedFit(order: number, degreesOfFreedom: number): LeastSquaresFit {
  return {
    ok: false,
    parameters: new Float64Array(order).fill(NaN),
    covariance: new Float64Array(order * order).fill(NaN),
    chiSquare: NaN,
    degreesOfFreedom,
    conditionNumber: Infinity,
  };
}

/** Weighted sum of squared residuals and the number of values that count. */
function chiSquareOf(
  columns: readonly ArrayLike<number>[],
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  parameters: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! === 0) continue;
    let residual = values[i]!;
    for (let k = 0; k < columns.length; k++) residual -= parameters[k]! * columns[k]![i]!;
    sum += weights[i]! * residual * residual;
  }
  return sum;
}

/**
 * Fits `values = sum of parameter_k * column_k` by weighted linear least squares through the scaled normal
 * equations. A value of weight 0 does not count (but must be finite). Too few values or columns that depend
 * on one another give `ok: false` and NaN, never a throw.
 */
export function weightedLeastSquares(
  columns: readonly ArrayLike<number>[],
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
): LeastSquaresFit {
  const order = columns.length;
  const normal = new Float64Array(order * order);
  const parameters = new Float64Array(order);
  for (let j = 0; j < order; j++) {
    for (let k = 0; k <= j; k++) {
      const product = weightedProduct(weights, columns[j]!, columns[k]!);
      normal[j * order + k] = product;
      normal[k * order + j] = product;
    }
    parameters[j] = weightedProduct(weights, columns[j]!, values);
  }
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i]! > 0) count++;
  const scales = new Float64Array(order);
  scaleToUnitDiagonal(normal, order, scales);
  const norm = infinityNorm(normal, order);
  if (count < order || !choleskyFactor(normal, order)) return failedFit(order, count - order);
  const covariance = new Float64Array(order * order);
  choleskyInverse(normal, order, covariance);
  const conditionNumber = norm * infinityNorm(covariance, order);
  for (let j = 0; j < order; j++) parameters[j]! /= scales[j]!;
  choleskySolve(normal, order, parameters);
  for (let j = 0; j < order; j++) {
    parameters[j]! /= scales[j]!;
    for (let k = 0; k < order; k++) covariance[j * order + k]! /= scales[j]! * scales[k]!;
  }
  const chiSquare = chiSquareOf(columns, values, weights, parameters);
  return { ok: true, parameters, covariance, chiSquare, degreesOfFreedom: count - order, conditionNumber };
}
