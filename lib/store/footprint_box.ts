import { dotProduct, type UnitVector } from "../math/sphere.ts";

/** A box with sides along the axes: low and high x, y, z. */
export type SphereBox = readonly [number, number, number, number, number, number];

/**
 * A box that holds all of a polygon on the unit sphere. A point of the polygon is a weighted mean of its corners, brought
 * back to the sphere: stretched by no more than 1 / cos of the distance from the middle to the farthest corner.
 */
export function boxOfPolygon(corners: readonly UnitVector[]): SphereBox {
  const middle = normalized(corners);
  const stretch = 1 / Math.min(...corners.map((corner) => dotProduct(corner, middle)));
  const bounds = [0, 1, 2].flatMap((axis) => {
    const values = corners.map((corner) => corner[axis]!);
    const low = Math.min(...values), high = Math.max(...values);
    return [low < 0 ? low * stretch : low, high > 0 ? high * stretch : high];
  });
  return bounds as unknown as SphereBox;
}

function normalized(corners: readonly UnitVector[]): UnitVector {
  const sum = [0, 1, 2].map((axis) => corners.reduce((total, corner) => total + corner[axis]!, 0));
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length) as unknown as UnitVector;
}
