/**
 * The error function erf(x) = 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
 *
 * Power series below 2.4 (Abramowitz & Stegun 7.1.6), continued fraction of erfc above (7.1.14, evaluated
 * backwards); relative error below 1e-13. NaN gives NaN.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 2.4) return series(x);
  const value = size > 6 ? 1 : 1 - complement(size);
  return x < 0 ? -value : value;
}

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** exp(-x^2) times the sum of 2^n x^(2n+1) / (2n+1)!!, all terms positive. */
function series(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-square) * sum;
}

function complement(x: number): number {
  let fraction = x;
  for (let n = 48; n >= 1; n--) fraction = x + (n / 2) / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}
