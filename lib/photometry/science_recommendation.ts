import type { DetectionStatus, Measurement, MeasurementStatus } from "./measurement.ts";
import { BLOCKING_PHOTOMETRY_FLAGS, type PhotometryFlagName } from "./photometry_flags.ts";

/** What the flux says about the source; a failure of the measurement comes before its sign. */
export function detectionStatusOf(
  status: MeasurementStatus,
  snr: number,
  detectionSnrThreshold: number,
): DetectionStatus {
  if (status === "failed_background") return "invalid_background";
  if (status === "invalid_fit") return "invalid_fit";
  if (Math.abs(snr) < detectionSnrThreshold) return "non_detection";
  return snr < 0 ? "negative_flux" : "detected";
}

/** Whether a measurement may be used without inspection, and why not. */
export type ScienceRecommendation = Pick<
  Measurement,
  "scienceRecommended" | "scienceRejectReason" | "qaGrade"
>;

/** Recommends a detection without blocking flags; a mere non-detection gets its own grade. */
export function recommendScience(
  detection: DetectionStatus,
  flags: ReadonlySet<PhotometryFlagName>,
): ScienceRecommendation {
  const blockers = BLOCKING_PHOTOMETRY_FLAGS.filter((name) => flags.has(name));
  const scienceRecommended = detection === "detected" && blockers.length === 0;
  const onlyFaint = detection === "non_detection" &&
    blockers.every((name) => name === "NON_DETECTION" || name === "NEGATIVE_FORCED_FLUX");
  return {
    scienceRecommended,
    scienceRejectReason: blockers.join(";"),
    qaGrade: scienceRecommended ? "A" : onlyFaint ? "non_detection" : "reject",
  };
}
