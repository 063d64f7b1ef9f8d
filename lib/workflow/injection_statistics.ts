/** One source that was put into a cutout, and what was measured. */
export interface Injection {
  /** Detector of the image. */
  readonly detector: number;
  /** Flux that was put in, microjansky. */
  readonly trueFluxMicroJy: number;
  /** Flux that was measured, microjansky; NaN when there is none. */
  readonly fluxMicroJy: number;
  /** Its standard deviation, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Whether it counts as a detection. */
  readonly isDetected: boolean;
  /** Whether a flag other than for faintness speaks against it. */
  readonly isBlocked: boolean;
}

/** What became of the injected sources of one detector and flux. */
export interface InjectionBin {
  /** Detector; null for all. */
  readonly detector: number | null;
  /** Flux that was put in, microjansky. */
  readonly trueFluxMicroJy: number;
  /** Sources put in. */
  readonly count: number;
  /** Sources without a flux. */
  readonly failed: number;
  /** Median of measured / true - 1 of the unflagged; null when there is none. */
  readonly bias: number | null;
  /** Standard error of that median. */
  readonly biasError: number | null;
  /** Median of (measured - true) / error of the unflagged. */
  readonly pullMedian: number | null;
  /** Standard error of that median. */
  readonly pullMedianError: number | null;
  /** Robust width of the same: 1.4826 times the median distance from their median. */
  readonly pullWidth: number | null;
  /** Standard error of that width. */
  readonly pullWidthError: number | null;
  /** Median true S/N. */
  readonly snr: number | null;
  /** Share of sources that were detected. */
  readonly completeness: number;
  /** Share of sources that a flag speaks against. */
  readonly flaggedFraction: number;
}

/** The middle of some numbers; null of none. */
function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Robust standard deviation; null of fewer than two numbers. */
function robustWidth(values: readonly number[]): number | null {
  const middle = median(values);
  if (middle === null || values.length < 2) return null;
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)))!;
}

/** Standard errors of the median and of the robust width of normal numbers, in widths over the root of their count. */
const MEDIAN_ERROR = Math.sqrt(Math.PI / 2);
const ROBUST_WIDTH_ERROR = 1.166;

function summarize(detector: number | null, flux: number, injections: readonly Injection[]): InjectionBin {
  const measured = injections.filter(({ fluxMicroJy }) => Number.isFinite(fluxMicroJy));
  const clean = measured.filter(({ isBlocked }) => !isBlocked);
  const ratios = clean.map((each) => each.fluxMicroJy / each.trueFluxMicroJy - 1);
  const pulls = clean.map((each) => (each.fluxMicroJy - each.trueFluxMicroJy) / each.fluxErrorMicroJy);
  const root = Math.sqrt(clean.length);
  const spread = robustWidth(ratios), pullWidth = robustWidth(pulls);
  const errorOf = (width: number | null, factor: number) => width === null ? null : factor * width / root;
  return {
    detector,
    trueFluxMicroJy: flux,
    count: injections.length,
    failed: injections.length - measured.length,
    bias: median(ratios),
    biasError: errorOf(spread, MEDIAN_ERROR),
    pullMedian: median(pulls),
    pullMedianError: errorOf(pullWidth, MEDIAN_ERROR),
    pullWidth,
    pullWidthError: errorOf(pullWidth, ROBUST_WIDTH_ERROR),
    snr: median(clean.map((each) => each.trueFluxMicroJy / each.fluxErrorMicroJy)),
    completeness: injections.filter(({ isDetected }) => isDetected).length / injections.length,
    flaggedFraction: injections.filter(({ isBlocked }) => isBlocked).length / injections.length,
  };
}

/** Sums up injections by flux and detector, then by flux over all detectors (detector null). */
export function injectionBins(injections: readonly Injection[]): InjectionBin[] {
  const fluxes = [...new Set(injections.map((each) => each.trueFluxMicroJy))].sort((a, b) => a - b);
  const detectors = [...new Set(injections.map((each) => each.detector))].sort((a, b) => a - b);
  return [...detectors, null].flatMap((detector) =>
    fluxes.flatMap((flux) => {
      const some = injections.filter((each) =>
        each.trueFluxMicroJy === flux && (detector === null || each.detector === detector)
      );
      return some.length === 0 ? [] : [summarize(detector, flux, some)];
    })
  );
}
