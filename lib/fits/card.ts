import type { KeywordValue } from "../core/keywords.ts";

/** Number of bytes of one card of a header. */
export const CARD_BYTES = 80;
/** Number of bytes of one block of a file. */
export const BLOCK_BYTES = 2880;

/**
 * What a card holds. `undefined` is a keyword without a value, `commentary` is free text (COMMENT, HISTORY,
 * blank, or any keyword without a value indicator), `invalid` is a value that is none of the standard's kinds.
 */
export type CardKind =
  | "string"
  | "integer"
  | "real"
  | "logical"
  | "complex"
  | "undefined"
  | "commentary"
  | "invalid";

/** One keyword of a header with its value; the CONTINUE cards of a long string belong to it. */
export interface Card {
  /** Upper case, without the word HIERARCH; empty for a blank card. */
  readonly keyword: string;
  /** What the card holds. */
  readonly kind: CardKind;
  /** The value; null when there is none. Complex and invalid values are their text. */
  readonly value: KeywordValue;
  /** The comment behind the slash; for commentary its text. */
  readonly comment: string;
  /** The card as in the file: 80 characters, or a multiple with CONTINUE cards. */
  readonly raw: string;
  /** Where the card starts in its file; -1 for a card that was made here. */
  readonly byteOffset: number;
  /** What is wrong with the card, when something is. */
  readonly problem?: string;
}

/** Something in a header that the standard does not allow but that can be read past. */
export interface CardProblem {
  /** The card's keyword. */
  readonly keyword: string;
  /** What is wrong. */
  readonly message: string;
  /** Where the card starts in its file. */
  readonly byteOffset: number;
}
