import { CARD_BYTES } from "./card.ts";

const BLANK = 32;
const EQUALS = 61;
const BLANKS = 0x20202020;
/** The first four bytes of "HIERARCH", and the last four. */
const HIER = 0x48494552;
const ARCH = 0x41524348;

/** Indexes that are kept: those of the three planes of an image in two releases, and of calibration files. */
const MOST_RECENT = 12;
const recent: CardIndex[] = [];

/**
 * Finds the first record of a keyword of up to eight characters without decoding any text: an open hash
 * table over the eight bytes of each keyword. A header of 240 cards is indexed in a few microseconds, and in less than
 * one when its keywords are those of a header before, whatever their values: {@linkcode CardIndex.of}.
 */
export class CardIndex {
  /** Number of the record plus 1; 0 for an empty slot. */
  readonly #slots: Int32Array;
  readonly #words: Int32Array;
  /** Records of HIERARCH keywords that are longer than eight characters or have blanks inside, in order. */
  readonly longRecords: readonly number[];
  /** Records of names that were looked for, -1 for those that are not there; for the users of the index. */
  readonly found: Map<string, number> = new Map();
  /** The keywords as they stand in the records: the eight bytes of each. */
  readonly #stored: Int32Array;
  /** Records of HIERARCH keywords, with all bytes up to the value. */
  readonly #hierarch: readonly { readonly start: number; readonly name: Uint8Array }[];

  /** The index of a header: that of a header before if all keywords are the same, byte for byte and in order. */
  static of(bytes: Uint8Array): CardIndex {
    const known = recent.findIndex((index) => index.#describes(bytes));
    const index = recent[known] ?? new CardIndex(bytes, bytes.byteLength / CARD_BYTES);
    if (known !== 0) {
      if (known > 0) recent.splice(known, 1);
      recent.unshift(index);
      recent.length = Math.min(recent.length, MOST_RECENT);
    }
    return index;
  }

  /** Indexes the first `recordCount` records of `bytes`. */
  constructor(bytes: Uint8Array, recordCount: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(8, recordCount * 2)));
    const slots = new Int32Array(size);
    const words = new Int32Array(recordCount * 2);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const long: number[] = [];
    const hierarch: { start: number; name: Uint8Array }[] = [];
    const stored = new Int32Array(recordCount * 2);
    for (let record = 0; record < recordCount; record++) {
      const start = record * CARD_BYTES;
      stored[record * 2] = view.getInt32(start);
      stored[record * 2 + 1] = view.getInt32(start + 4);
      const high = upperCase(stored[record * 2]!);
      const low = upperCase(stored[record * 2 + 1]!);
      if (high === HIER && low === ARCH) hierarch.push({ start, name: hierarchName(bytes, start) });
      if (high === HIER && low === ARCH && bytes[record * CARD_BYTES + 8] === BLANK) {
        if (!insertHierarch(slots, words, bytes, record)) long.push(record);
      } else if ((high >>> 24) === BLANK && !(high === BLANKS && low === BLANKS)) {
        insertTrimmed(slots, words, record, high, low);
      } else insert(slots, words, record, high, low);
    }
    this.#slots = slots;
    this.#words = words;
    this.longRecords = long;
    this.#stored = stored;
    this.#hierarch = hierarch;
  }

  /** Whether the keywords in `bytes` are those that were indexed. */
  #describes(bytes: Uint8Array): boolean {
    const stored = this.#stored;
    if (bytes.byteLength !== stored.length / 2 * CARD_BYTES) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0, at = 0; i < stored.length; i += 2, at += CARD_BYTES) {
      if (view.getInt32(at) !== stored[i] || view.getInt32(at + 4) !== stored[i + 1]) return false;
    }
    for (const { start, name } of this.#hierarch) {
      for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
    }
    return true;
  }

  /** The first record of `keyword` (upper case), or -1 when there is none or the keyword is longer than 8. */
  find(keyword: string): number {
    if (keyword.length > 8) return -1;
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    const high = packed(keyword, 0);
    const low = packed(keyword, 4);
    for (let slot = spread(high, low) & mask;; slot = (slot + 1) & mask) {
      const record = slots[slot]! - 1;
      if (record < 0 || (words[record * 2] === high && words[record * 2 + 1] === low)) return record;
    }
  }
}

/** A copy of a HIERARCH record up to its first equals sign, all of it when there is none. */
function hierarchName(bytes: Uint8Array, start: number): Uint8Array {
  const end = bytes.subarray(start, start + CARD_BYTES).indexOf(EQUALS);
  return bytes.slice(start, start + (end < 0 ? CARD_BYTES : end + 1));
}

/** Enters a record under the eight bytes of its keyword, unless an earlier one is there. */
function insert(slots: Int32Array, words: Int32Array, record: number, high: number, low: number): void {
  words[record * 2] = high;
  words[record * 2 + 1] = low;
  const mask = slots.length - 1;
  for (let slot = spread(high, low) & mask;; slot = (slot + 1) & mask) {
    const other = slots[slot]! - 1;
    if (other < 0) {
      slots[slot] = record + 1;
      return;
    }
    if (words[other * 2] === high && words[other * 2 + 1] === low) return;
  }
}

/** Enters a HIERARCH keyword of one word of up to eight characters; false for any other. */
function insertHierarch(slots: Int32Array, words: Int32Array, bytes: Uint8Array, record: number): boolean {
  const end = (record + 1) * CARD_BYTES;
  let place = record * CARD_BYTES + 9;
  while (place < end && bytes[place] === BLANK) place++;
  let high = 0;
  let low = 0;
  let length = 0;
  for (; place < end && bytes[place] !== BLANK && bytes[place] !== EQUALS; place++, length++) {
    if (length === 8) return false;
    if (length < 4) high = (high << 8) | bytes[place]!;
    else low = (low << 8) | bytes[place]!;
  }
  while (place < end && bytes[place] === BLANK) place++;
  if (bytes[place] !== EQUALS || place >= end || length === 0) return false;
  for (; length < 8; length++) {
    if (length < 4) high = (high << 8) | BLANK;
    else low = (low << 8) | BLANK;
  }
  insert(slots, words, record, upperCase(high), upperCase(low));
  return true;
}

/** Enters a malformed keyword that does not start in the first column. */
function insertTrimmed(
  slots: Int32Array,
  words: Int32Array,
  record: number,
  high: number,
  low: number,
): void {
  const codes = [24, 16, 8, 0].map((shift) => (high >>> shift) & 255);
  codes.push(...[24, 16, 8, 0].map((shift) => (low >>> shift) & 255));
  const text = String.fromCharCode(...codes).replace(/^ +| +$/g, "");
  insert(slots, words, record, packed(text, 0), packed(text, 4));
}

/** Four bytes with the letters a to z made capitals; a well-formed keyword passes unchanged. */
function upperCase(word: number): number {
  if ((word & (word << 1) & 0x40404040) === 0) return word;
  let result = 0;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = (word >>> shift) & 255;
    result |= (byte >= 97 && byte <= 122 ? byte - 32 : byte) << shift;
  }
  return result;
}

/** Four characters of a keyword from `start` on as one integer, padded with blanks. */
function packed(keyword: string, start: number): number {
  let word = 0;
  for (let i = start; i < start + 4; i++) {
    word = (word << 8) | (i < keyword.length ? keyword.charCodeAt(i) & 255 : 32);
  }
  return word;
}

function spread(high: number, low: number): number {
  const mixed = Math.imul(high ^ Math.imul(low, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
