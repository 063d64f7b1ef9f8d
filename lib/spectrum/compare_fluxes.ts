import { median, NORMAL_SIGMA_PER_MAD } from "../math/robust_statistics.ts";

/** The same flux measured twice. */
export interface FluxPair {
  /** Detector, 1 to 6; 0 when it is not known. */
  readonly detector: number;
  /** Flux of the first measurement, microjansky. */
  readonly fluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Flux of the second measurement, microjansky. */
  readonly otherFluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly otherFluxErrorMicroJy: number;
}

/** How two sets of fluxes agree, in one band or in all. */
export interface FluxAgreement {
  /** Detector; null for all. */
  readonly detector: number | null;
  /** Pairs of fluxes. */
  readonly pairs: number;
  /** Pairs that are bright enough for a ratio. */
  readonly ratios: number;
  /** Median of first over second flux; null without a ratio. */
  readonly ratioMedian: number | null;
  /** Median absolute deviation of the ratios about their median; null without a ratio. */
  readonly ratioMad: number | null;
  /** Mean of the pulls; null without a pair. */
  readonly pullMean: number | null;
  /** Robust width of the pulls: 1.4826 times their median absolute deviation; null below two pairs. */
  readonly pullWidth: number | null;
  /** Pulls beyond five. */
  readonly pullsBeyondFive: number;
}

/** The difference of a pair over its error, as if both measurements were independent. */
export function pullOf(pair: FluxPair): number {
  return (pair.fluxMicroJy - pair.otherFluxMicroJy) /
    Math.hypot(pair.fluxErrorMicroJy, pair.otherFluxErrorMicroJy);
}

/**
 * First over second flux; NaN for a pair whose sum is below `minimumSignalToNoise` times the error of the sum. The sum
 * decides because a cut on one of two noisy fluxes would shift the ratio.
 */
export function ratioOf(pair: FluxPair, minimumSignalToNoise: number): number {
  const { fluxMicroJy: flux, otherFluxMicroJy: other } = pair;
  const error = Math.hypot(pair.fluxErrorMicroJy, pair.otherFluxErrorMicroJy);
  return flux + other >= minimumSignalToNoise * error && flux > 0 && other > 0 ? flux / other : NaN;
}

/** The standard error of a ratio to first order. */
export function ratioError(pair: FluxPair): number {
  const { fluxMicroJy: flux, otherFluxMicroJy: other } = pair;
  return Math.abs(flux / other) *
    Math.hypot(pair.fluxErrorMicroJy / flux, pair.otherFluxErrorMicroJy / other);
}

/** How pairs agree in each band that has any, in order, and last in all together. */
export function fluxAgreements(pairs: readonly FluxPair[], minimumSignalToNoise: number): FluxAgreement[] {
  const detectors = [...new Set(pairs.map(({ detector }) => detector))].sort((a, b) => a - b);
  return [
    ...detectors.map((detector) =>
      agreementOf(detector, pairs.filter((pair) => pair.detector === detector), minimumSignalToNoise)
    ),
    agreementOf(null, pairs, minimumSignalToNoise),
  ];
}

function agreementOf(
  detector: number | null,
  pairs: readonly FluxPair[],
  minimumSignalToNoise: number,
): FluxAgreement {
  const ratios = pairs.map((pair) => ratioOf(pair, minimumSignalToNoise)).filter(Number.isFinite);
  const pulls = pairs.map(pullOf);
  const ratioMedian = median(ratios);
  const pullMean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
  return {
    detector,
    pairs: pairs.length,
    ratios: ratios.length,
    ratioMedian: numberOrNull(ratioMedian),
    ratioMad: numberOrNull(deviation(ratios, ratioMedian)),
    pullMean: numberOrNull(pullMean),
    pullWidth: pulls.length < 2 ? null : NORMAL_SIGMA_PER_MAD * deviation(pulls, median(pulls)),
    pullsBeyondFive: pulls.filter((pull) => Math.abs(pull) > 5).length,
  };
}

function deviation(values: readonly number[], center: number): number {
  return median(values.map((value) => Math.abs(value - center)));
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
