import { type Card, CARD_BYTES } from "./card.ts";
import { parseValueField } from "./card_value.ts";

/** A card with the number of 80-character records that it takes. */
export interface ParsedCard {
  /** The card. */
  readonly card: Card;
  /** 1, and one more for each CONTINUE record. */
  readonly records: number;
}

const HIERARCH = "HIERARCH ";
const CONTINUE = "CONTINUE  ";
const KEYWORD = /^[A-Z0-9_-]*$/;

/**
 * Reads the card that starts at record `record` of a header's text, with the CONTINUE records behind it.
 *
 * `headerOffset` is the place of the header in its file. Nothing in a card is fatal: what is wrong is told in
 * {@linkcode Card.problem}.
 */
export function parseCardAt(text: string, record: number, headerOffset: number): ParsedCard {
  const start = record * CARD_BYTES;
  const raw = text.substring(start, start + CARD_BYTES);
  const byteOffset = headerOffset + start;
  const { keyword, field, problem } = splitCard(raw);
  if (field === undefined) {
    const comment = keyword === "HIERARCH" ? raw.substring(8).trim() : raw.substring(8).trimEnd();
    return {
      card: finished({ keyword, kind: "commentary", value: null, comment, raw, byteOffset }, problem),
      records: 1,
    };
  }
  const parsed = parseValueField(field);
  if (parsed.kind === "string" && (parsed.value as string).endsWith("&")) {
    return continued(text, record, {
      keyword,
      kind: "string",
      value: parsed.value,
      comment: parsed.comment,
      raw,
      byteOffset,
    }, problem ?? parsed.problem);
  }
  const card = { keyword, kind: parsed.kind, value: parsed.value, comment: parsed.comment, raw, byteOffset };
  return { card: finished(card, problem ?? parsed.problem), records: 1 };
}

function finished(card: Card, problem: string | undefined): Card {
  return problem === undefined ? card : { ...card, problem };
}

/** Appends the strings and comments of the CONTINUE records that follow a string ending in an ampersand. */
function continued(text: string, record: number, first: Card, problem: string | undefined): ParsedCard {
  let value = first.value as string;
  let comment = first.comment;
  let trouble = problem;
  let records = 1;
  while (value.endsWith("&")) {
    const start = (record + records) * CARD_BYTES;
    if (!text.startsWith(CONTINUE, start)) break;
    const parsed = parseValueField(text.substring(start + CONTINUE.length, start + CARD_BYTES));
    if (parsed.kind !== "string") break;
    value = value.slice(0, -1) + (parsed.value as string);
    if (parsed.comment !== "") comment = comment === "" ? parsed.comment : `${comment} ${parsed.comment}`;
    trouble ??= parsed.problem;
    records++;
  }
  const start = record * CARD_BYTES;
  const raw = text.substring(start, start + records * CARD_BYTES);
  return { card: finished({ ...first, value: value.trimEnd(), comment, raw }, trouble), records };
}

/** The keyword of a record and the text behind its value indicator; no text for commentary. */
function splitCard(raw: string): { keyword: string; field: string | undefined; problem: string | undefined } {
  const keyword = trimBlanks(raw.substring(0, 8));
  if (keyword === "COMMENT" || keyword === "HISTORY" || keyword === "" || keyword === "CONTINUE") {
    const problem = keyword === "CONTINUE"
      ? "this CONTINUE card follows no string that ends in an ampersand"
      : undefined;
    return { keyword, field: undefined, problem };
  }
  if (raw.startsWith(HIERARCH)) {
    const equals = raw.indexOf("=");
    if (equals < 0) {
      return { keyword: "HIERARCH", field: undefined, problem: "this HIERARCH card has no equals sign" };
    }
    return {
      keyword: hierarchKeyword(raw.substring(HIERARCH.length, equals)),
      field: raw.substring(equals + 1),
      problem: undefined,
    };
  }
  const problem = keywordProblem(raw.charCodeAt(0) === 32 ? ` ${keyword}` : keyword);
  const canonical = asciiUpperCase(keyword);
  if (raw.charCodeAt(8) !== 61) return { keyword: canonical, field: undefined, problem };
  const noBlank = raw.charCodeAt(9) !== 32;
  return {
    keyword: canonical,
    field: raw.substring(9),
    problem: problem ?? (noBlank ? "no blank follows the equals sign" : undefined),
  };
}

function keywordProblem(keyword: string): string | undefined {
  return KEYWORD.test(keyword) ? undefined : `"${keyword}" is not a keyword of the standard`;
}

/** Blanks alone are taken off, no other white space: the keyword index works on bytes and does the same. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 32) start++;
  while (end > start && text.charCodeAt(end - 1) === 32) end--;
  return start === 0 && end === text.length ? text : text.substring(start, end);
}

/** The letters a to z made capitals, other characters left alone. */
function asciiUpperCase(text: string): string {
  return /[a-z]/.test(text) ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : text;
}

/** The form under which a HIERARCH keyword is found: upper case, one blank between its words. */
export function hierarchKeyword(text: string): string {
  return text.trim().replace(/\s+/g, " ").toUpperCase();
}
