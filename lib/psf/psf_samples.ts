/** One zone's plane of PSF samples and its share in the blend. */
export interface WeightedPlane {
  /** Share of this plane; the shares of a PSF sum to 1. */
  readonly weight: number;
  /** `size * size` samples, row by row, the source at the middle sample. */
  readonly samples: Float32Array | Float64Array;
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
