import type { MutablePoint, MutableVector, Projection } from "./projection.ts";

/**
 * SIN, the orthographic projection with its slant parameters (Paper II, section 5.1.5):
 * x = cos(theta) sin(phi) + xi (1 - sin(theta)), y = -cos(theta) cos(phi) + eta (1 - sin(theta)).
 * The parameters are PV2_1 and PV2_2 of the latitude axis; both 0 is the plain orthographic projection.
 */
export class SinProjection implements Projection {
  /** Always SIN. */
  readonly code = "SIN";
  /** Always 90: the reference point is the native pole. */
  readonly referenceLatitudeDeg = 90;
  readonly #xi: number;
  readonly #eta: number;

  /** Makes the projection for the slant parameters `xi` (PV2_1) and `eta` (PV2_2). */
  constructor(xi: number, eta: number) {
    this.#xi = xi;
    this.#eta = eta;
  }

  /** 1 - sin(theta) of the nearer of the two directions that project to a point; NaN outside of the rim. */
  #depth(x: number, y: number): number {
    const [xi, eta] = [this.#xi, this.#eta];
    const half = 1 + xi * x + eta * y;
    const square = x * x + y * y;
    const discriminant = half * half - (1 + xi * xi + eta * eta) * square;
    if (discriminant < 0) return discriminant > -1e-13 && half > 0 ? square / half : NaN;
    const depth = square / (half + Math.sqrt(discriminant));
    return depth >= 0 && depth <= 2 ? depth : NaN;
  }

  /** Writes the native direction of a point of the plane (radians); NaN outside of the rim. */
  toSphere(x: number, y: number, direction: MutableVector): void {
    const depth = this.#depth(x, y);
    direction.x = -(y - this.#eta * depth);
    direction.y = x - this.#xi * depth;
    direction.z = 1 - depth;
  }

  /** Writes the point of the plane (radians) of a native direction; NaN for the side that is turned away. */
  toPlane(x: number, y: number, z: number, point: MutablePoint): void {
    const facing = z + this.#xi * y - this.#eta * x >= 0;
    // 1 - z loses its digits near the pole, where (x^2 + y^2) / (1 + z) keeps them.
    const depth = facing ? (z > 0 ? (x * x + y * y) / (1 + z) : 1 - z) : NaN;
    point.x = y + this.#xi * depth;
    point.y = -x + this.#eta * depth;
  }

  /** Solid angle of a unit area: 1 / |n . (-eta, xi, 1)| with n the native direction. */
  solidAngleOfArea(x: number, y: number): number {
    const depth = this.#depth(x, y);
    const [nx, ny] = [-(y - this.#eta * depth), x - this.#xi * depth];
    return 1 / Math.abs(1 - depth + this.#xi * ny - this.#eta * nx);
  }
}
