import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../lib/core/random.ts";
import { choleskyFactor, choleskyInverse, choleskySolve } from "../../lib/math/cholesky.ts";
import { scaleToUnitDiagonal, weightedLeastSquares } from "../../lib/math/least_squares.ts";
import { infinityNorm, invertMatrix } from "../../lib/math/linear_system.ts";

/** a b for square matrices, the obvious way. */
function multiply(a: Float64Array, b: Float64Array, order: number): Float64Array {
  return Float64Array.from({ length: order * order }, (_, k) => {
    const i = Math.floor(k / order), j = k % order;
    let sum = 0;
    for (let m = 0; m < order; m++) sum += a[i * order + m]! * b[m * order + j]!;
    return sum;
  });
}

/** The largest distance of a matrix from the identity. */
function distanceFromIdentity(matrix: Float64Array, order: number): number {
  return Math.max(...matrix.map((value, k) => Math.abs(value - (k % (order + 1) === 0 ? 1 : 0))));
}

/** A matrix of normal random numbers. */
function randomMatrix(order: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: order * order }, () => random.normal());
}

/** A symmetric positive definite matrix. */
function randomSymmetric(order: number, seed: number): Float64Array {
  const matrix = randomMatrix(order, seed);
  const transposed = matrix.map((_, k) => matrix[(k % order) * order + Math.floor(k / order)]!);
  const product = multiply(matrix, transposed, order);
  for (let i = 0; i < order; i++) product[i * (order + 1)]! += 0.5;
  return product;
}

const ORDER_AND_SEED = [fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 1e6 })] as const;

Deno.test("choleskyInverse() times the matrix is the identity", () => {
  fc.assert(
    fc.property(...ORDER_AND_SEED, (order, seed) => {
      const matrix = randomSymmetric(order, seed);
      const factor = matrix.slice();
      assert.ok(choleskyFactor(factor, order));
      const inverse = new Float64Array(order * order);
      choleskyInverse(factor, order, inverse);
      assert.ok(distanceFromIdentity(multiply(matrix, inverse, order), order) < 1e-9);
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("choleskySolve() solves a system written out by hand", () => {
  const factor = Float64Array.of(4, 0, 2, 3); // [[4, 2], [2, 3]], only the lower triangle counts
  assert.ok(choleskyFactor(factor, 2));
  const right = Float64Array.of(8, 8);
  choleskySolve(factor, 2, right);
  assert.ok(Math.abs(right[0]! - 1) < 1e-14 && Math.abs(right[1]! - 2) < 1e-14);
});

Deno.test("choleskyFactor() refuses a matrix that is not positive definite or not finite", () => {
  assert.equal(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2), false);
  assert.equal(choleskyFactor(Float64Array.of(NaN), 1), false);
});

Deno.test("invertMatrix() inverts general matrices", () => {
  fc.assert(
    fc.property(...ORDER_AND_SEED, (order, seed) => {
      const matrix = randomMatrix(order, seed);
      const inverse = new Float64Array(order * order);
      const ok = invertMatrix(matrix.slice(), order, inverse);
      const condition = infinityNorm(matrix, order) * infinityNorm(inverse, order);
      assert.ok(
        ok && distanceFromIdentity(multiply(matrix, inverse, order), order) < 1e-13 * condition + 1e-12,
      );
    }),
    { seed: 2, numRuns: 100 },
  );
});

Deno.test("invertMatrix() needs its pivots and knows a singular matrix", () => {
  const inverse = new Float64Array(4);
  assert.ok(invertMatrix(Float64Array.of(0, 2, 4, 0), 2, inverse));
  assert.deepEqual([...inverse], [0, 0.25, 0.5, 0]);
  assert.equal(invertMatrix(Float64Array.of(1, 2, 2, 4), 2, inverse), false);
});

Deno.test("infinityNorm() is the largest row sum, NaN when a value is NaN", () => {
  assert.equal(infinityNorm(Float64Array.of(1, -2, 3, 0.5), 2), 3.5);
  assert.ok(Number.isNaN(infinityNorm(Float64Array.of(1, NaN, 3, 4), 2)));
});

Deno.test("scaleToUnitDiagonal() leaves ones on the diagonal and reports the scales", () => {
  const matrix = Float64Array.of(4, 6, 6, 25);
  const scales = new Float64Array(2);
  scaleToUnitDiagonal(matrix, 2, scales);
  assert.deepEqual([...matrix], [1, 0.6, 0.6, 1]);
  assert.deepEqual([...scales], [2, 5]);
});

Deno.test("weightedLeastSquares() recovers exact coefficients whatever the weights", () => {
  const x = Float64Array.from({ length: 20 }, (_, i) => i - 7);
  const ones = new Float64Array(20).fill(1);
  const weights = x.map((value) => 1 + value * value / 10);
  const fit = weightedLeastSquares([ones, x], x.map((value) => 3 - 0.25 * value), weights);
  assert.ok(fit.ok && fit.degreesOfFreedom === 18);
  assert.ok(Math.abs(fit.parameters[0]! - 3) < 1e-12 && Math.abs(fit.parameters[1]! + 0.25) < 1e-12);
  assert.ok(fit.chiSquare < 1e-20);
});

Deno.test("weightedLeastSquares() gives the covariance that repeated noise shows", () => {
  const random = new SeededRandom(5);
  const x = Float64Array.from({ length: 12 }, (_, i) => i);
  const ones = new Float64Array(12).fill(1);
  const sigma = x.map((value) => 0.5 + value / 10);
  const weights = sigma.map((value) => 1 / (value * value));
  let slopeSquares = 0, product = 0, chiSquares = 0;
  const runs = 4000;
  let covariance = new Float64Array(4);
  for (let run = 0; run < runs; run++) {
    const fit = weightedLeastSquares([ones, x], sigma.map((value) => value * random.normal()), weights);
    slopeSquares += fit.parameters[1]! ** 2;
    product += fit.parameters[0]! * fit.parameters[1]!;
    chiSquares += fit.chiSquare / fit.degreesOfFreedom;
    covariance = fit.covariance as typeof covariance;
  }
  assert.ok(Math.abs(slopeSquares / runs / covariance[3]! - 1) < 0.08);
  assert.ok(Math.abs(product / runs / covariance[1]! - 1) < 0.1);
  assert.ok(Math.abs(chiSquares / runs - 1) < 0.03);
});

Deno.test("weightedLeastSquares() reports columns that depend on one another without throwing", () => {
  const column = Float64Array.of(1, 2, 3, 4);
  const fit = weightedLeastSquares([column, column], column, new Float64Array(4).fill(1));
  assert.equal(fit.ok, false);
  assert.ok(Number.isNaN(fit.parameters[0]!) && Number.isNaN(fit.chiSquare));
});

Deno.test("weightedLeastSquares() needs as many values as columns", () => {
  const weights = Float64Array.of(1, 0, 0);
  const fit = weightedLeastSquares([[1, 1, 1], [0, 1, 2]], [1, 2, 3], weights);
  assert.equal(fit.ok, false);
});
