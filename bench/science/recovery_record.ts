import { BLOCKING_PHOTOMETRY_FLAGS } from "../../lib/photometry/photometry_flags.ts";
import type { RecoveredFlux } from "../../lib/simulator/flux_recovery.ts";

/** What the tables need of one recovered flux; small enough to send between threads. */
export interface RecoveryRecord {
  /** Release of the image. */
  readonly release: string;
  /** Detector of the image. */
  readonly detector: number;
  /** Sub-pixel place of the source along x. */
  readonly phaseX: number;
  /** Sub-pixel place of the source along y. */
  readonly phaseY: number;
  /** Flux that was put in, microjansky. */
  readonly trueFluxMicroJy: number;
  /** Flux that was measured, microjansky; NaN when the fit failed. */
  readonly fluxMicroJy: number;
  /** Its standard deviation, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Reduced chi-square. */
  readonly chiSquareReduced: number;
  /** Measured minus true wavelength, micron. */
  readonly wavelengthErrorMicron: number;
  /** Names of photometry flags. */
  readonly flags: readonly string[];
}

/** Picks what the tables need. */
export function recoveryRecord({ truth, measurement }: RecoveredFlux): RecoveryRecord {
  return {
    release: truth.release,
    detector: truth.detector,
    phaseX: truth.phaseX,
    phaseY: truth.phaseY,
    trueFluxMicroJy: truth.fluxMicroJy,
    fluxMicroJy: measurement.selectedFluxMicroJy,
    fluxErrorMicroJy: measurement.selectedFluxErrorMicroJy,
    chiSquareReduced: measurement.selectedFit === "joint"
      ? measurement.joint.chiSquareReduced
      : measurement.point.chiSquareReduced,
    wavelengthErrorMicron: measurement.wavelengthCenterMicron - truth.wavelengthMicron,
    flags: measurement.photometryFlags,
  };
}

const FAINT = new Set(["NON_DETECTION", "NEGATIVE_FORCED_FLUX"]);
const BLOCKING = new Set<string>(BLOCKING_PHOTOMETRY_FLAGS.filter((name) => !FAINT.has(name)));

/**
 * Whether nothing but faintness speaks against a measurement. Recommended ones alone would be a biased choice: of
 * faint fluxes they are those that noise lifted over the threshold.
 */
export function isUnblocked(record: RecoveryRecord): boolean {
  return !record.flags.some((name) => BLOCKING.has(name));
}
