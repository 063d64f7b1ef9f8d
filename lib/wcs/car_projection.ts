import type { MutablePoint, MutableVector, Projection } from "./projection.ts";

/** Room for rounding at the rim of the map. */
const RIM = 1e-10;

/** CAR, plate carree: native longitude and latitude are the coordinates of the plane (Paper II, section 5.2.3). */
export const CAR_PROJECTION: Projection = {
  code: "CAR",
  referenceLatitudeDeg: 0,
  toSphere(x: number, y: number, direction: MutableVector): void {
    const inside = Math.abs(x) <= Math.PI + RIM && Math.abs(y) <= Math.PI / 2 + RIM;
    const cosine = inside ? Math.cos(y) : NaN;
    direction.x = cosine * Math.cos(x);
    direction.y = cosine * Math.sin(x);
    direction.z = inside ? Math.sin(y) : NaN;
  },
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    point.x = Math.atan2(y, x);
    point.y = Math.atan2(z, Math.sqrt(x * x + y * y));
  },
  solidAngleOfArea(x: number, y: number): number {
    return Math.abs(x) <= Math.PI + RIM && Math.abs(y) <= Math.PI / 2 + RIM ? Math.cos(y) : NaN;
  },
};
