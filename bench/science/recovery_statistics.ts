import { median } from "./median.ts";
import type { RecoveryRecord } from "./recovery_record.ts";

/** Numbers that say whether fluxes came back. */
export interface RecoveryStatistics {
  /** Measurements with a flux. */
  readonly count: number;
  /** Measurements without. */
  readonly failed: number;
  /** Median of measured / true - 1 where the true S/N is above 50; NaN when there is none. */
  readonly bias: number;
  /** Standard error of that median. */
  readonly biasError: number;
  /** Mean of (measured - true) / error. */
  readonly pullMean: number;
  /** Standard deviation of the same. */
  readonly pullWidth: number;
  /** Share of measurements further than 5 standard deviations from the truth. */
  readonly outlierFraction: number;
}

/** True flux over the measured error. */
export function trueSnr(record: RecoveryRecord): number {
  return record.trueFluxMicroJy / record.fluxErrorMicroJy;
}

/** Measured minus true flux in units of the measured error. */
export function pull(record: RecoveryRecord): number {
  return (record.fluxMicroJy - record.trueFluxMicroJy) / record.fluxErrorMicroJy;
}

/** Sums up records. */
export function recoveryStatistics(records: readonly RecoveryRecord[]): RecoveryStatistics {
  const measured = records.filter((record) => Number.isFinite(pull(record)));
  const pulls = measured.map(pull);
  const mean = pulls.reduce((sum, value) => sum + value, 0) / pulls.length;
  const square = pulls.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pulls.length - 1);
  const bright = measured.filter((record) => trueSnr(record) > 50)
    .map(({ fluxMicroJy, trueFluxMicroJy }) => fluxMicroJy / trueFluxMicroJy - 1);
  const middle = median(bright);
  // The standard error of a median of normal numbers is 1.2533 times that of their mean.
  const scatter = 1.4826 * median(bright.map((value) => Math.abs(value - middle)));
  return {
    count: measured.length,
    failed: records.length - measured.length,
    bias: middle,
    biasError: 1.2533 * scatter / Math.sqrt(bright.length),
    pullMean: mean,
    pullWidth: Math.sqrt(square),
    outlierFraction: pulls.filter((value) => Math.abs(value) > 5).length / pulls.length,
  };
}
