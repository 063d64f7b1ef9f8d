import { crossProduct, dotProduct, isInsideSphericalPolygon, type UnitVector } from "./sphere.ts";

/**
 * Whether a circle on the sphere and a polygon have a point in common: its centre lies inside, or a side comes as near as
 * the radius.
 *
 * `radiusRadians` is from 0 up to a right angle; the polygon is as in {@linkcode isInsideSphericalPolygon}.
 */
export function isCircleTouchingPolygon(
  center: UnitVector,
  radiusRadians: number,
  corners: readonly UnitVector[],
): boolean {
  if (isInsideSphericalPolygon(center, corners)) return true;
  if (corners.length < 3) return false;
  for (let i = 0; i < corners.length; i++) {
    const from = corners[i]!, to = corners[(i + 1) % corners.length]!;
    if (isWithinOfArc(center, radiusRadians, from, to)) return true;
  }
  return false;
}

/** Whether an arc of a great circle comes as near to a point as the radius. */
function isWithinOfArc(point: UnitVector, radiusRadians: number, from: UnitVector, to: UnitVector): boolean {
  const limit = 2 * Math.sin(radiusRadians / 2);
  if (chordSquared(point, from) <= limit * limit || chordSquared(point, to) <= limit * limit) return true;
  const normal = crossProduct(from, to);
  const length = Math.sqrt(dotProduct(normal, normal));
  if (length === 0) return false;
  if (Math.abs(dotProduct(point, normal)) > length * Math.sin(radiusRadians)) return false;
  // The nearest point of the great circle belongs to the arc when the point lies between the planes at its ends.
  return dotProduct(crossProduct(normal, from), point) >= 0 &&
    dotProduct(crossProduct(to, normal), point) >= 0;
}

/** Squared length of the straight line between two unit vectors. */
function chordSquared(a: UnitVector, b: UnitVector): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
