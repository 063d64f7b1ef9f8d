import { TaggedError } from "../core/errors.ts";
import type { Keywords } from "../core/keywords.ts";
import { CAR_PROJECTION } from "./car_projection.ts";
import { missingKeyword, numberOr, optionalNumber, optionalText } from "./header_values.ts";
import type { Projection } from "./projection.ts";
import { SinProjection } from "./sin_projection.ts";
import { ARC_PROJECTION, STG_PROJECTION, TAN_PROJECTION, ZEA_PROJECTION } from "./zenithal_projections.ts";

/** Codes of the projections that {@linkcode parseCelestialAxes} accepts. */
export const SUPPORTED_PROJECTIONS: readonly string[] = ["TAN", "SIN", "ARC", "STG", "ZEA", "CAR"];

/** Which axis is right ascension, which is declination, and how they are projected. */
export interface CelestialAxes {
  /** FITS number (1 or 2) of the right ascension axis. */
  readonly longitudeAxis: 1 | 2;
  /** FITS number (1 or 2) of the declination axis. */
  readonly latitudeAxis: 1 | 2;
  /** The projection with its parameters. */
  readonly projection: Projection;
  /** Whether CTYPE ends in -SIP. */
  readonly namesSip: boolean;
}

interface AxisType {
  readonly name: string;
  readonly code: string;
  readonly suffix: string;
}

function readAxisType(header: Keywords, axis: 1 | 2, alternate: string): AxisType {
  const keyword = `CTYPE${axis}${alternate}`;
  const type = optionalText(header, keyword);
  if (type === undefined || type === "") throw missingKeyword(keyword, "RA---TAN, DEC--TAN or the like");
  return {
    name: type.slice(0, 4).replace(/-+$/, ""),
    code: type.slice(4, 8).replace(/^-+/, ""),
    suffix: type.slice(8),
  };
}

function unsupportedProjection(types: readonly [string, string]): TaggedError {
  return new TaggedError(
    "wcs/unsupported-projection",
    `Cannot use the projection of CTYPE ${types[0]}, ${types[1]}: supported are ${
      SUPPORTED_PROJECTIONS.join(", ")
    }`,
    { context: { ctype: [...types], supported: [...SUPPORTED_PROJECTIONS] } },
  );
}

function projectionOf(
  header: Keywords,
  code: string,
  latitudeAxis: number,
  alternate: string,
): Projection | undefined {
  switch (code) {
    case "TAN":
      return TAN_PROJECTION;
    case "SIN":
      return new SinProjection(
        numberOr(header, `PV${latitudeAxis}_1${alternate}`, 0),
        numberOr(header, `PV${latitudeAxis}_2${alternate}`, 0),
      );
    case "ARC":
      return ARC_PROJECTION;
    case "STG":
      return STG_PROJECTION;
    case "ZEA":
      return ZEA_PROJECTION;
    case "CAR":
      return CAR_PROJECTION;
    default:
      return undefined;
  }
}

function unsupportedDistortion(keyword: string, kind: string): TaggedError {
  return new TaggedError(
    "wcs/unsupported-distortion",
    `Cannot apply the ${kind} that ${keyword} announces: only SIP distortion is supported`,
    { context: { keyword } },
  );
}

/** Positions without a distortion that the header states would be quietly wrong, so it is an error. */
function refuseOtherDistortions(
  header: Keywords,
  code: string,
  latitudeAxis: 1 | 2,
  longitudeAxis: 1 | 2,
  alternate: string,
): void {
  for (const name of ["CPDIS", "CQDIS", "D2IMDIS"]) {
    for (const axis of [1, 2]) {
      const keyword = `${name}${axis}${name === "D2IMDIS" ? "" : alternate}`;
      if (header.get(keyword) !== undefined) throw unsupportedDistortion(keyword, "distortion");
    }
  }
  if (code !== "TAN" || header.get("A_ORDER") !== undefined) return;
  for (let index = 1; index <= 39; index++) {
    // Paper II gives PVi_1 to PVi_4 of the longitude axis a meaning; all others on TAN are SCAMP's polynomial.
    const axes = index > 4 ? [longitudeAxis, latitudeAxis] : [latitudeAxis];
    for (const axis of axes) {
      const keyword = `PV${axis}_${index}${alternate}`;
      if ((optionalNumber(header, keyword) ?? 0) !== 0) {
        throw unsupportedDistortion(keyword, "polynomial distortion (TPV)");
      }
    }
  }
}

/**
 * Reads CTYPE and the projection's parameters of the first two axes; `alternate` is "" or a letter A to Z.
 *
 * Throws TaggedError `wcs/missing-keyword`, `wcs/not-equatorial` (the axes are not right ascension and declination),
 * `wcs/unsupported-projection` or `wcs/unsupported-distortion`.
 */
export function parseCelestialAxes(header: Keywords, alternate: string): CelestialAxes {
  const first = readAxisType(header, 1, alternate);
  const second = readAxisType(header, 2, alternate);
  const types = [`${header.get(`CTYPE1${alternate}`)}`, `${header.get(`CTYPE2${alternate}`)}`] as const;
  const swapped = first.name === "DEC" && second.name === "RA";
  if (!swapped && !(first.name === "RA" && second.name === "DEC")) {
    throw new TaggedError(
      "wcs/not-equatorial",
      `Cannot give positions for CTYPE ${types[0]}, ${types[1]}: expected right ascension and declination, ` +
        "such as RA---TAN and DEC--TAN",
      { context: { ctype: [...types] } },
    );
  }
  const [longitudeAxis, latitudeAxis] = swapped ? [2, 1] as const : [1, 2] as const;
  const projection = first.code === second.code
    ? projectionOf(header, first.code, latitudeAxis, alternate)
    : undefined;
  if (projection === undefined) throw unsupportedProjection(types);
  if (!["", "-SIP"].includes(first.suffix)) throw unsupportedDistortion(`CTYPE1${alternate}`, "distortion");
  refuseOtherDistortions(header, first.code, latitudeAxis, longitudeAxis, alternate);
  return {
    longitudeAxis,
    latitudeAxis,
    projection,
    namesSip: first.suffix === "-SIP",
  };
}
