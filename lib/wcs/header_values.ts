import { TaggedError } from "../core/errors.ts";
import type { Keywords } from "../core/keywords.ts";

/**
 * The value of a numeric keyword, or `fallback` when the header does not have it (or has it without a value).
 *
 * Throws TaggedError `wcs/invalid-keyword` when the value is not a finite number.
 */
export function numberOr(header: Keywords, name: string, fallback: number): number {
  return optionalNumber(header, name) ?? fallback;
}

/**
 * The value of a numeric keyword, or undefined when the header does not have it (or has it without a value).
 *
 * Throws TaggedError `wcs/invalid-keyword` when the value is not a finite number.
 */
export function optionalNumber(header: Keywords, name: string): number | undefined {
  const value = header.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TaggedError(
    "wcs/invalid-keyword",
    `Cannot use ${name} of the coordinate system: found ${
      typeof value === "string" ? `the text "${value}"` : String(value)
    }, expected a finite number`,
    { context: { keyword: name, found: String(value) } },
  );
}

/**
 * The value of a numeric keyword that must be there.
 *
 * Throws TaggedError `wcs/missing-keyword` when it is absent and `wcs/invalid-keyword` when it is not a finite number.
 */
export function requiredNumber(header: Keywords, name: string): number {
  const value = optionalNumber(header, name);
  if (value === undefined) throw missingKeyword(name, "a number");
  return value;
}

/**
 * The value of a text keyword without trailing blanks, or undefined when the header does not have it.
 *
 * Throws TaggedError `wcs/invalid-keyword` when the value is not a text.
 */
export function optionalText(header: Keywords, name: string): string | undefined {
  const value = header.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.trimEnd();
  throw new TaggedError(
    "wcs/invalid-keyword",
    `Cannot use ${name} of the coordinate system: found ${value}, expected a text`,
    { context: { keyword: name, found: String(value) } },
  );
}

/** The error for a keyword without which there is no coordinate system. */
export function missingKeyword(name: string, expected: string): TaggedError {
  return new TaggedError(
    "wcs/missing-keyword",
    `Cannot build the coordinate system: the header has no ${name}, expected ${expected}`,
    { context: { keyword: name } },
  );
}
