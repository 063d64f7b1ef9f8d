import type { KeywordValue } from "../core/keywords.ts";
import { CARD_BYTES } from "./card.ts";

const STANDARD_KEYWORD = /^[A-Z0-9_-]{1,8}$/;
const PRINTABLE = /^[ -~]*$/;
const COMMENTARY = new Set(["COMMENT", "HISTORY", ""]);
/** Characters of text in one card of commentary. */
const COMMENTARY_WIDTH = 72;

/** Whether cards of this keyword hold free text instead of a value. */
export function isCommentary(keyword: string): boolean {
  return COMMENTARY.has(keyword);
}

/**
 * Writes a keyword, its value and a comment as one card of 80 characters, with CONTINUE cards behind it when a
 * string is long. Keywords that are longer than eight characters or contain blanks become HIERARCH cards.
 * A comment that does not fit is cut. With `real` a whole number is written with a decimal point.
 *
 * Throws TypeError for text outside printable ASCII and RangeError for a number that is not finite.
 */
export function formatCard(keyword: string, value: KeywordValue, comment = "", real = false): string {
  checkText(keyword, "keyword");
  checkText(comment, "comment");
  if (isCommentary(keyword)) throw new TypeError(`The keyword "${keyword}" takes text, not a value`);
  if (typeof value === "string") return formatString(keyword, value, comment);
  const start = valueStart(keyword);
  const field = STANDARD_KEYWORD.test(keyword)
    ? formatValue(value, real).padStart(20)
    : formatValue(value, real);
  if (start.length + field.length > CARD_BYTES) {
    throw new TypeError(`The keyword "${keyword}" is too long for a card`);
  }
  return withComment(start + field, comment);
}

/** Writes free text as COMMENT, HISTORY or blank cards, 72 characters in each. Throws as {@linkcode formatCard}. */
export function formatCommentary(keyword: string, text: string): string[] {
  checkText(text, "text");
  const cards: string[] = [];
  for (let start = 0; start === 0 || start < text.length; start += COMMENTARY_WIDTH) {
    cards.push((keyword.padEnd(8) + text.substring(start, start + COMMENTARY_WIDTH)).padEnd(CARD_BYTES));
  }
  return cards;
}

function checkText(text: string, what: string): void {
  if (!PRINTABLE.test(text)) {
    throw new TypeError(`The ${what} ${JSON.stringify(text)} has characters outside printable ASCII`);
  }
}

function valueStart(keyword: string): string {
  if (STANDARD_KEYWORD.test(keyword)) return `${keyword.padEnd(8)}= `;
  if (keyword.includes("=") || keyword.trim() !== keyword) {
    throw new TypeError(`"${keyword}" cannot be a keyword`);
  }
  return `HIERARCH ${keyword} = `;
}

function formatValue(value: number | boolean | null, real: boolean): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (!Number.isFinite(value)) throw new RangeError(`A FITS header has no text for the number ${value}`);
  if (Object.is(value, -0)) return "-0.0";
  const whole = Number.isInteger(value) && Math.abs(value) < 1e21;
  const text = whole ? String(BigInt(value)) : String(value).toUpperCase();
  if (!/E/.test(text)) return real && !text.includes(".") ? `${text}.0` : text;
  return text.includes(".") ? text : text.replace("E", ".0E");
}

function withComment(start: string, comment: string): string {
  if (comment === "") return start.padEnd(CARD_BYTES);
  return `${start.padEnd(30)} / ${comment}`.substring(0, CARD_BYTES).padEnd(CARD_BYTES);
}

function formatString(keyword: string, value: string, comment: string): string {
  checkText(value, "value");
  const start = valueStart(keyword);
  const quoted = value.replaceAll("'", "''");
  const room = CARD_BYTES - start.length - 2;
  if (room < 10) throw new TypeError(`The keyword "${keyword}" is too long for a card`);
  if (quoted.length <= room) {
    return withComment(`${start}'${quoted.padEnd(STANDARD_KEYWORD.test(keyword) ? 8 : 0)}'`, comment);
  }
  const parts = splitQuoted(quoted, room - 1, CARD_BYTES - 13);
  const cards = parts.map((part, index) => {
    const head = index === 0 ? start : "CONTINUE  ";
    const last = index === parts.length - 1;
    return withComment(`${head}'${part}${last ? "" : "&"}'`, last ? comment : "");
  });
  return cards.join("");
}

/** Cuts a string at whole characters: a doubled quote is never parted. */
function splitQuoted(quoted: string, firstRoom: number, nextRoom: number): string[] {
  const parts: string[] = [];
  let start = 0;
  while (start < quoted.length) {
    let end = Math.min(quoted.length, start + (parts.length === 0 ? firstRoom : nextRoom));
    const quotes = /'*$/.exec(quoted.substring(start, end))![0].length;
    if (end < quoted.length && quotes % 2 === 1) end--;
    parts.push(quoted.substring(start, end));
    start = end;
  }
  return parts;
}
