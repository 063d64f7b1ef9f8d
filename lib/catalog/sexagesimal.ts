/** An angle as text: sign, then one to three numbers with marks or separators between them. */
const SEXAGESIMAL =
  /^([+\-\u2212\u2013]?)\s*(\d{1,3})\s*(?:[:\s]|([hd\u00b0\u02b0]))\s*(\d{1,2}(?:\.\d*)?)\s*(?:(?:[:\s]|[m'\u2032\u1d50])\s*(?:(\d{1,2}(?:\.\d*)?)\s*(?:[s"\u2033\u02e2]|'')?)?)?$/i;

/** A number in decimal notation, alone. */
const DECIMAL = /^[+\-\u2212\u2013]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Characters of an angle at most: more digits than anybody has measured. */
const LONGEST_ANGLE = 100;

/** What the text of a coordinate says. */
export interface AngleText {
  /** The number, in the unit below; not yet turned into degrees. */
  readonly value: number;
  /** `degrees` for a decimal number and for marks of degrees, `hours` for marks of hours, `sexagesimal` without a mark. */
  readonly unit: "degrees" | "hours" | "sexagesimal";
}

/**
 * Reads an angle: a decimal number (`68.05`), or sexagesimal with colons, spaces or marks (`04:32:12.4`,
 * `-05 22 39.6`, `4h32m12.4s`, `-5d22'39.6"`).
 *
 * Returns undefined for anything else, and for minutes or seconds of 60 or more.
 */
export function parseAngle(text: string): AngleText | undefined {
  // A cell of blanks without end would keep the pattern busy for minutes.
  if (text.length > LONGEST_ANGLE) return undefined;
  if (DECIMAL.test(text)) return { value: Number(text.replace(/^[\u2212\u2013]/, "-")), unit: "degrees" };
  const match = SEXAGESIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", mark = "", minutes = "0", seconds = "0"] = match;
  // A fraction of minutes cannot be followed by seconds.
  if (Number(minutes) >= 60 || Number(seconds) >= 60 || (minutes.includes(".") && match[5] !== undefined)) {
    return undefined;
  }
  const value = Number(whole) + Number(minutes) / 60 + Number(seconds) / 3600;
  const unit = mark === "" ? "sexagesimal" : /[h\u02b0]/i.test(mark) ? "hours" : "degrees";
  return { value: sign === "" || sign === "+" ? value : -value, unit };
}

/**
 * A right ascension in degrees, or undefined when the text is none: decimal degrees, or sexagesimal hours
 * (degrees when they are marked as such). The range is not checked.
 *
 * @example
 * ```ts
 * import { parseRightAscension } from "./sexagesimal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseRightAscension("12:00:00"), 180);
 * assert.equal(parseRightAscension("68.0516625"), 68.0516625);
 * ```
 */
export function parseRightAscension(text: string): number | undefined {
  const angle = parseAngle(text);
  if (angle === undefined) return undefined;
  return angle.unit === "degrees" ? angle.value : angle.value * 15;
}

/**
 * A declination in degrees, or undefined when the text is none: decimal or sexagesimal degrees. The range is not checked.
 *
 * @example
 * ```ts
 * import { parseDeclination } from "./sexagesimal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseDeclination("-00:30:00"), -0.5);
 * ```
 */
export function parseDeclination(text: string): number | undefined {
  const angle = parseAngle(text);
  return angle === undefined || angle.unit === "hours" ? undefined : angle.value;
}
