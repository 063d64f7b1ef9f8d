/**
 * Samples of a plane, row by row. A DataView holds them as FITS stores them, big-endian float32: a plane that is used
 * once is decoded while it is summed, which costs less than to compare it with one that was decoded before.
 */
export type PlaneSamples = Float32Array | Float64Array | DataView;

/** The samples as numbers; those of a DataView are decoded into a new array. */
export function decodedSamples(samples: PlaneSamples): Float32Array | Float64Array {
  if (!(samples instanceof DataView)) return samples;
  return Float32Array.from({ length: samples.byteLength / 4 }, (_, i) => samples.getFloat32(4 * i));
}

/** Sum of the samples of a plane. */
export function sumOfSamples(samples: PlaneSamples): number {
  let sum = 0;
  for (const value of decodedSamples(samples)) sum += value;
  return sum;
}

/** One zone's plane of PSF samples and its share in the blend. */
export interface WeightedPlane {
  /** Share of this plane; the shares of a PSF sum to 1. */
  readonly weight: number;
  /** `size * size` samples, row by row, the source at the middle sample. */
  readonly samples: PlaneSamples;
}

/**
 * The point spread function at one place of a detector, as sampled planes of one or more zones.
 *
 * - `oversampled` (PSF cube, before pipeline 7): each sample is the light in a square of
 *   1/`oversampling` pixel; a native pixel is the integral over its area.
 * - `effective` (ePSF table, since pipeline 7): the pixel response is already inside (Anderson & King 2000);
 *   a native pixel is the value at its centre, never an integral.
 */
export interface PsfSamples {
  /** How the samples become native pixels. */
  readonly kind: "oversampled" | "effective";
  /** Samples along one side of a plane; odd, the source at sample (size - 1) / 2. */
  readonly size: number;
  /** Samples per native pixel along one side; a whole number. */
  readonly oversampling: number;
  /** The zones to blend; one for the nearest zone, up to four for a bilinear blend. */
  readonly planes: readonly WeightedPlane[];
}
