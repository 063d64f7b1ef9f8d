import { DECLINATION_RANGE, positionProblem, RIGHT_ASCENSION_RANGE } from "../catalog/position_range.ts";
import { TaggedError } from "../core/errors.ts";
import type { InspectOptions } from "../workflow/inspect_model.ts";

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?";
const PAIR = new RegExp(`^\\s*(${NUMBER})\\s*,\\s*(${NUMBER})\\s*$`);

function usage(option: string, found: string, expected: string): TaggedError {
  return new TaggedError("usage/bad-option", `Cannot use ${option} "${found}": expected ${expected}`, {
    context: { option, found },
    hint: "Run spxcutdb inspect --help",
  });
}

function parsePair(option: string, text: string, expected: string): [number, number] {
  const match = PAIR.exec(text);
  if (match === null) throw usage(option, text, expected);
  return [Number(match[1]), Number(match[2])];
}

/** Reads `--hdu`: a number counted from 0, else a name. */
export function parseHduOption(text: string): number | string {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : text;
}

/**
 * Reads `--rows A:B`: rows from A, counted from 0, up to but not including B; `A:` goes to the end, `:B` starts at 0,
 * `A` alone is one row. Throws TaggedError `usage/bad-option`.
 */
export function parseRowsOption(text: string): NonNullable<InspectOptions["rows"]> {
  const match = /^\s*(\d{0,15})(:?)(\d{0,15})\s*$/.exec(text);
  const [, first = "", colon = "", end = ""] = match ?? [];
  const isOneRow = colon === "" && first !== "" && end === "";
  if (match === null || (colon === "" && !isOneRow) || (end !== "" && Number(end) < Number(first))) {
    throw usage("--rows", text, "A:B with row numbers from 0, B not smaller than A, such as 0:10");
  }
  if (isOneRow) return { first: Number(first), end: Number(first) + 1 };
  return end === "" ? { first: Number(first) } : { first: Number(first), end: Number(end) };
}

/** Reads `--pixel x,y`: a 0-based position, whole numbers at the centres of pixels. Throws `usage/bad-option`. */
export function parsePixelOption(text: string): NonNullable<InspectOptions["pixel"]> {
  const [x, y] = parsePair("--pixel", text, "x,y as 0-based numbers, such as 2.5,2.5");
  return { x, y };
}

/** Reads `--sky ra,dec` in degrees. Throws `usage/bad-option`, also for a position outside of the sky's range. */
export function parseSkyOption(text: string): NonNullable<InspectOptions["sky"]> {
  const expected = `ra,dec, ${RIGHT_ASCENSION_RANGE} and ${DECLINATION_RANGE}, such as 308.026,38.35`;
  const [rightAscensionDeg, declinationDeg] = parsePair("--sky", text, expected);
  const position = { rightAscensionDeg, declinationDeg };
  if (positionProblem(position) !== undefined) throw usage("--sky", text, expected);
  return position;
}
