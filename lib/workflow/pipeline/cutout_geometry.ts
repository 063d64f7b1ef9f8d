import { isDeclinationDeg, isRightAscensionDeg } from "../../catalog/position_range.ts";
import { TaggedError } from "../../core/errors.ts";
import { PIXEL_SCALE_ARCSEC } from "../../spherex/bands.ts";

/** Arcseconds of each unit of a size; a number alone is in degrees. */
const UNIT_ARCSEC: Readonly<Record<string, number>> = {
  "": 3600,
  deg: 3600,
  arcmin: 60,
  arcsec: 1,
  px: PIXEL_SCALE_ARCSEC,
};

/** Largest side that makes sense: the whole detector. */
const MAX_CUTOUT_ARCSEC = 2040 * PIXEL_SCALE_ARCSEC;

/** Bytes of a cutout beside its pixels: the PSF, nearly all of it. */
const CUTOUT_BASE_BYTES = 5.0e6;
/** Bytes of a pixel in four planes. */
const BYTES_PER_PIXEL = 16;

/** Width and height of cutouts along the axes of the detector, arcseconds. */
export interface CutoutSize {
  /** Along x. */
  readonly widthArcsec: number;
  /** Along y. */
  readonly heightArcsec: number;
}

/**
 * Reads the size of a cutout: a side such as `200px`, `3arcmin`, `90arcsec` or `0.1` (degrees), or width and height such
 * as `100,200px`. Throws `usage/bad-cutout-size`.
 */
export function parseCutoutSize(text: string): CutoutSize {
  const number = "([0-9.]+(?:e-?[0-9]+)?)";
  const match = new RegExp(`^\\s*${number}(?:\\s*,\\s*${number})?\\s*(px|arcmin|arcsec|deg|)\\s*$`, "i").exec(
    text,
  );
  const unit = match === null ? NaN : UNIT_ARCSEC[match[3]!.toLowerCase()]!;
  const widthArcsec = Number(match?.[1]) * unit;
  const heightArcsec = match?.[2] === undefined ? widthArcsec : Number(match[2]) * unit;
  const isSize = (size: number) => size > 0 && size <= MAX_CUTOUT_ARCSEC;
  if (isSize(widthArcsec) && isSize(heightArcsec)) return { widthArcsec, heightArcsec };
  throw new TaggedError("usage/bad-cutout-size", `Cannot use the cutout size "${text}"`, {
    context: { cutout_size: text },
    hint: "Give a side such as 200px, 3arcmin or 0.1 (degrees), or two such as 100,200px; at most 2040px",
  });
}

/** Reads the centre of cutouts, `304.5,42.3` in degrees. Throws `usage/bad-cutout-center`. */
export function parseCutoutCenter(text: string): { rightAscensionDeg: number; declinationDeg: number } {
  const parts = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  const [rightAscensionDeg = NaN, declinationDeg = NaN] = parts;
  const isPlace = isRightAscensionDeg(rightAscensionDeg) && isDeclinationDeg(declinationDeg);
  if (parts.length === 2 && isPlace) return { rightAscensionDeg, declinationDeg };
  throw new TaggedError("usage/bad-cutout-center", `Cannot use the cutout centre "${text}"`, {
    context: { cutout_center: text },
    hint: /px\s*$/.test(text)
      ? "A source lies on another pixel of each image: give right ascension and declination in degrees, such as 304.5,42.3"
      : "Give right ascension and declination in degrees, such as 304.5,42.3",
  });
}

/** About how many bytes a cutout of the given size has. */
export function estimatedCutoutBytes({ widthArcsec, heightArcsec }: CutoutSize): number {
  return CUTOUT_BASE_BYTES + BYTES_PER_PIXEL * widthArcsec * heightArcsec / PIXEL_SCALE_ARCSEC ** 2;
}
