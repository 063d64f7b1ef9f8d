/** One measurement as plots see it; NaN stands for a number that was not measured. */
export interface SpectrumPoint {
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Full bandwidth, micron. */
  readonly bandwidthMicron: number;
  /** Signed flux density, microjansky. */
  readonly fluxMicroJy: number;
  /** Standard error of the flux density, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Three-sigma upper limit, microjansky. */
  readonly upperLimitMicroJy: number;
  /** Flux over its error. */
  readonly signalToNoise: number;
  /** Median absolute residual over sigma in the core of the target. */
  readonly fitQuality: number;
  /** Detector, 1 to 6; 0 when it is not known. */
  readonly detector: number;
  /** How the point may be used. */
  readonly standing: PointStanding;
}

/**
 * How a point may be used: `science` as it stands, `upper_limit` for a clean measurement that is no detection,
 * `rejected` for one that carries a blocking flag, `unmeasured` for one without a flux.
 */
export type PointStanding = "science" | "upper_limit" | "rejected" | "unmeasured";

/** How many points there are of each standing. */
export function countStandings(points: readonly SpectrumPoint[]): Record<PointStanding, number> {
  const counts: Record<PointStanding, number> = { science: 0, upper_limit: 0, rejected: 0, unmeasured: 0 };
  for (const point of points) counts[point.standing]++;
  return counts;
}
