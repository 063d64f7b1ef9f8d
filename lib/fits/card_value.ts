import type { KeywordValue } from "../core/keywords.ts";
import type { CardKind } from "./card.ts";

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
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][+-]?\d+)?$/;
const COMPLEX = /^\(\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\)$/;
const QUOTE = 39;
const SLASH = 47;

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
const MINUS = 45;
const ZERO = 48;
/** Integers of more digits are left to the general way. */
const MAX_QUICK_DIGITS = 15;

/**
 * The value of the record from byte `start` of `bytes` on when it is a plain integer ("NAXIS1  =    2040 / ..."), read
 * without decoding text; undefined for every other record.
 */
export function quickInteger(bytes: Uint8Array, start: number): number | undefined {
  if (bytes[start + 8] !== 61 || bytes[start + 9] !== BLANK) return undefined;
  const end = start + 80;
  let place = start + 10;
  while (place < end && bytes[place] === BLANK) place++;
  const negative = bytes[place] === MINUS;
  if (negative) place++;
  const firstDigit = place;
  let value = 0;
  for (; place < end; place++) {
    const digit = bytes[place]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (place === firstDigit || place - firstDigit > MAX_QUICK_DIGITS) return undefined;
  while (place < end && bytes[place] === BLANK) place++;
  if (place < end && bytes[place] !== SLASH) return undefined;
  return negative ? -value : value;
}

/** Whether a byte may stand in a plain real number: digits, signs, point and E. */
function isRealByte(byte: number): boolean {
  return (byte >= ZERO && byte <= ZERO + 9) || byte === 43 || byte === MINUS || byte === 46 || byte === 69;
}

/**
 * The value of the record from byte `start` of `bytes` on when it is a plain real number ("CRVAL1  = 307.61 / ..."),
 * read without decoding the rest of the card; undefined for every other record.
 */
export function quickReal(bytes: Uint8Array, start: number): number | undefined {
  if (bytes[start + 8] !== 61 || bytes[start + 9] !== BLANK) return undefined;
  const end = start + 80;
  let first = start + 10;
  while (first < end && bytes[first] === BLANK) first++;
  let place = first;
  let text = "";
  for (; place < end && isRealByte(bytes[place]!); place++) text += String.fromCharCode(bytes[place]!);
  while (place < end && bytes[place] === BLANK) place++;
  if (place < end && bytes[place] !== SLASH) return undefined;
  return REAL.test(text) ? Number(text) : undefined;
}
