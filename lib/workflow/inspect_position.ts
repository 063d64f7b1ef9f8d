import { TaggedError } from "../core/errors.ts";
import type { Hdu } from "../fits/hdu.ts";
import { imageShape, readImageSection } from "../fits/read_image.ts";
import { type CelestialWcs, parseCelestialWcs } from "../wcs/celestial_wcs.ts";
import { jsonCell, jsonNumber, problemOf } from "./inspect_json.ts";
import type { InspectionProblem, InspectOptions, PositionInspection } from "./inspect_model.ts";

/** Where on an image to look, and how that was chosen. */
export interface ChosenPosition {
  /** How the position was chosen. */
  readonly asked: PositionInspection["asked"];
  /** Column, 0-based; NaN when the sky position is not on the image's plane. */
  readonly x: number;
  /** Row, 0-based. */
  readonly y: number;
}

/** A celestial coordinate system, or why there is none. */
export interface CelestialAttempt {
  /** The coordinate system. */
  readonly wcs: CelestialWcs | undefined;
  /** Why there is none. */
  readonly problem: InspectionProblem | undefined;
}

/** Reads the celestial coordinate system of an HDU; a header without a usable one is no error. */
export function attemptCelestial(hdu: Hdu): CelestialAttempt {
  try {
    return { wcs: parseCelestialWcs(hdu.header), problem: undefined };
  } catch (error) {
    return { wcs: undefined, problem: problemOf(error) };
  }
}

/** The pixel position that the options ask for; the centre of the image when they do not. */
export function choosePosition(
  options: InspectOptions,
  wcs: CelestialWcs | undefined,
  shape: readonly number[],
): ChosenPosition {
  if (options.pixel !== undefined) return { asked: "pixel", ...options.pixel };
  if (options.sky !== undefined) {
    const { rightAscensionDeg, declinationDeg } = options.sky;
    return { asked: "sky", ...wcs?.skyToPixel(rightAscensionDeg, declinationDeg) ?? { x: NaN, y: NaN } };
  }
  return { asked: "centre", x: ((shape[0] ?? 1) - 1) / 2, y: ((shape[1] ?? 1) - 1) / 2 };
}

/**
 * Pixels beyond an image's edge up to which its coordinate system is still told: cutouts know where they lie on
 * their detector, while the polynomials of the distortion grow without meaning further out.
 */
const TRUSTED_MARGIN_PIXELS = 4096;

/** Whether a coordinate lies so near to an axis of `length` pixels that the coordinate system means something. */
function isNear(coordinate: number, length: number): boolean {
  return coordinate >= -TRUSTED_MARGIN_PIXELS && coordinate <= length + TRUSTED_MARGIN_PIXELS;
}

/** What any image with or without a coordinate system tells of a position. */
export async function inspectImagePosition(
  hdu: Hdu,
  celestial: CelestialAttempt,
  position: ChosenPosition,
  planes: readonly Hdu[],
): Promise<PositionInspection> {
  const { wcs } = celestial;
  const problems = celestial.problem === undefined ? [] : [celestial.problem];
  const [width, height] = [imageShape(hdu)[0] ?? 0, imageShape(hdu)[1] ?? 1];
  const [column, row] = [Math.floor(position.x + 0.5), Math.floor(position.y + 0.5)];
  const inside = column >= 0 && column < width && row >= 0 && row < height;
  const isTrusted = isNear(position.x, width) && isNear(position.y, height);
  const sky = isTrusted ? wcs?.pixelToSky(position.x, position.y) : undefined;
  if (position.asked === "sky" && Number.isNaN(position.x) && wcs !== undefined) problems.push(notOnPlane());
  return {
    asked: position.asked,
    hdu: hdu.name === "" ? String(hdu.index) : hdu.name,
    x: jsonNumber(position.x),
    y: jsonNumber(position.y),
    inside,
    ra_deg: jsonNumber(sky?.rightAscensionDeg),
    dec_deg: jsonNumber(sky?.declinationDeg),
    frame: wcs?.radesys ?? null,
    solid_angle_arcsec2: isTrusted ? jsonNumber(wcs?.pixelSolidAngleArcsec2(position.x, position.y)) : null,
    detector_x: null,
    detector_y: null,
    wavelength_um: null,
    bandwidth_um: null,
    values: inside ? await readValues(planes, column, row, problems) : {},
    flags: [],
    problems,
  };
}

function notOnPlane(): InspectionProblem {
  return {
    code: "wcs/not-on-plane",
    message: "The position is on the far side of the sky and has no pixel in the image's projection",
  };
}

async function readValues(
  planes: readonly Hdu[],
  column: number,
  row: number,
  problems: InspectionProblem[],
): Promise<Record<string, number | string | null>> {
  const values: Record<string, number | string | null> = {};
  for (const plane of planes) {
    const name = plane.name === "" ? String(plane.index) : plane.name;
    try {
      const pixel = await readImageSection(plane, { x0: column, y0: row, width: 1, height: 1 });
      const value = pixel.blanks?.[0] === 1 ? null : jsonCell(pixel.data[0]);
      values[name] = typeof value === "number" || typeof value === "string" ? value : null;
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return values;
}

/** The position on any image that is not a SPHEREx image; throws `usage/no-image` when there is no image to look at. */
export async function inspectPlainPosition(
  hdus: readonly Hdu[],
  options: InspectOptions,
): Promise<PositionInspection> {
  const hdu = hdus.find((each) => isImage(each) && imageShape(each).length >= 2);
  if (hdu === undefined) {
    throw new TaggedError("usage/no-image", "there is no image of two axes to look at a position in", {
      hint: "Name another HDU with --hdu, or leave --pixel and --sky out",
    });
  }
  const celestial = attemptCelestial(hdu);
  const position = choosePosition(options, celestial.wcs, imageShape(hdu));
  return await inspectImagePosition(hdu, celestial, position, [hdu]);
}

/** Whether an HDU holds an image that can be read. */
export function isImage(hdu: Hdu): boolean {
  if (hdu.kind !== "image" && hdu.kind !== "primary" && hdu.kind !== "compressed-image") return false;
  try {
    return imageShape(hdu).length > 0;
  } catch {
    return false;
  }
}
