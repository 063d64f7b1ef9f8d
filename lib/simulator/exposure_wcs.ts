import type { DetectorNumber } from "../spherex/bands.ts";
import { detectorModel, type SipCoefficients } from "./detector_model.ts";

/** A position on the sky. */
export interface SkyPosition {
  /** Right ascension, ICRS degrees, 0 to 360. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS degrees. */
  readonly declinationDeg: number;
}

const DEGREE = Math.PI / 180;
const ARCSEC2_PER_DEG2 = 3600 ** 2;
/** 0-based pixel of the reference point: the middle of the detector (CRPIX 1020.5). */
export const REFERENCE_PIXEL = 1019.5;

/** Value of a SIP polynomial of order 3. */
function sip(c: SipCoefficients, u: number, v: number): number {
  return c[0]! + v * (c[1]! + v * (c[2]! + v * c[3]!)) + u * (c[4]! + v * (c[5]! + v * c[6]!) +
        u * (c[7]! + v * c[8]! + u * c[9]!));
}

function sipByU(c: SipCoefficients, u: number, v: number): number {
  return c[4]! + v * (c[5]! + v * c[6]!) + u * (2 * (c[7]! + v * c[8]!) + u * 3 * c[9]!);
}

function sipByV(c: SipCoefficients, u: number, v: number): number {
  return c[1]! + v * (2 * c[2]! + v * 3 * c[3]!) + u * (c[5]! + v * 2 * c[6]! + u * c[8]!);
}

/**
 * The celestial WCS of one simulated image: TAN projection with SIP distortion, all orders (Shupe et al. 2005).
 * It is written apart from the reader's WCS so that each can be held against the other.
 */
export class ExposureWcs {
  readonly #a: SipCoefficients;
  readonly #b: SipCoefficients;
  readonly #inverse: readonly [number, number, number, number];
  readonly #sinDec: number;
  readonly #cosDec: number;

  /** `pc` in degrees a pixel; `center` is CRVAL. */
  constructor(
    readonly detector: DetectorNumber,
    readonly center: SkyPosition,
    readonly pc: readonly [number, number, number, number],
  ) {
    const model = detectorModel(detector);
    this.#a = model.sipA;
    this.#b = model.sipB;
    const determinant = pc[0] * pc[3] - pc[1] * pc[2];
    this.#inverse = [pc[3] / determinant, -pc[1] / determinant, -pc[2] / determinant, pc[0] / determinant];
    this.#sinDec = Math.sin(center.declinationDeg * DEGREE);
    this.#cosDec = Math.cos(center.declinationDeg * DEGREE);
  }

  /** The position on the sky of a 0-based pixel of the detector. */
  pixelToSky(x: number, y: number): SkyPosition {
    const u = x - REFERENCE_PIXEL;
    const v = y - REFERENCE_PIXEL;
    const U = u + sip(this.#a, u, v);
    const V = v + sip(this.#b, u, v);
    const xi = (this.pc[0] * U + this.pc[1] * V) * DEGREE;
    const eta = (this.pc[2] * U + this.pc[3] * V) * DEGREE;
    const denominator = this.#cosDec - eta * this.#sinDec;
    const rightAscension = this.center.rightAscensionDeg + Math.atan2(xi, denominator) / DEGREE;
    const declination = Math.atan2(this.#sinDec + eta * this.#cosDec, Math.hypot(xi, denominator)) / DEGREE;
    return { rightAscensionDeg: (rightAscension % 360 + 360) % 360, declinationDeg: declination };
  }

  /** The 0-based pixel of a position, or undefined when it lies on the other half of the sky. */
  skyToPixel(rightAscensionDeg: number, declinationDeg: number): { x: number; y: number } | undefined {
    const delta = (rightAscensionDeg - this.center.rightAscensionDeg) * DEGREE;
    const sinDec = Math.sin(declinationDeg * DEGREE);
    const cosDec = Math.cos(declinationDeg * DEGREE);
    const cosDelta = Math.cos(delta);
    const cosine = this.#sinDec * sinDec + this.#cosDec * cosDec * cosDelta;
    if (cosine < 0.1) return undefined;
    const xi = cosDec * Math.sin(delta) / cosine / DEGREE;
    const eta = (this.#cosDec * sinDec - this.#sinDec * cosDec * cosDelta) / cosine / DEGREE;
    const U = this.#inverse[0] * xi + this.#inverse[1] * eta;
    const V = this.#inverse[2] * xi + this.#inverse[3] * eta;
    if (Math.abs(U) > 4000 || Math.abs(V) > 4000) return { x: U + REFERENCE_PIXEL, y: V + REFERENCE_PIXEL };
    return this.#undistort(U, V);
  }

  /** Solid angle of a 0-based pixel, square arcseconds, from the Jacobian of the projection. */
  solidAngleArcsec2(x: number, y: number): number {
    return solidAngleArcsec2(this.detector, this.pc, x, y);
  }

  /** Newton's method on the forward map. */
  #undistort(U: number, V: number): { x: number; y: number } {
    let u = U - sip(this.#a, U, V);
    let v = V - sip(this.#b, U, V);
    for (let step = 0; step < 6; step++) {
      const errorU = u + sip(this.#a, u, v) - U;
      const errorV = v + sip(this.#b, u, v) - V;
      const uu = 1 + sipByU(this.#a, u, v);
      const uv = sipByV(this.#a, u, v);
      const vu = sipByU(this.#b, u, v);
      const vv = 1 + sipByV(this.#b, u, v);
      const determinant = uu * vv - uv * vu;
      u -= (vv * errorU - uv * errorV) / determinant;
      v -= (uu * errorV - vu * errorU) / determinant;
      if (Math.abs(errorU) + Math.abs(errorV) < 1e-11) break;
    }
    return { x: u + REFERENCE_PIXEL, y: v + REFERENCE_PIXEL };
  }
}

/**
 * Solid angle of a 0-based pixel of a detector, square arcseconds: the determinant of the distorted linear map
 * times (1 + xi^2 + eta^2)^(-3/2) of the gnomonic projection. It does not depend on where the image points.
 */
export function solidAngleArcsec2(
  detector: DetectorNumber,
  pc: readonly [number, number, number, number],
  x: number,
  y: number,
): number {
  const { sipA, sipB } = detectorModel(detector);
  const u = x - REFERENCE_PIXEL;
  const v = y - REFERENCE_PIXEL;
  const determinant = (1 + sipByU(sipA, u, v)) * (1 + sipByV(sipB, u, v)) -
    sipByV(sipA, u, v) * sipByU(sipB, u, v);
  const U = u + sip(sipA, u, v);
  const V = v + sip(sipB, u, v);
  const xi = (pc[0] * U + pc[1] * V) * DEGREE;
  const eta = (pc[2] * U + pc[3] * V) * DEGREE;
  const plate = Math.abs(pc[0] * pc[3] - pc[1] * pc[2]) * ARCSEC2_PER_DEG2;
  const square = 1 + xi * xi + eta * eta;
  return plate * determinant / (square * Math.sqrt(square));
}
