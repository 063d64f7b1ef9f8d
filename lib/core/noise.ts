/** Pixel values that are variances: the square of the standard deviation. */
export type VarianceArray<A extends Float32Array | Float64Array = Float64Array> = A & {
  readonly kindOfNoise: "variance";
};
/** Pixel values that are standard deviations. */
export type SigmaArray<A extends Float32Array | Float64Array = Float64Array> = A & {
  readonly kindOfNoise: "sigma";
};
/** Pixel values that are inverse variances: zero for a pixel without information. */
export type InverseVarianceArray<A extends Float32Array | Float64Array = Float64Array> = A & {
  readonly kindOfNoise: "inverse variance";
};

/** States that `values` are variances. */
export function asVariance<A extends Float32Array | Float64Array>(values: A): VarianceArray<A> {
  return values as VarianceArray<A>;
}

/** States that `values` are standard deviations. */
export function asSigma<A extends Float32Array | Float64Array>(values: A): SigmaArray<A> {
  return values as SigmaArray<A>;
}

/** States that `values` are inverse variances. */
export function asInverseVariance<A extends Float32Array | Float64Array>(values: A): InverseVarianceArray<A> {
  return values as InverseVarianceArray<A>;
}
