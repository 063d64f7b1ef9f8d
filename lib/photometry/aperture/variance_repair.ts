import { asVariance, type VarianceArray } from "../../core/noise.ts";
import { medianInPlace } from "../../math/robust_statistics.ts";

/** A variance plane with what could be mended in it. */
export interface RepairedVariance {
  /** The plane; what could not be mended is NaN. */
  readonly variance: VarianceArray<Float64Array>;
  /** How many values were put in. */
  readonly repairedCount: number;
}

/**
 * Puts the median of all valid variances where a flagged pixel has none, as the archive leaves them out for some flagged
 * pixels of which the flux is valid. A variance that is missing or not positive without any flag stays NaN.
 */
export function repairVariance(variance: ArrayLike<number>, flags: Int32Array): RepairedVariance {
  const repaired = Float64Array.from(variance);
  const scratch = new Float64Array(repaired.length);
  let valid = 0;
  for (let i = 0; i < repaired.length; i++) {
    const value = repaired[i]!;
    if (value > 0 && value < Infinity) scratch[valid++] = value;
    else repaired[i] = NaN;
  }
  if (valid === repaired.length) return { variance: asVariance(repaired), repairedCount: 0 };
  const median = medianInPlace(scratch, valid);
  let repairedCount = 0;
  for (let i = 0; i < repaired.length; i++) {
    if (!Number.isNaN(repaired[i]!) || flags[i] === 0 || Number.isNaN(median)) continue;
    repaired[i] = median;
    repairedCount++;
  }
  return { variance: asVariance(repaired), repairedCount };
}
