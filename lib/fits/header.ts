import type { Keywords, KeywordValue } from "../core/keywords.ts";
import { BLOCK_BYTES, type Card, CARD_BYTES, type CardProblem } from "./card.ts";
import { formatCard, formatCommentary, isCommentary } from "./card_format.ts";
import { CardIndex } from "./card_index.ts";
import { hierarchKeyword, parseCardAt } from "./card_parse.ts";
import { quickValue } from "./card_value.ts";
import { fitsError } from "./fits_error.ts";
import { decodeLatin1, decodeShortLatin1, encodeLatin1 } from "./latin1.ts";

/**
 * The keywords of one HDU, in order, as they stand in the file.
 *
 * Cards are decoded when they are asked for, so that a header of hundreds of cards costs next to nothing until
 * then. Where a keyword occurs twice the first card counts. A malformed card is kept and told by
 * {@linkcode Header.problems}; it never makes the header unreadable. Cards that are not changed are written
 * back byte for byte.
 */
export class Header implements Keywords {
  readonly #bytes: Uint8Array;
  readonly #byteOffset: number;
  #text: string | undefined;
  #index: CardIndex | undefined;
  #longRecords: Map<string, number> | undefined;
  /** All cards, once they are listed or changed. */
  #cards: Card[] | undefined;
  #edited = false;
  readonly #found = new Map<string, Card | undefined>();

  /** A header of the records in `bytes`, 80 bytes each, without the END record; empty when there are none. */
  constructor(bytes: Uint8Array = new Uint8Array(0), byteOffset = 0) {
    this.#bytes = bytes;
    this.#byteOffset = byteOffset;
  }

  /**
   * Reads a header up to its END record; what follows in `bytes` is not looked at.
   *
   * `byteOffset` is the place of the header in its file, for messages. Throws `fits/truncated` when there is no END.
   */
  static parse(bytes: Uint8Array, byteOffset = 0): Header {
    const end = findEnd(bytes);
    if (end < 0) {
      throw fitsError(
        "truncated",
        `Cannot read the header: no END card in ${bytes.byteLength} bytes`,
        byteOffset,
      );
    }
    return new Header(bytes.slice(0, end), byteOffset);
  }

  /** Makes a header of cards in the order given: keyword, value, comment. */
  static of(cards: Iterable<readonly [keyword: string, value: KeywordValue, comment?: string]>): Header {
    const header = new Header();
    for (const [keyword, value, comment] of cards) header.append(keyword, value, comment);
    return header;
  }

  /** All cards in order; the CONTINUE records of a long string are part of its card. */
  get cards(): readonly Card[] {
    return this.#materialise();
  }

  /** Where the header starts in its file. */
  get byteOffset(): number {
    return this.#byteOffset;
  }

  /** The value of `name`; null when it has none, undefined when the keyword is absent. */
  get(name: string): KeywordValue | undefined {
    if (this.#cards === undefined) {
      const record = this.#record(name);
      if (record < 0) return undefined;
      const value = quickValue(this.#bytes, record * CARD_BYTES);
      if (typeof value === "number" || (value !== undefined && !isCommentary(name))) return value;
    }
    return this.card(name)?.value;
  }

  /** The value of `name` when it is a number. */
  getNumber(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === "number" ? value : undefined;
  }

  /** The value of `name` when it is an integer, with all its digits. */
  getBigInt(name: string): bigint | undefined {
    const card = this.card(name);
    if (card?.kind !== "integer") return undefined;
    const digits = /=\s*\+?(-?\d+)/.exec(card.raw);
    return digits === null ? BigInt(card.value as number) : BigInt(digits[1]!);
  }

  /** The value of `name` when it is a string. */
  getString(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** The value of `name` when it is a logical. */
  getBoolean(name: string): boolean | undefined {
    const value = this.card(name)?.value;
    return typeof value === "boolean" ? value : undefined;
  }

  /** Whether the keyword occurs. */
  has(name: string): boolean {
    return this.#cards === undefined ? this.#record(name) >= 0 : this.card(name) !== undefined;
  }

  /** The comment of the first card of `name`, or undefined when the keyword is absent. */
  comment(name: string): string | undefined {
    return this.card(name)?.comment;
  }

  /** The comments of all cards of `name`; without a name the text of the COMMENT cards. */
  comments(name = "COMMENT"): string[] {
    const keyword = canonicalKeyword(name);
    return this.#materialise().filter((card) => card.keyword === keyword).map((card) => card.comment);
  }

  /** The text of the HISTORY cards. */
  history(): string[] {
    return this.comments("HISTORY");
  }

  /** The first card of `name`, or undefined when the keyword is absent. */
  card(name: string): Card | undefined {
    const known = this.#found.get(name);
    if (known !== undefined || this.#found.has(name)) return known;
    const card = this.#cards === undefined ? this.#lookUp(name) : this.#findListed(name);
    this.#found.set(name, card);
    return card;
  }

  /** What the standard does not allow in this header, and each keyword that occurs more than once. */
  problems(): CardProblem[] {
    const problems: CardProblem[] = [];
    const seen = new Set<string>();
    for (const { keyword, kind, problem, byteOffset } of this.#materialise()) {
      if (problem !== undefined) problems.push({ keyword, message: problem, byteOffset });
      if (kind !== "commentary" && seen.has(keyword)) {
        problems.push({
          keyword,
          message: "this keyword occurs more than once; the first card counts",
          byteOffset,
        });
      }
      seen.add(keyword);
    }
    return problems;
  }

  /**
   * Gives `name` a value: the first card of that keyword is rewritten in its place (its comment stays unless
   * one is given), or a card is appended. Returns this header.
   */
  set(name: string, value: KeywordValue, comment?: string): this {
    const keyword = canonicalKeyword(name);
    const cards = this.#materialise();
    const place = cards.findIndex((card) => card.keyword === keyword);
    const old = cards[place];
    if (old === undefined || isCommentary(keyword)) return this.append(keyword, value, comment);
    const raw = formatCard(keyword, value, comment ?? old.comment, old.kind === "real");
    this.#edit()[place] = { ...parseCardAt(raw, 0, 0).card, byteOffset: -1 };
    return this;
  }

  /** Adds a card at the end; COMMENT, HISTORY and blank keywords take text, in several cards when it is long. */
  append(name: string, value: KeywordValue, comment?: string): this {
    const keyword = canonicalKeyword(name);
    const raws = isCommentary(keyword)
      ? formatCommentary(keyword, value === null ? "" : String(value))
      : [formatCard(keyword, value, comment)];
    const cards = this.#edit();
    for (const raw of raws) cards.push({ ...parseCardAt(raw, 0, 0).card, byteOffset: -1 });
    return this;
  }

  /** Adds cards of another header at the end, as they are. */
  appendCards(cards: Iterable<Card>): this {
    this.#edit().push(...cards);
    return this;
  }

  /** Removes every card of `name`; returns whether there was one. */
  remove(name: string): boolean {
    const keyword = canonicalKeyword(name);
    const cards = this.#edit();
    const kept = cards.filter((card) => card.keyword !== keyword);
    this.#cards = kept;
    return kept.length < cards.length;
  }

  /** An independent copy. */
  clone(): Header {
    const copy = new Header(this.#bytes, this.#byteOffset);
    if (this.#edited) copy.#cards = [...this.#cards!];
    copy.#edited = this.#edited;
    return copy;
  }

  /** The header as bytes: its cards, END, and blanks up to a multiple of 2880 bytes. */
  encode(): Uint8Array {
    const body = this.#edited ? encodeLatin1(this.#cards!.map((card) => card.raw).join("")) : this.#bytes;
    const length = Math.ceil((body.byteLength + CARD_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
    const bytes = new Uint8Array(length).fill(32);
    bytes.set(body);
    bytes.set([69, 78, 68], body.byteLength);
    return bytes;
  }

  #edit(): Card[] {
    const cards = this.#materialise();
    this.#edited = true;
    this.#found.clear();
    return cards;
  }

  #materialise(): Card[] {
    if (this.#cards !== undefined) return this.#cards;
    const text = this.#decode();
    const cards: Card[] = [];
    for (let record = 0; record < text.length / CARD_BYTES;) {
      const parsed = parseCardAt(text, record, this.#byteOffset);
      cards.push(parsed.card);
      record += parsed.records;
    }
    this.#found.clear();
    this.#cards = cards;
    return cards;
  }

  #decode(): string {
    return this.#text ??= decodeLatin1(this.#bytes);
  }

  #findListed(name: string): Card | undefined {
    const keyword = canonicalKeyword(name);
    return this.#cards!.find((card) => card.keyword === keyword);
  }

  /** Finds a keyword in the bytes without listing the cards. */
  #lookUp(name: string): Card | undefined {
    const record = this.#record(name);
    if (record < 0) return undefined;
    if (this.#text === undefined) {
      // Most cards are one record; to decode the whole header for it costs more than all else.
      const start = record * CARD_BYTES;
      const text = decodeShortLatin1(this.#bytes.subarray(start, start + CARD_BYTES));
      const { card } = parseCardAt(text, 0, this.#byteOffset + start);
      if (typeof card.value !== "string" || !card.value.endsWith("&")) return card;
    }
    return parseCardAt(this.#decode(), record, this.#byteOffset).card;
  }

  /** The record where the first card of `name` starts, or -1. */
  #record(name: string): number {
    if (this.#index === undefined) {
      const early = findEarly(this.#bytes, name);
      if (early >= 0) return early;
      this.#index = CardIndex.of(this.#bytes);
    }
    const { found } = this.#index;
    let record = found.get(name);
    if (record === undefined) {
      record = this.#search(this.#index, name);
      if (found.size >= MOST_NAMES_KEPT) found.clear();
      found.set(name, record);
    }
    return record;
  }

  #search(index: CardIndex, name: string): number {
    const record = index.find(name);
    if (record >= 0) return record;
    const keyword = canonicalKeyword(name);
    const short = keyword.length <= 8 && !keyword.includes(" ");
    return short ? index.find(keyword) : this.#longRecord(keyword);
  }

  #longRecord(keyword: string): number {
    if (this.#longRecords === undefined) {
      this.#longRecords = new Map();
      const text = this.#decode();
      for (const record of this.#index!.longRecords) {
        const start = record * CARD_BYTES + 9;
        const equals = text.indexOf("=", start);
        const inside = equals >= 0 && equals < (record + 1) * CARD_BYTES;
        const name = inside ? hierarchKeyword(text.substring(start, equals)) : "HIERARCH";
        if (!this.#longRecords.has(name)) this.#longRecords.set(name, record);
      }
    }
    return this.#longRecords.get(keyword) ?? -1;
  }
}

/** Names whose records an index remembers. */
const MOST_NAMES_KEPT = 500;
/** Records that are looked through before a header is indexed: those that every HDU must have, and its name. */
const EARLY_RECORDS = 16;

/**
 * The record among the first ones whose keyword is `name` (upper case, up to eight characters), or -1. Gives up at a
 * keyword that starts with a blank or with "HI": what it stands for takes more than a comparison.
 */
function findEarly(bytes: Uint8Array, name: string): number {
  const { length } = name;
  if (length === 0 || length > 8) return -1;
  const end = Math.min(EARLY_RECORDS * CARD_BYTES, bytes.byteLength);
  for (let start = 0; start < end; start += CARD_BYTES) {
    let at = 0;
    while (at < length && upperCase(bytes[start + at]!) === name.charCodeAt(at)) at++;
    if (at === length && isBlank(bytes, start + length, start + 8)) return start / CARD_BYTES;
    const first = upperCase(bytes[start]!);
    if (first === 32 || (first === 72 && upperCase(bytes[start + 1]!) === 73)) return -1;
  }
  return -1;
}

/** A lower-case letter as its upper case; other bytes as they are. */
function upperCase(byte: number): number {
  return byte >= 97 && byte <= 122 ? byte - 32 : byte;
}

/** The byte where the END record starts, or -1; `from` (a multiple of 80) is where the search starts. */
export function findEnd(bytes: Uint8Array, from = 0): number {
  for (let start = from; start + CARD_BYTES <= bytes.byteLength; start += CARD_BYTES) {
    if (bytes[start] !== 69 || bytes[start + 1] !== 78 || bytes[start + 2] !== 68) continue;
    if (bytes[start + 3] === 32 && isBlank(bytes, start + 3, start + 8)) return start;
  }
  return -1;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 32) return false;
  return true;
}

/** The form under which a keyword is found: upper case, without the word HIERARCH in front. */
function canonicalKeyword(name: string): string {
  if (/^[A-Z0-9_-]*$/.test(name)) return name;
  return hierarchKeyword(name.replace(/^HIERARCH /i, ""));
}
