import type { SeededRandom } from "../../../lib/core/random.ts";

/** Changes bytes in one way. The result may be shorter or longer; the input is left alone. */
export type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

/** Numbers that break careless arithmetic, as text. */
const NUMBERS = [
  ...["-1", "0", "1", "2", "3", "7", "999", "65536", "1000000", "16777217", "2147483647", "-2147483648"],
  ...["4294967296", "99999999999", "9007199254740993", "9223372036854775808", "1E300", "-1E-320", "1E999"],
  ...["NaN", "Infinity", "0x10", "T", "'A'", "", "1.5.2", "+-1", "00"],
];

/** Texts that have a meaning of their own somewhere, or none. */
const WORDS = [
  ...["__proto__", "constructor", "prototype", "toString", "../../etc/passwd", "..\\..\\x", "\0", "\uFFFD"],
  ...["null", "true", "{}", "[]", "<x>", "</TABLEDATA>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "&#0;"],
  ...["]]>", "<![CDATA[", "1PE(0)", "999999999A", "0J", "1QD(99999999)", "1PB(-1)", "RICE_1", "HCOMPRESS_1"],
  ...["GZIP_2", "PLIO_1", "NOCOMPRESS", "*a", "&a [*a,*a]", "<<: *a", "? :", "- - - -", '"', "'", ",", ";"],
  ...["\r", "\n", "\t", "END", "\u202E", "😀", "1e5:1e5", 'arraysize="*"', 'arraysize="99999x99999"'],
];

const ENCODER = new TextEncoder();

function place(bytes: Uint8Array, random: SeededRandom): number {
  return bytes.length === 0 ? 0 : random.uint32() % bytes.length;
}

function pick<T>(values: readonly T[], random: SeededRandom): T {
  return values[random.uint32() % values.length]!;
}

/** Puts `inserted` in the place of `removed` bytes at `at`. */
function spliced(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + inserted.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(rest, at + inserted.length);
  return result;
}

function flipBits(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const result = bytes.slice();
  for (let flips = 1 + random.uint32() % 8; flips > 0 && result.length > 0; flips--) {
    result[place(bytes, random)]! ^= 1 << random.uint32() % 8;
  }
  return result;
}

function truncate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  return bytes.slice(0, place(bytes, random));
}

/** Copies a piece over another place, or moves everything by its length. */
function splice(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const [from, to] = [place(bytes, random), place(bytes, random)];
  const piece = bytes.slice(from, from + 1 + random.uint32() % 400);
  return spliced(bytes, to, random.uint32() % 2 * piece.length, piece);
}

/** Repeats a block, FITS's 80 or 2880 bytes or any, up to so many times that it matters. */
function repeat(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const size = pick([1, 5, 80, 80, 2880, 333], random);
  const from = Math.floor(place(bytes, random) / size) * size;
  const piece = bytes.slice(from, from + size);
  const times = Math.min(
    pick([1, 2, 10, 300, 3000], random),
    Math.floor(200_000 / Math.max(1, piece.length)),
  );
  const pieces = new Uint8Array(piece.length * times);
  for (let i = 0; i < times; i++) pieces.set(piece, i * piece.length);
  return spliced(bytes, from, 0, pieces);
}

/** Replaces a number in text by another of the same width where there is room. */
function replaceNumber(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const start = place(bytes, random);
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  let at = start;
  while (at < bytes.length && !isDigit(bytes[at])) at++;
  let end = at;
  while (isDigit(bytes[end])) end++;
  const number = ENCODER.encode(pick(NUMBERS, random));
  // Fixed-width formats keep their columns: blanks before the number give way to it.
  let first = at;
  while (first > 0 && end - first < number.length && bytes[first - 1] === 0x20) first--;
  const padded = new Uint8Array(Math.max(number.length, end - first)).fill(0x20);
  padded.set(number, padded.length - number.length);
  return spliced(bytes, first, end - first, padded);
}

/** Gives one of the cards that say how data are laid out a number or a text that lies. */
function lyingCard(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const cards: number[] = [];
  for (let start = 0; start + 80 <= bytes.length; start += 80) {
    const keyword = String.fromCharCode(...bytes.subarray(start, start + 9));
    if (/^[A-Z][A-Z0-9_-]* *=$/.test(keyword)) cards.push(start);
  }
  if (cards.length === 0) return replaceNumber(bytes, random);
  const structural = cards.filter((start) =>
    /^(Z?NAXIS|Z?BITPIX|Z?PCOUNT|Z?GCOUNT|TFIELDS|Z?THEAP|Z?TFORM|TDIM|TBCOL|ZTILE|ZVAL|ZCMP|ZQUANT|ZDITHER|BSCALE|BZERO|TSCAL|TZERO|CRPIX|CDELT|PC\d|A_|B_|PV|PS|CTYPE|CUNIT|VERSION|DETECTOR|[XY]CTR|OVERSAMP|EXTNAME|XTENSION)/
      .test(String.fromCharCode(...bytes.subarray(start, start + 8)))
  );
  const result = bytes.slice();
  for (let changes = 1 + random.uint32() % 3; changes > 0; changes--) {
    const start = pick(structural.length > 0 && random.uint32() % 4 > 0 ? structural : cards, random);
    const value = random.uint32() % 4 === 0 ? `'${pick(WORDS, random)}'` : pick(NUMBERS, random);
    const text = ` ${value.padStart(20)}`.padEnd(71).slice(0, 71);
    result.set(ENCODER.encode(text).subarray(0, 71), start + 9);
  }
  return result;
}

function insertWord(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const word = ENCODER.encode(pick(WORDS, random));
  return spliced(bytes, place(bytes, random), random.uint32() % 2 * word.length, word);
}

/** Puts brackets or tags inside each other. */
function nest(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const [open, close] = pick([["[", "]"], ["{a: ", "}"], ["<TABLE>", "</TABLE>"], ["<G>", "</G>"], [
    "(",
    ")",
  ]], random);
  const depth = pick([10, 200, 5000, 20_000], random);
  const closing = random.uint32() % 2 === 0 ? close!.repeat(depth) : "";
  return spliced(bytes, place(bytes, random), 0, ENCODER.encode(`${open!.repeat(depth)}${closing}`));
}

/** Makes one cell or value very long. */
function hugeCell(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const letter = pick(["0", "9", "a", " ", '"', "&lt;", "é", ","], random);
  return spliced(
    bytes,
    place(bytes, random),
    0,
    ENCODER.encode(letter.repeat(pick([100, 5000, 300_000], random))),
  );
}

/** All ways to change bytes. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBits,
  truncate,
  splice,
  repeat,
  replaceNumber,
  lyingCard,
  insertWord,
  nest,
  hugeCell,
};

/** Changes bytes in one to three of the ways. Returns what was done, too. */
export function mutate(bytes: Uint8Array, random: SeededRandom): { bytes: Uint8Array; ways: string[] } {
  const names = Object.keys(MUTATIONS);
  const ways: string[] = [];
  let changed = bytes;
  for (let count = 1 + random.uint32() % 3; count > 0; count--) {
    const way = pick(names, random);
    ways.push(way);
    changed = MUTATIONS[way]!(changed, random);
  }
  return { bytes: changed, ways };
}
