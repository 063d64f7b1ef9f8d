/**
 * A point spread function known exactly, as a sum of Gaussians: what a pixel receives is a product of error
 * functions, so truth needs no samples. The slow twin of the renderer.
 */

/** One Gaussian of the mixture; lengths in native pixels. */
export interface GaussianComponent {
  readonly share: number;
  readonly sigmaX: number;
  readonly sigmaY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** A narrow core with a broader, slightly displaced wing: near to SPHEREx, and not symmetric. */
export const CORE_AND_WING: readonly GaussianComponent[] = [
  { share: 0.86, sigmaX: 0.42, sigmaY: 0.46, offsetX: 0, offsetY: 0 },
  { share: 0.14, sigmaX: 0.9, sigmaY: 0.8, offsetX: 0.06, offsetY: -0.04 },
];

/** The error function to 1e-15: Taylor series near zero, continued fraction of its complement beyond. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 6) return 1;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
      if (x === 0) break;
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** The share of a Gaussian between two places. */
function between(low: number, high: number, sigma: number): number {
  return (erf(high / (sigma * Math.SQRT2)) - erf(low / (sigma * Math.SQRT2))) / 2;
}

/** The light in the square of side `side` centred at (x, y) from a source of unit flux at the origin. */
export function lightInSquare(
  components: readonly GaussianComponent[],
  x: number,
  y: number,
  side: number,
): number {
  let sum = 0;
  for (const { share, sigmaX, sigmaY, offsetX, offsetY } of components) {
    sum += share * between(x - offsetX - side / 2, x - offsetX + side / 2, sigmaX) *
      between(y - offsetY - side / 2, y - offsetY + side / 2, sigmaY);
  }
  return sum;
}

/** Adds a source to a plane: `plane[y * width + x] += flux * light in that pixel`. */
export function addSource(
  components: readonly GaussianComponent[],
  sourceX: number,
  sourceY: number,
  flux: number,
  width: number,
  height: number,
  plane: Float64Array,
): void {
  for (const { share, sigmaX, sigmaY, offsetX, offsetY } of components) {
    const columns = Float64Array.from({ length: width }, (_, x) => {
      const dx = x - sourceX - offsetX;
      return between(dx - 0.5, dx + 0.5, sigmaX);
    });
    for (let y = 0; y < height; y++) {
      const dy = y - sourceY - offsetY;
      const row = flux * share * between(dy - 0.5, dy + 0.5, sigmaY);
      for (let x = 0; x < width; x++) plane[y * width + x]! += row * columns[x]!;
    }
  }
}

/** An oversampled plane: each sample is the light in its own square. */
export function oversampledPlane(
  components: readonly GaussianComponent[],
  size = 101,
  oversampling = 10,
): Float64Array {
  const middle = (size - 1) / 2;
  return Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size - middle) / oversampling;
    const y = (Math.floor(i / size) - middle) / oversampling;
    return lightInSquare(components, x, y, 1 / oversampling);
  });
}

/** An effective plane: each sample is what a native pixel centred there receives, in unit sum. */
export function effectivePlane(
  components: readonly GaussianComponent[],
  size = 33,
  oversampling = 5,
): Float64Array {
  const middle = (size - 1) / 2;
  return Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size - middle) / oversampling;
    const y = (Math.floor(i / size) - middle) / oversampling;
    return lightInSquare(components, x, y, 1) / oversampling ** 2;
  });
}
