import { TaggedError } from "../core/errors.ts";

/** How many degrees one unit of each accepted name has; the names are those of FITS and of its common misspellings. */
const DEGREES: Readonly<Record<string, number>> = {
  "": 1,
  deg: 1,
  degree: 1,
  degrees: 1,
  rad: 180 / Math.PI,
  radian: 180 / Math.PI,
  radians: 180 / Math.PI,
  arcmin: 1 / 60,
  arcsec: 1 / 3600,
  mas: 1 / 3_600_000,
};

/** How many micrometres one unit of each accepted name has. */
const MICRONS: Readonly<Record<string, number>> = {
  "": 1e6,
  m: 1e6,
  cm: 1e4,
  mm: 1e3,
  um: 1,
  micron: 1,
  microns: 1,
  nm: 1e-3,
  Angstrom: 1e-4,
  angstrom: 1e-4,
};

function lookUp(table: Readonly<Record<string, number>>, unit: string, keyword: string): number {
  const factor = table[unit.trim()];
  if (factor !== undefined) return factor;
  const known = Object.keys(table).filter((name) => name !== "");
  throw new TaggedError(
    "wcs/unsupported-unit",
    `Cannot use the unit "${unit.trim()}" of ${keyword}: expected one of ${known.join(", ")}`,
    { context: { keyword, unit: unit.trim() } },
  );
}

/** Degrees in one `unit`; no unit means degrees (FITS Paper II). Throws TaggedError `wcs/unsupported-unit`. */
export function degreesPerUnit(unit: string | undefined, keyword: string): number {
  return lookUp(DEGREES, unit ?? "", keyword);
}

/** Micrometres in one `unit`; no unit means metres (FITS Paper III). Throws TaggedError `wcs/unsupported-unit`. */
export function micronsPerUnit(unit: string | undefined, keyword: string): number {
  return lookUp(MICRONS, unit ?? "", keyword);
}
