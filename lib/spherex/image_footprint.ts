import { type UnitVector, unitVector } from "../math/sphere.ts";
import { isCircleTouchingPolygon } from "../math/spherical_polygon.ts";

const DEGREE = Math.PI / 180;

/**
 * The corners of an image's outline as the archive writes it (STC-S), such as `POLYGON ICRS 6.96 41.75 11.28 43.13 …`:
 * degrees, the first corner repeated at the end or not. Undefined for anything else.
 */
export function parseFootprint(sRegion: string): UnitVector[] | undefined {
  const numbers = parseOutline(sRegion);
  if (numbers === undefined) return undefined;
  return Array.from(
    { length: numbers.length / 2 },
    (_, i) => unitVector(numbers[2 * i]!, numbers[2 * i + 1]!),
  );
}

/** Right ascension and declination of each corner in turn, degrees; otherwise as {@linkcode parseFootprint}. */
export function parseOutline(sRegion: string): number[] | undefined {
  const words = sRegion.trim().split(/\s+/);
  if (words.shift()?.toUpperCase() !== "POLYGON") return undefined;
  if (/^[a-z]/i.test(words[0] ?? "") && words.shift()!.toUpperCase() !== "ICRS") return undefined;
  const numbers = words.map(Number);
  if (numbers.length % 2 !== 0 || !numbers.every(Number.isFinite)) return undefined;
  if (numbers.length > 2 && numbers[0] === numbers.at(-2) && numbers[1] === numbers.at(-1)) {
    numbers.length -= 2;
  }
  return numbers.length < 6 ? undefined : numbers;
}

/** An outline as the archive writes it: the first corner repeated at the end. */
export function outlineText(outlineDeg: readonly number[]): string {
  return `POLYGON ICRS ${[...outlineDeg, outlineDeg[0], outlineDeg[1]].join(" ")}`;
}

/** Whether a circle around a position, all in degrees, touches a footprint: what discovery services answer with. */
export function coversCircle(
  footprint: readonly UnitVector[],
  rightAscensionDeg: number,
  declinationDeg: number,
  radiusDeg: number,
): boolean {
  return isCircleTouchingPolygon(
    unitVector(rightAscensionDeg, declinationDeg),
    radiusDeg * DEGREE,
    footprint,
  );
}
