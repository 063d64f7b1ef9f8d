import { offsetPosition } from "../math/sphere.ts";
import type { FitTarget } from "./fit_job.ts";

/** Julian year in days. */
const DAYS_PER_YEAR = 365.25;
/** Modified Julian date of the Julian epoch 2000.0. */
const MJD_OF_J2000 = 51_544.5;
const MAS_PER_DEG = 3.6e6;

/**
 * The target's position at a date, by uniform motion on a great circle; parallax and radial motion are left out.
 *
 * Returns the catalog's position when the target has no proper motion or epoch, or when `mjd` is not finite.
 */
export function positionAt(
  target: FitTarget,
  mjd: number,
): { rightAscensionDeg: number; declinationDeg: number } {
  const { rightAscensionDeg, declinationDeg, referenceEpochYear } = target;
  const motionRa = target.properMotionRaMasPerYear ?? 0;
  const motionDec = target.properMotionDecMasPerYear ?? 0;
  const speed = Math.hypot(motionRa, motionDec);
  if (speed === 0 || referenceEpochYear === null || !Number.isFinite(mjd)) {
    return { rightAscensionDeg, declinationDeg };
  }
  const years = 2000 + (mjd - MJD_OF_J2000) / DAYS_PER_YEAR - referenceEpochYear;
  const angleDeg = Math.atan2(motionRa, motionDec) * 180 / Math.PI + (years < 0 ? 180 : 0);
  return offsetPosition(rightAscensionDeg, declinationDeg, angleDeg, Math.abs(years) * speed / MAS_PER_DEG);
}
