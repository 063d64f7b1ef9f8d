import type { SkyPosition } from "./exposure_wcs.ts";

const DEGREE = Math.PI / 180;
/** Obliquity of the ecliptic at J2000, degrees. */
const OBLIQUITY = 23.4392911 * DEGREE;
const SIN = Math.sin(OBLIQUITY);
const COS = Math.cos(OBLIQUITY);

/** A position in ecliptic coordinates, degrees. */
export interface EclipticPosition {
  /** Longitude, 0 to 360. */
  readonly longitudeDeg: number;
  /** Latitude, -90 to 90. */
  readonly latitudeDeg: number;
}

/** Ecliptic coordinates of a position. */
export function eclipticOf(rightAscensionDeg: number, declinationDeg: number): EclipticPosition {
  const a = rightAscensionDeg * DEGREE;
  const d = declinationDeg * DEGREE;
  const x = Math.cos(d) * Math.cos(a);
  const y = Math.cos(d) * Math.sin(a) * COS + Math.sin(d) * SIN;
  const z = Math.sin(d) * COS - Math.cos(d) * Math.sin(a) * SIN;
  return {
    longitudeDeg: (Math.atan2(y, x) / DEGREE + 360) % 360,
    latitudeDeg: Math.atan2(z, Math.hypot(x, y)) / DEGREE,
  };
}

/** The position with ecliptic coordinates. */
export function equatorialOf(longitudeDeg: number, latitudeDeg: number): SkyPosition {
  const l = longitudeDeg * DEGREE;
  const b = latitudeDeg * DEGREE;
  const x = Math.cos(b) * Math.cos(l);
  const y = Math.cos(b) * Math.sin(l) * COS - Math.sin(b) * SIN;
  const z = Math.sin(b) * COS + Math.cos(b) * Math.sin(l) * SIN;
  return {
    rightAscensionDeg: (Math.atan2(y, x) / DEGREE + 360) % 360,
    declinationDeg: Math.atan2(z, Math.hypot(x, y)) / DEGREE,
  };
}

/** Direction of the north ecliptic pole at a position, degrees east of celestial north. */
export function eclipticNorthAngleDeg(position: SkyPosition): number {
  const a = position.rightAscensionDeg * DEGREE;
  const d = position.declinationDeg * DEGREE;
  const east = -SIN * Math.cos(a); // the pole is (0, -SIN, COS)
  const north = SIN * Math.sin(a) * Math.sin(d) + COS * Math.cos(d);
  return Math.atan2(east, north) / DEGREE;
}
