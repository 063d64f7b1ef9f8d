import { isDeclinationDeg, isRightAscensionDeg } from "../../catalog/position_range.ts";
import { PIXEL_SCALE_ARCSEC } from "../../spherex/bands.ts";
import { TaggedError } from "../../core/errors.ts";

/** Arcseconds of each unit of a size; a number alone is in degrees. */
const UNIT_ARCSEC: Readonly<Record<string, number>> = {
  "": 3600,
  deg: 3600,
  arcmin: 60,
  arcsec: 1,
  px: PIXEL_SCALE_ARCSEC,
};

/** Largest side that makes sense: the whole detector. */
const MAX_SIZE_ARCSEC = 2040 * PIXEL_SCALE_ARCSEC;

/** Reads the side of a cutout, such as `200px`, `3arcmin`, `90arcsec` or `0.1` (degrees), as arcseconds. */
export function parseCutoutSize(text: string): number {
  const match = /^\s*([0-9.]+(?:e-?\d+)?)\s*(px|arcmin|arcsec|deg|)\s*$/i.exec(text);
  const size = match === null ? NaN : Number(match[1]) * UNIT_ARCSEC[match[2]!.toLowerCase()]!;
  if (size > 0 && size <= MAX_SIZE_ARCSEC) return size;
  throw new TaggedError("usage/bad-cutout-size", `Cannot use the cutout size "${text}"`, {
    context: { cutout_size: text },
    hint: "Give a side such as 200px, 3arcmin or 0.1 (degrees), at most 2040px",
  });
}

/** Reads the centre of cutouts, `304.5,42.3` in degrees. */
export function parseCutoutCenter(text: string): { rightAscensionDeg: number; declinationDeg: number } {
  const parts = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  const [rightAscensionDeg = NaN, declinationDeg = NaN] = parts;
  const isPlace = isRightAscensionDeg(rightAscensionDeg) && isDeclinationDeg(declinationDeg);
  if (parts.length === 2 && isPlace) return { rightAscensionDeg, declinationDeg };
  throw new TaggedError("usage/bad-cutout-center", `Cannot use the cutout centre "${text}"`, {
    context: { cutout_center: text },
    hint: "Give right ascension and declination in degrees, such as 304.5,42.3",
  });
}
