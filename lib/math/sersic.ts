/** Natural logarithm of the gamma function for positive arguments (Lanczos 1964, g = 7, 9 terms). */
export function logGamma(x: number): number {
  let sum = 0.99999999999980993;
  LANCZOS.forEach((coefficient, k) => sum += coefficient / (x + k));
  const t = x + LANCZOS.length - 1.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** The regularised lower incomplete gamma function P(a, x) by its power series, for positive a. */
export function incompleteGamma(a: number, x: number): number {
  if (!(x > 0)) return 0;
  let term = 1 / a, sum = term;
  for (let n = 1; n < 1000 && term > 1e-15 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(x) - x - logGamma(a)));
}

/** The x at which P(a, x) reaches a fraction, by bisection. */
function inverseIncompleteGamma(a: number, fraction: number): number {
  let low = 0, high = a + 60;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (incompleteGamma(a, middle) < fraction) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The radius, in units of the effective radius, inside which a Sersic profile of some index has a fraction of its
 * light (Sersic 1968; Graham & Driver 2005, equation 2): index 0.5 is a Gaussian, 1 an exponential disc, 4 the law of
 * de Vaucouleurs.
 *
 * Throws RangeError for an index outside of 0.3 to 8 or a fraction outside of 0 to 1, both ends out.
 */
export function sersicRadius(index: number, fraction: number): number {
  if (!(index >= 0.3 && index <= 8)) throw new RangeError(`A Sersic index is from 0.3 to 8, not ${index}`);
  if (!(fraction > 0 && fraction < 1)) throw new RangeError(`A fraction is between 0 and 1, not ${fraction}`);
  return (inverseIncompleteGamma(2 * index, fraction) / inverseIncompleteGamma(2 * index, 0.5)) ** index;
}
