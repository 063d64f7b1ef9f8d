/** Right ascensions that are accepted, in words. */
export const RIGHT_ASCENSION_RANGE = "from 0 to below 360 degrees";
/** Declinations that are accepted, in words. */
export const DECLINATION_RANGE = "from -90 to 90 degrees";

/** Whether a number is a right ascension in degrees: from 0 to below 360. What is outside is never wrapped. */
export function isRightAscensionDeg(value: number): boolean {
  return value >= 0 && value < 360;
}

/** Whether a number is a declination in degrees: from -90 to 90. */
export function isDeclinationDeg(value: number): boolean {
  return value >= -90 && value <= 90;
}

/** What is wrong with a position; undefined when nothing is. */
export function positionProblem(
  { rightAscensionDeg, declinationDeg }: {
    readonly rightAscensionDeg: number;
    readonly declinationDeg: number;
  },
): string | undefined {
  if (!isRightAscensionDeg(rightAscensionDeg)) {
    return `a right ascension is ${RIGHT_ASCENSION_RANGE}`;
  }
  return isDeclinationDeg(declinationDeg) ? undefined : `a declination is ${DECLINATION_RANGE}`;
}
