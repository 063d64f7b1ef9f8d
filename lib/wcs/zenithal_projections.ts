import type { MutablePoint, MutableVector, Projection } from "./projection.ts";

/** Room for rounding at the rim of a projection. */
const RIM = 1e-12;

function fillNaN(direction: MutableVector): void {
  direction.x = direction.y = direction.z = NaN;
}

/** TAN, gnomonic: R = cot(latitude); only the northern native hemisphere projects (Paper II, section 5.1.3). */
export const TAN_PROJECTION: Projection = {
  code: "TAN",
  referenceLatitudeDeg: 90,
  toSphere(x: number, y: number, direction: MutableVector): void {
    const z = 1 / Math.sqrt(1 + x * x + y * y);
    direction.x = -y * z;
    direction.y = x * z;
    direction.z = z;
  },
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    const scale = z > 0 ? 1 / z : NaN;
    point.x = y * scale;
    point.y = -x * scale;
  },
  solidAngleOfArea(x: number, y: number): number {
    return (1 + x * x + y * y) ** -1.5;
  },
};

/** ARC, zenithal equidistant: R = 90 deg - latitude (Paper II, section 5.1.6). */
export const ARC_PROJECTION: Projection = {
  code: "ARC",
  referenceLatitudeDeg: 90,
  toSphere(x: number, y: number, direction: MutableVector): void {
    const radius = Math.sqrt(x * x + y * y);
    if (!(radius <= Math.PI + RIM)) return fillNaN(direction);
    const scale = radius === 0 ? 1 : Math.sin(radius) / radius;
    direction.x = -y * scale;
    direction.y = x * scale;
    direction.z = Math.cos(radius);
  },
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    const cosine = Math.sqrt(x * x + y * y);
    // At the native south pole every direction of the plane is as good; wcslib takes the same one.
    const scale = cosine === 0 ? 1 : Math.atan2(cosine, z) / cosine;
    point.x = cosine === 0 && z < 0 ? 0 : y * scale;
    point.y = cosine === 0 && z < 0 ? -Math.PI : -x * scale;
  },
  solidAngleOfArea(x: number, y: number): number {
    const radius = Math.sqrt(x * x + y * y);
    if (!(radius <= Math.PI + RIM)) return NaN;
    return radius === 0 ? 1 : Math.sin(radius) / radius;
  },
};

/** STG, stereographic: R = 2 tan((90 deg - latitude) / 2) (Paper II, section 5.1.4). */
export const STG_PROJECTION: Projection = {
  code: "STG",
  referenceLatitudeDeg: 90,
  toSphere(x: number, y: number, direction: MutableVector): void {
    const quarter = (x * x + y * y) / 4;
    const scale = 1 / (1 + quarter);
    direction.x = -y * scale;
    direction.y = x * scale;
    direction.z = (1 - quarter) * scale;
  },
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    const scale = z > -1 ? 2 / (1 + z) : NaN;
    point.x = y * scale;
    point.y = -x * scale;
  },
  solidAngleOfArea(x: number, y: number): number {
    return (1 + (x * x + y * y) / 4) ** -2;
  },
};

/** ZEA, zenithal equal area: R = 2 sin((90 deg - latitude) / 2) (Paper II, section 5.1.7). */
export const ZEA_PROJECTION: Projection = {
  code: "ZEA",
  referenceLatitudeDeg: 90,
  toSphere(x: number, y: number, direction: MutableVector): void {
    const quarter = (x * x + y * y) / 4;
    if (!(quarter <= 1 + RIM)) return fillNaN(direction);
    const scale = Math.sqrt(Math.max(0, 1 - quarter));
    direction.x = -y * scale;
    direction.y = x * scale;
    direction.z = Math.max(-1, 1 - 2 * quarter);
  },
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    const square = x * x + y * y;
    // R / cos(latitude) in the form that keeps its digits on each hemisphere.
    const scale = z > 0 ? Math.SQRT2 / Math.sqrt(1 + z) : Math.sqrt(2 * (1 - z) / square);
    const atSouthPole = z < 0 && square === 0;
    point.x = atSouthPole ? 0 : y * scale;
    point.y = atSouthPole ? -2 : -x * scale;
  },
  solidAngleOfArea(x: number, y: number): number {
    return (x * x + y * y) / 4 <= 1 + RIM ? 1 : NaN;
  },
};
