const DEGREE = Math.PI / 180;

/** A direction as three numbers: cos(dec) cos(ra), cos(dec) sin(ra), sin(dec). */
export type UnitVector = readonly [number, number, number];

/** A position on the sphere in degrees. */
export interface SpherePosition {
  /** Right ascension, or any longitude, from 0 up to 360. */
  readonly rightAscensionDeg: number;
  /** Declination, or any latitude, from -90 to 90. */
  readonly declinationDeg: number;
}

/** The unit vector of a position in degrees. */
export function unitVector(rightAscensionDeg: number, declinationDeg: number): UnitVector {
  const cosine = Math.cos(declinationDeg * DEGREE);
  return [
    cosine * Math.cos(rightAscensionDeg * DEGREE),
    cosine * Math.sin(rightAscensionDeg * DEGREE),
    Math.sin(declinationDeg * DEGREE),
  ];
}

/** The position of a vector of any length but zero. */
export function positionOfVector(vector: UnitVector): SpherePosition {
  const [x, y, z] = vector;
  const longitude = Math.atan2(y, x) / DEGREE;
  return {
    rightAscensionDeg: longitude < 0 ? (longitude + 360) % 360 : longitude,
    declinationDeg: Math.atan2(z, Math.sqrt(x * x + y * y)) / DEGREE,
  };
}

/** Cross product, which is at right angles to both vectors. */
export function crossProduct(a: UnitVector, b: UnitVector): UnitVector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Scalar product: the cosine of the angle between unit vectors. */
export function dotProduct(a: UnitVector, b: UnitVector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/**
 * Angle between two positions in degrees, from 0 to 180; accurate for small, right and opposite angles alike
 * (Vincenty 1975, Survey Review 23, 88). NaN in, NaN out.
 */
export function angularSeparationDeg(
  rightAscensionDeg1: number,
  declinationDeg1: number,
  rightAscensionDeg2: number,
  declinationDeg2: number,
): number {
  const difference = (rightAscensionDeg2 - rightAscensionDeg1) * DEGREE;
  const [sin1, cos1] = [Math.sin(declinationDeg1 * DEGREE), Math.cos(declinationDeg1 * DEGREE)];
  const [sin2, cos2] = [Math.sin(declinationDeg2 * DEGREE), Math.cos(declinationDeg2 * DEGREE)];
  const across = cos2 * Math.sin(difference);
  // cos1 sin2 - sin1 cos2 cos(difference), written so that near positions do not cancel.
  const half = Math.sin(difference / 2);
  const along = Math.sin((declinationDeg2 - declinationDeg1) * DEGREE) + 2 * sin1 * cos2 * half * half;
  const towards = sin1 * sin2 + cos1 * cos2 * Math.cos(difference);
  return Math.atan2(Math.sqrt(across * across + along * along), towards) / DEGREE;
}

/** Position angle of the second position seen from the first: degrees from north through east, 0 up to 360. */
export function positionAngleDeg(
  rightAscensionDeg1: number,
  declinationDeg1: number,
  rightAscensionDeg2: number,
  declinationDeg2: number,
): number {
  const difference = (rightAscensionDeg2 - rightAscensionDeg1) * DEGREE;
  const [sin1, cos2] = [Math.sin(declinationDeg1 * DEGREE), Math.cos(declinationDeg2 * DEGREE)];
  const half = Math.sin(difference / 2);
  const north = Math.sin((declinationDeg2 - declinationDeg1) * DEGREE) + 2 * sin1 * cos2 * half * half;
  const angle = Math.atan2(cos2 * Math.sin(difference), north) / DEGREE;
  return angle < 0 ? (angle + 360) % 360 : angle;
}

/** The position at `separationDeg` from a position, in the direction `positionAngleDeg` (north through east). */
export function offsetPosition(
  rightAscensionDeg: number,
  declinationDeg: number,
  positionAngleDeg: number,
  separationDeg: number,
): SpherePosition {
  const [sinD, cosD] = [Math.sin(declinationDeg * DEGREE), Math.cos(declinationDeg * DEGREE)];
  const [sinA, cosA] = [Math.sin(rightAscensionDeg * DEGREE), Math.cos(rightAscensionDeg * DEGREE)];
  const away = Math.sin(separationDeg * DEGREE), towards = Math.cos(separationDeg * DEGREE);
  const north = away * Math.cos(positionAngleDeg * DEGREE), east = away * Math.sin(positionAngleDeg * DEGREE);
  return positionOfVector([
    towards * cosD * cosA - north * sinD * cosA - east * sinA,
    towards * cosD * sinA - north * sinD * sinA + east * cosA,
    towards * sinD + north * cosD,
  ]);
}

/**
 * Whether a position lies inside a polygon whose sides are arcs of great circles shorter than 180 degrees.
 *
 * The corners go round in either sense and the polygon may be concave; it is taken to be smaller than a hemisphere.
 * A position on a side may come out either way. Fewer than three corners contain nothing.
 * Method: the polygon's angles seen from the position add up to a full turn when it is inside, to none outside.
 */
export function isInsideSphericalPolygon(position: UnitVector, corners: readonly UnitVector[]): boolean {
  if (corners.length < 3) return false;
  let sumX = 0, sumY = 0, sumZ = 0;
  for (const corner of corners) {
    sumX += corner[0];
    sumY += corner[1];
    sumZ += corner[2];
  }
  // The antipode of an inside point also sees a full turn; it lies on the far side of the corners' mean.
  if (dotProduct(position, [sumX, sumY, sumZ]) <= 0) return false;
  let turn = 0;
  for (let i = 0; i < corners.length; i++) {
    const from = corners[i]!, to = corners[(i + 1) % corners.length]!;
    const sine = dotProduct(position, crossProduct(from, to));
    const cosine = dotProduct(from, to) - dotProduct(position, from) * dotProduct(position, to);
    turn += Math.atan2(sine, cosine);
  }
  return Math.abs(turn) > Math.PI;
}
