/** A direction as a unit vector, or what a projection writes into it; NaN where there is none. */
export interface MutableVector {
  /** cos(latitude) cos(longitude). */
  x: number;
  /** cos(latitude) sin(longitude). */
  y: number;
  /** sin(latitude). */
  z: number;
}

/** A point of the projection plane, in radians. */
export interface MutablePoint {
  /** First intermediate world coordinate, towards the east at the reference point. */
  x: number;
  /** Second intermediate world coordinate, towards the north at the reference point. */
  y: number;
}

/**
 * A map projection between the plane of intermediate world coordinates (radians) and the native sphere
 * (FITS Paper II, Calabretta & Greisen 2002, section 5).
 */
export interface Projection {
  /** The three letters of the projection in CTYPE. */
  readonly code: string;
  /** Native latitude of the reference point in degrees: 90 for zenithal projections, 0 for cylindrical ones. */
  readonly referenceLatitudeDeg: number;
  /** Writes the native direction of a point of the plane; NaN when no direction projects there. */
  toSphere(x: number, y: number, direction: MutableVector): void;
  /** Writes the point of the plane of a native direction; NaN when the direction does not project. */
  toPlane(x: number, y: number, z: number, point: MutablePoint): void;
  /** Solid angle on the sphere of a unit area of the plane at a point; NaN when no direction projects there. */
  solidAngleOfArea(x: number, y: number): number;
}
