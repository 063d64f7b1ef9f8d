import type { KeywordValue } from "../core/keywords.ts";
import type { CardKind } from "./card.ts";
import { decodeShortLatin1 } from "./latin1.ts";

/** The value field of a card, taken apart. */
export interface ParsedField {
  /** What the value is. */
  kind: CardKind;
  /** The value; null when there is none. */
  value: KeywordValue;
  /** The text behind the slash, trimmed. */
  comment: string;
  /** What is wrong with the field, when something is. */
  problem: string | undefined;
}

const INTEGER = /^[+-]?\d+$/;
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[EeDd][+-]?\d+)?$/;
const COMPLEX = /^\(\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\)$/;
const QUOTE = 39;
const SLASH = 47;
const AMPERSAND = 38;

/** Takes apart the text behind the value indicator of a card: value, then an optional slash and comment. */
export function parseValueField(field: string): ParsedField {
  let start = 0;
  while (start < field.length && field.charCodeAt(start) === 32) start++;
  if (start === field.length) return { kind: "undefined", value: null, comment: "", problem: undefined };
  const first = field.charCodeAt(start);
  if (first === QUOTE) return parseString(field, start);
  if (first === SLASH) {
    return { kind: "undefined", value: null, comment: field.substring(start + 1).trim(), problem: undefined };
  }
  const slash = field.indexOf("/", start);
  const token = (slash < 0 ? field.substring(start) : field.substring(start, slash)).trimEnd();
  const parsed = parseToken(token);
  if (slash >= 0) parsed.comment = field.substring(slash + 1).trim();
  return parsed;
}

/** A value between quotes; a quote inside is doubled, blanks at the end do not count. */
function parseString(field: string, start: number): ParsedField {
  let end = field.indexOf("'", start + 1);
  let doubled = false;
  while (end >= 0 && field.charCodeAt(end + 1) === QUOTE) {
    doubled = true;
    end = field.indexOf("'", end + 2);
  }
  const open = end < 0;
  let value = field.substring(start + 1, open ? field.length : end).trimEnd();
  if (doubled) value = value.replaceAll("''", "'");
  if (open) {
    return { kind: "string", value, comment: "", problem: "the closing quote of the string is missing" };
  }
  const slash = field.indexOf("/", end + 1);
  const between = slash < 0 ? field.substring(end + 1) : field.substring(end + 1, slash);
  return {
    kind: "string",
    value,
    comment: slash < 0 ? "" : field.substring(slash + 1).trim(),
    problem: between.trim() === ""
      ? undefined
      : `"${between.trim()}" stands between the string and its comment`,
  };
}

function parseToken(token: string): ParsedField {
  if (token === "T" || token === "F") {
    return { kind: "logical", value: token === "T", comment: "", problem: undefined };
  }
  const number = parseNumber(token);
  if (number !== undefined) return { ...number, comment: "", problem: undefined };
  const complex = COMPLEX.exec(token);
  if (complex !== null && parseNumber(complex[1]!) !== undefined && parseNumber(complex[2]!) !== undefined) {
    return { kind: "complex", value: token, comment: "", problem: undefined };
  }
  const closed = token.includes(" ") ? parseNumber(token.replaceAll(" ", "")) : undefined;
  if (closed !== undefined) {
    return { ...closed, comment: "", problem: `the number "${token}" has blanks inside` };
  }
  return { kind: "invalid", value: token, comment: "", problem: `"${token}" is not a value of the standard` };
}

/** An integer or real number of the standard ("D" starts an exponent too), or undefined when `text` is none. */
export function parseNumber(text: string): { kind: "integer" | "real"; value: number } | undefined {
  if (INTEGER.test(text)) return { kind: "integer", value: Number(text) };
  if (!REAL.test(text)) return undefined;
  const value = Number(text);
  return { kind: "real", value: Number.isNaN(value) ? Number(text.replace(/[Dd]/, "E")) : value };
}

const BLANK = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const EXPONENT = 69;
/** The powers of ten that are doubles without rounding. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * The value of the record from byte `start` of `bytes` on when it is a plain number ("CRVAL1  = 307.61 / ...") or a
 * plain string ("CTYPE1  = 'RA---TAN' / ..."), read without taking the card apart; undefined for every other record.
 */
export function quickValue(bytes: Uint8Array, start: number): number | string | undefined {
  if (bytes[start + 8] !== 61 || bytes[start + 9] !== BLANK) return undefined;
  const end = start + 80;
  let first = start + 10;
  while (first < end && bytes[first] === BLANK) first++;
  return bytes[first] === QUOTE ? quickString(bytes, first + 1, end) : quickNumber(bytes, first, end);
}

/** The string whose text starts at `first`; undefined with a quote inside, or when it goes on in the next record. */
function quickString(bytes: Uint8Array, first: number, end: number): string | undefined {
  let place = first, length = 0;
  for (; place < end && bytes[place] !== QUOTE; place++) {
    const byte = bytes[place]!;
    if (byte < BLANK || byte > 126) return undefined;
    if (byte !== BLANK) length = place + 1 - first;
  }
  if (place === end || (place + 1 < end && bytes[place + 1] === QUOTE)) return undefined;
  if (length > 0 && bytes[first + length - 1] === AMPERSAND) return undefined;
  return decodeShortLatin1(bytes.subarray(first, first + length));
}

/** The number that starts at `first` and ends before blanks, a slash or `end`; undefined when it is none. */
function quickNumber(bytes: Uint8Array, first: number, end: number): number | undefined {
  let place = first;
  const negative = bytes[place] === MINUS;
  if (negative || bytes[place] === PLUS) place++;
  let digits = 0, decimals = 0, mantissa = 0;
  let afterPoint = false;
  for (; place < end; place++) {
    const digit = bytes[place]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (afterPoint) decimals++;
    } else if (bytes[place] === POINT && !afterPoint) afterPoint = true;
    else break;
  }
  if (digits === 0) return undefined;
  let exponent = 0;
  if (place < end && bytes[place] === EXPONENT) {
    const negativeExponent = bytes[++place] === MINUS;
    if (negativeExponent || bytes[place] === PLUS) place++;
    const firstDigit = place;
    for (; place < end && bytes[place]! >= ZERO && bytes[place]! <= ZERO + 9; place++) {
      exponent = exponent * 10 + bytes[place]! - ZERO;
    }
    if (place === firstDigit) return undefined;
    if (negativeExponent) exponent = -exponent;
  }
  const last = place;
  while (place < end && bytes[place] === BLANK) place++;
  if (place < end && bytes[place] !== SLASH) return undefined;
  const power = exponent - decimals;
  // One rounding of exact numbers is the nearest double, as Number() gives it (Clinger 1990). Sums of digits up to
  // 2^53 are exact, and those beyond it stay beyond it when they are rounded.
  if (mantissa > Number.MAX_SAFE_INTEGER || Math.abs(power) >= EXACT_POWERS.length) {
    return Number(decodeShortLatin1(bytes.subarray(first, last)));
  }
  const value = power < 0 ? mantissa / EXACT_POWERS[-power]! : mantissa * EXACT_POWERS[power]!;
  return negative ? -value : value;
}
