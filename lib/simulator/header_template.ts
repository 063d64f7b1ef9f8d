import type { KeywordValue } from "../core/keywords.ts";
import { formatCard } from "../fits/card_format.ts";

/** Bytes of a block of a FITS file. */
export const BLOCK_BYTES = 2880;
const CARD_BYTES = 80;
const END = "END".padEnd(CARD_BYTES);

/** One card of a template: its keyword, its text, and the comment behind the slash. */
interface TemplateCard {
  readonly keyword: string;
  readonly raw: string;
  readonly comment: string;
  readonly isReal: boolean;
}

/** A value for a keyword; with `real` a whole number is written with a decimal point. */
export type HeaderValues = ReadonlyMap<string, KeywordValue>;

/** The text of a real header, one card a line, whose values are replaced for each file. */
export class HeaderTemplate {
  readonly #cards: readonly TemplateCard[];

  /** `text` holds one card a line, without END. */
  constructor(text: string) {
    this.#cards = text.trimEnd().split("\n").map(parseLine);
  }

  /** The cards with the given values in place of the template's, 80 characters each, without END. */
  cards(values: HeaderValues): string {
    return this.#cards.map((card) => {
      const value = values.get(card.keyword);
      return value === undefined ? card.raw : formatCard(card.keyword, value, card.comment, card.isReal);
    }).join("");
  }

  /** The part of the template from the card of one keyword to the card of another, both included. */
  section(first: string, last: string): HeaderTemplate {
    const from = this.#cards.findIndex(({ keyword }) => keyword === first);
    const to = this.#cards.findLastIndex(({ keyword }) => keyword === last);
    return new HeaderTemplate(this.#cards.slice(from, to + 1).map(({ raw }) => raw).join("\n"));
  }
}

function parseLine(line: string): TemplateCard {
  const raw = line.padEnd(CARD_BYTES);
  const isHierarch = raw.startsWith("HIERARCH ");
  const equals = isHierarch ? raw.indexOf("=") : 8;
  if (raw[equals] !== "=") return { keyword: "", raw, comment: "", isReal: false };
  const keyword = raw.slice(isHierarch ? 9 : 0, equals).trim();
  const field = raw.slice(equals + 1);
  const text = /^\s*'(?:[^']|'')*'/.exec(field)?.[0] ?? field.split("/")[0]!;
  const comment = field.slice(text.length).replace(/^\s*\/\s?/, "").trimEnd();
  return { keyword, raw, comment, isReal: /^\s*[-+]?\d+\.\d/.test(text) };
}

/** Cards made from keyword, value and comment, 80 characters each, without END. */
export function headerCards(cards: readonly (readonly [string, KeywordValue, string?])[]): string {
  return cards.map(([keyword, value, comment]) => formatCard(keyword, value, comment)).join("");
}

/** Cards as bytes: END and blanks up to a whole number of blocks are added. */
export function encodeHeader(cards: string): Uint8Array {
  const text = cards + END;
  const bytes = new Uint8Array(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES).fill(32);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

/** A number of bytes rounded up to whole blocks. */
export function paddedLength(byteLength: number): number {
  return Math.ceil(byteLength / BLOCK_BYTES) * BLOCK_BYTES;
}
