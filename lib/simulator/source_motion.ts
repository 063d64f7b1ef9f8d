import type { SimulatedMotion } from "./simulated_target.ts";

const DEGREE = Math.PI / 180;
const MAS_PER_DEG = 3.6e6;

/** Where a moving source is at an MJD (UTC), in the plane tangent to where it was at its epoch. */
export function movedPosition<Position extends { rightAscensionDeg: number; declinationDeg: number }>(
  position: Position,
  motion: SimulatedMotion | undefined,
  mjd: number,
): { rightAscensionDeg: number; declinationDeg: number } {
  const { rightAscensionDeg, declinationDeg } = position;
  if (motion === undefined) return { rightAscensionDeg, declinationDeg };
  const years = 2000 + (mjd - 51_544.5) / 365.25 - motion.epochYear;
  const east = motion.raMasPerYear * years / MAS_PER_DEG, north = motion.decMasPerYear * years / MAS_PER_DEG;
  return {
    rightAscensionDeg: rightAscensionDeg + east / Math.cos(declinationDeg * DEGREE),
    declinationDeg: declinationDeg + north,
  };
}
