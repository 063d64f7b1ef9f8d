import { rounded } from "./svg_text.ts";

/** A place on the sky. */
export interface SkyPoint {
  /** Right ascension, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, degrees. */
  readonly declinationDeg: number;
}

/**
 * The place of a position in the equal-area projection of Hammer (1892), right ascension 0 in the middle and growing to
 * the left: x from -1 to 1, y from -0.5 to 0.5, upwards.
 */
export function hammerProjection(
  { rightAscensionDeg, declinationDeg }: SkyPoint,
): readonly [x: number, y: number] {
  const radians = Math.PI / 180;
  const half = longitudeOf(rightAscensionDeg) * radians / 2;
  const latitude = declinationDeg * radians;
  const scale = Math.sqrt(1 + Math.cos(latitude) * Math.cos(half));
  return [-Math.cos(latitude) * Math.sin(half) / scale, Math.sin(latitude) / (2 * scale)];
}

/** Right ascension from -180 to 180. */
function longitudeOf(rightAscensionDeg: number): number {
  return ((rightAscensionDeg + 180) % 360 + 360) % 360 - 180;
}

/** A line over the sky as SVG path data, broken where it leaves the map on one side and comes back on the other. */
export function skyPath(
  points: readonly SkyPoint[],
  place: (point: SkyPoint) => readonly [x: number, y: number],
): string {
  let path = "";
  let before: number | undefined;
  for (const point of points) {
    const longitude = longitudeOf(point.rightAscensionDeg);
    const isBroken = before === undefined || Math.abs(longitude - before) > 180;
    const [x, y] = place(point);
    path += `${isBroken ? "M" : "L"}${rounded(x)},${rounded(y)}`;
    before = longitude;
  }
  return path;
}
