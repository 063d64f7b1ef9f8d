import type { Keywords } from "../core/keywords.ts";
import { degreesPerUnit } from "./axis_units.ts";
import { type CelestialAxes, parseCelestialAxes } from "./celestial_axes.ts";
import { numberOr, optionalNumber, optionalText, requiredNumber } from "./header_values.ts";
import { type LinearTransform, linearTransform, parseLinearTransform } from "./linear_transform.ts";
import { nativeToCelestialRotation } from "./native_rotation.ts";
import type { MutablePoint, MutableVector, Projection } from "./projection.ts";
import { SipDistortion } from "./sip.ts";

const DEGREE = Math.PI / 180;
const RADIAN_ARCSEC = 648000 / Math.PI;

/** A position on the sky in degrees: right ascension from 0 up to 360, declination from -90 to 90. */
export interface SkyPosition {
  /** Right ascension in degrees. */
  readonly rightAscensionDeg: number;
  /** Declination in degrees. */
  readonly declinationDeg: number;
}

/** A position on an image: 0-based, pixel centres at integers. */
export interface PixelPosition {
  /** Column. */
  readonly x: number;
  /** Row. */
  readonly y: number;
}

/** Choices of {@linkcode parseCelestialWcs}. */
export interface CelestialWcsOptions {
  /** Letter of the alternate coordinate system, A to Z; the primary one without it. */
  readonly alternate?: string;
  /** False leaves the SIP distortion out. */
  readonly sip?: boolean;
}

interface CelestialParts {
  readonly radesys: string;
  readonly originX: number;
  readonly originY: number;
  readonly matrix: LinearTransform;
  readonly sip: SipDistortion | undefined;
  readonly projection: Projection;
  readonly planeX: number;
  readonly planeY: number;
  readonly rotation: Float64Array;
}

/** The way between the pixels of an image and the sky (FITS Papers I and II, and SIP). */
export class CelestialWcs {
  /** Reference frame as RADESYS says, or as Paper II infers it from EQUINOX: ICRS, FK5, FK4, ... Not converted. */
  readonly radesys: string;
  readonly #parts: CelestialParts;
  // Scratch, so that a call allocates only its answer.
  readonly #direction: MutableVector = { x: 0, y: 0, z: 0 };
  readonly #point: MutablePoint = { x: 0, y: 0 };

  /** Used by {@linkcode parseCelestialWcs}. */
  constructor(parts: CelestialParts) {
    this.#parts = parts;
    this.radesys = parts.radesys;
  }

  /** Letters of the projection, such as TAN. */
  get projectionCode(): string {
    return this.#parts.projection.code;
  }

  /** Whether a SIP distortion is applied. */
  get isDistorted(): boolean {
    return this.#parts.sip !== undefined;
  }

  /** The sky position of a pixel position; both numbers are NaN where the projection has none. */
  pixelToSky(x: number, y: number): SkyPosition {
    const { rotation, projection, planeX, planeY } = this.#parts;
    const point = this.#toPlane(x, y);
    const direction = this.#direction;
    projection.toSphere(point.x + planeX, point.y + planeY, direction);
    const { x: nativeX, y: nativeY, z: nativeZ } = direction;
    const skyX = rotation[0]! * nativeX + rotation[1]! * nativeY + rotation[2]! * nativeZ;
    const skyY = rotation[3]! * nativeX + rotation[4]! * nativeY + rotation[5]! * nativeZ;
    const skyZ = rotation[6]! * nativeX + rotation[7]! * nativeY + rotation[8]! * nativeZ;
    const longitude = Math.atan2(skyY, skyX) / DEGREE;
    return {
      rightAscensionDeg: longitude < 0 ? (longitude + 360) % 360 : longitude,
      declinationDeg: Math.atan2(skyZ, Math.sqrt(skyX * skyX + skyY * skyY)) / DEGREE,
    };
  }

  /**
   * The pixel position of a sky position in degrees; both numbers are NaN when the position does not project
   * (the far side of the sky) or when the distortion has no inverse there.
   */
  skyToPixel(rightAscensionDeg: number, declinationDeg: number): PixelPosition {
    const { rotation, projection, planeX, planeY, matrix, sip, originX, originY } = this.#parts;
    const cosine = Math.cos(declinationDeg * DEGREE);
    const skyX = cosine * Math.cos(rightAscensionDeg * DEGREE);
    const skyY = cosine * Math.sin(rightAscensionDeg * DEGREE);
    const skyZ = Math.sin(declinationDeg * DEGREE);
    const point = this.#point;
    projection.toPlane(
      rotation[0]! * skyX + rotation[3]! * skyY + rotation[6]! * skyZ,
      rotation[1]! * skyX + rotation[4]! * skyY + rotation[7]! * skyZ,
      rotation[2]! * skyX + rotation[5]! * skyY + rotation[8]! * skyZ,
      point,
    );
    const [worldX, worldY] = [point.x - planeX, point.y - planeY];
    const u = matrix.i11 * worldX + matrix.i12 * worldY;
    const v = matrix.i21 * worldX + matrix.i22 * worldY;
    if (sip === undefined) return { x: u + originX, y: v + originY };
    sip.inverse(u, v, point);
    return { x: point.x + originX, y: point.y + originY };
  }

  /** Solid angle of a pixel of unit size centred at (x, y), in square arcseconds, from the Jacobian of the mapping. */
  pixelSolidAngleArcsec2(x: number, y: number): number {
    const { projection, planeX, planeY, matrix, sip, originX, originY } = this.#parts;
    const point = this.#toPlane(x, y);
    const area = projection.solidAngleOfArea(point.x + planeX, point.y + planeY);
    const stretch = sip === undefined ? 1 : sip.jacobian(x - originX, y - originY);
    return Math.abs(matrix.determinant * stretch) * area * RADIAN_ARCSEC * RADIAN_ARCSEC;
  }

  /** The same system for a cutout whose pixel (0, 0) is pixel (originX, originY) here. */
  withOrigin(originX: number, originY: number): CelestialWcs {
    const parts = this.#parts;
    return new CelestialWcs({
      ...parts,
      originX: parts.originX - originX,
      originY: parts.originY - originY,
    });
  }

  /** Intermediate world coordinates in radians, relative to CRVAL; the answer lives until the next call. */
  #toPlane(x: number, y: number): MutablePoint {
    const { matrix, sip, originX, originY } = this.#parts;
    const point = this.#point;
    let [u, v] = [x - originX, y - originY];
    if (sip !== undefined) {
      sip.forward(u, v, point);
      u = point.x;
      v = point.y;
    }
    point.x = matrix.m11 * u + matrix.m12 * v;
    point.y = matrix.m21 * u + matrix.m22 * v;
    return point;
  }
}

function readRadesys(header: Keywords, alternate: string): string {
  const radesys = optionalText(header, `RADESYS${alternate}`) ??
    (alternate === "" ? optionalText(header, "RADECSYS") : undefined);
  if (radesys !== undefined && radesys.trim() !== "") return radesys.trim();
  const equinox = optionalNumber(header, `EQUINOX${alternate}`);
  if (equinox === undefined) return "ICRS";
  return equinox < 1984 ? "FK4" : "FK5";
}

/** The matrix with its first row for right ascension, in radians. */
function readRadianMatrix(header: Keywords, axes: CelestialAxes, alternate: string): LinearTransform {
  const units = [1, 2].map((axis) => {
    const keyword = `CUNIT${axis}${alternate}`;
    return degreesPerUnit(optionalText(header, keyword), keyword) * DEGREE;
  });
  const matrix = parseLinearTransform(header, alternate, [units[0]!, units[1]!], true, axes.latitudeAxis);
  if (axes.longitudeAxis === 1) return matrix;
  return linearTransform([matrix.m21, matrix.m22, matrix.m11, matrix.m12]);
}

/** CRVAL of an axis in degrees. */
function readReferenceDeg(header: Keywords, axis: number, alternate: string): number {
  const unit = `CUNIT${axis}${alternate}`;
  return requiredNumber(header, `CRVAL${axis}${alternate}`) *
    degreesPerUnit(optionalText(header, unit), unit);
}

/** The rotation to the sky, and where the reference point lies in the plane (PVi_0 to PVi_4, Paper II, 2.5). */
function readOrientation(
  header: Keywords,
  axes: CelestialAxes,
  alternate: string,
): Pick<CelestialParts, "rotation" | "planeX" | "planeY"> {
  const prefix = `PV${axes.longitudeAxis}_`;
  const isScampHeader = axes.projection.code === "TAN" && axes.namesSip;
  const parameter = (index: number) =>
    isScampHeader ? undefined : optionalNumber(header, `${prefix}${index}${alternate}`);
  const referenceLongitudeDeg = parameter(1) ?? 0;
  const referenceLatitudeDeg = parameter(2) ?? axes.projection.referenceLatitudeDeg;
  const rotation = nativeToCelestialRotation({
    longitudeDeg: readReferenceDeg(header, axes.longitudeAxis, alternate),
    latitudeDeg: readReferenceDeg(header, axes.latitudeAxis, alternate),
    referenceLongitudeDeg,
    referenceLatitudeDeg,
    lonpoleDeg: parameter(3) ?? optionalNumber(header, `LONPOLE${alternate}`),
    latpoleDeg: parameter(4) ?? numberOr(header, `LATPOLE${alternate}`, 90),
  });
  const origin: MutablePoint = { x: 0, y: 0 };
  if ((parameter(0) ?? 0) !== 0) {
    const [longitude, latitude] = [referenceLongitudeDeg * DEGREE, referenceLatitudeDeg * DEGREE];
    const cosine = Math.cos(latitude);
    axes.projection.toPlane(
      cosine * Math.cos(longitude),
      cosine * Math.sin(longitude),
      Math.sin(latitude),
      origin,
    );
  }
  return { rotation, planeX: origin.x, planeY: origin.y };
}

/**
 * Reads the celestial coordinate system of a header's first two axes.
 *
 * Projections TAN, SIN (with slant), ARC, STG, ZEA and CAR; CDi_j, PCi_j with CDELTi, or CROTAi with CDELTi; LONPOLE,
 * LATPOLE and PVi_0 to PVi_4 of the longitude axis; SIP with every order. Like astropy, the primary system takes the
 * SIP keywords even when CTYPE does not end in -SIP; an alternate system only when it does.
 *
 * Throws TaggedError `wcs/missing-keyword`, `wcs/invalid-keyword`, `wcs/not-equatorial`,
 * `wcs/unsupported-projection`, `wcs/unsupported-distortion`, `wcs/unsupported-unit`, `wcs/coupled-axes`,
 * `wcs/singular-matrix` or `wcs/no-pole`.
 */
export function parseCelestialWcs(header: Keywords, options: CelestialWcsOptions = {}): CelestialWcs {
  const alternate = options.alternate ?? "";
  const axes = parseCelestialAxes(header, alternate);
  const takesSip = (options.sip ?? true) && (axes.namesSip || alternate === "");
  return new CelestialWcs({
    radesys: readRadesys(header, alternate),
    originX: requiredNumber(header, `CRPIX1${alternate}`) - 1,
    originY: requiredNumber(header, `CRPIX2${alternate}`) - 1,
    matrix: readRadianMatrix(header, axes, alternate),
    sip: takesSip ? SipDistortion.parse(header) : undefined,
    projection: axes.projection,
    ...readOrientation(header, axes, alternate),
  });
}
