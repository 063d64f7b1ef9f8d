import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import { Header } from "../../lib/fits/header.ts";

/** A header of these cards, each padded to 80 characters. */
function headerOf(...cards: string[]): Header {
  const text = [...cards, "END"].map((card) => card.padEnd(80)).join("");
  return Header.parse(new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 2880) * 2880)));
}

Deno.test("Header.parse() reads values of every kind", () => {
  const header = headerOf(
    "SIMPLE  =                    T / conforms",
    "INTEGER =                  -42",
    "REAL    =            -1.5D-003 / Fortran exponent",
    "POINT   = .5",
    "TEXT    = 'O''Hara / it''s  '   / a name",
    "EMPTY   = ''",
    "NOTHING =",
    "COMPLEX = (1.5, -2)",
    "FREE=   5",
  );
  assert.deepEqual(
    ["SIMPLE", "INTEGER", "REAL", "POINT", "TEXT", "EMPTY", "NOTHING", "COMPLEX"].map((name) =>
      header.get(name)
    ),
    [true, -42, -1.5e-3, 0.5, "O'Hara / it's", "", null, "(1.5, -2)"],
  );
  assert.equal(header.comment("TEXT"), "a name");
  assert.equal(header.get("ABSENT"), undefined);
  assert.equal(header.card("COMPLEX")!.kind, "complex");
});

Deno.test("Header finds HIERARCH keywords with blanks, short ones, and in any case", () => {
  const header = headerOf(
    "HIERARCH L2 N_HOT = 12 / hot pixels",
    "HIERARCH MP_HOT = 10",
    "HIERARCH  ESO  DET   NAME= 'x'",
    "lower   =                    1",
  );
  assert.equal(header.get("L2 N_HOT"), 12);
  assert.equal(header.get("HIERARCH L2 N_HOT"), 12);
  assert.equal(header.get("MP_HOT"), 10);
  assert.equal(header.get("eso det name"), "x");
  assert.equal(header.get("LOWER"), 1);
  assert.match(header.problems()[0]!.message, /"lower" is not a keyword/);
});

Deno.test("Header counts the first card of a keyword however it is spelt, asked for first or last", () => {
  for (const first of ["key     = 1", " KEY    = 1", "HIERARCH KEY = 1", "KEY     = 1"]) {
    const cards = ["SIMPLE  = T", "KEYS    = 3", first, "KEY     = 2", "OTHER   = 4"];
    const header = headerOf(...cards);
    assert.equal(header.get("KEY"), 1, first);
    assert.equal(header.get("ABSENT"), undefined);
    assert.equal(header.get("KEY"), 1, first);
    assert.equal(headerOf(...cards).get("OTHER"), 4);
  }
});

Deno.test("Header joins the strings of CONTINUE cards and their comments", () => {
  const header = headerOf(
    "LONG    = 'one &'  / first",
    "CONTINUE  'two &' / second",
    "CONTINUE  'three'",
    "NEXT    = 1",
    "CONTINUE  'lost'",
  );
  assert.equal(header.get("LONG"), "one two three");
  assert.equal(header.comment("LONG"), "first second");
  assert.equal(header.cards.length, 3);
  assert.match(header.problems()[0]!.message, /follows no string/);
});

Deno.test("Header keeps malformed and duplicated cards and tells of them", () => {
  const header = headerOf(
    "BAD     = 12 34 56 abc",
    "OPEN    = 'never closed",
    "DATE    = 2025-01-01T00:00:00",
    "TWICE   =                    1",
    "TWICE   =                    2",
    "NOBLANK =7",
  );
  assert.equal(header.get("BAD"), "12 34 56 abc");
  assert.equal(header.get("OPEN"), "never closed");
  assert.equal(header.get("TWICE"), 1);
  assert.equal(header.get("NOBLANK"), 7);
  const problems = header.problems();
  assert.deepEqual(problems.map((problem) => problem.keyword), ["BAD", "OPEN", "DATE", "TWICE", "NOBLANK"]);
  assert.equal(problems[3]!.byteOffset, 4 * 80);
});

Deno.test("Header gives integers with all digits as bigint", () => {
  const header = headerOf("BLANK   = -9223372036854775808", "REAL    = 1.5");
  assert.equal(header.getBigInt("BLANK"), -(2n ** 63n));
  assert.equal(header.getBigInt("REAL"), undefined);
});

Deno.test("Header.set() keeps place and comment, append() adds, remove() takes every card", () => {
  const header = headerOf("A       =                  1.0 / first", "B       = 'x'", "A       = 3");
  header.set("A", 2).set("NEW KEYWORD", "text", "why").append("HISTORY", "h".repeat(100));
  assert.equal(header.cards[0]!.raw.substring(0, 40), "A       =                  2.0 / first  ");
  assert.equal(header.get("NEW KEYWORD"), "text");
  assert.deepEqual(header.history(), ["h".repeat(72), "h".repeat(28)]);
  assert.equal(header.remove("A"), true);
  assert.equal(header.has("A"), false);
  assert.equal(header.remove("A"), false);
});

Deno.test("Header.clone() is independent", () => {
  const header = headerOf("A       = 1");
  const copy = header.clone().set("A", 2);
  assert.deepEqual([header.get("A"), copy.get("A"), copy.clone().get("A")], [1, 2, 2]);
});

Deno.test("Header.encode() gives back the bytes of a header that was not changed", () => {
  const url = new URL("../fixtures/fits/real/qr2_image_header_2025W51_1A_0684_2D3.hdr", import.meta.url);
  const bytes = Deno.readFileSync(url);
  assert.deepEqual(Header.parse(bytes).encode(), bytes);
});

Deno.test("Header.parse() without END is a typed error with the offset", () => {
  assert.throws(
    () => Header.parse(new Uint8Array(2880).fill(32), 5760),
    (error) => isTaggedError(error, "fits/truncated") && error.context["byteOffset"] === 5760,
  );
});

Deno.test("Header.append() refuses what FITS cannot hold", () => {
  const header = new Header();
  assert.throws(() => header.append("A", NaN), RangeError);
  assert.throws(() => header.append("A", "grüß"), TypeError);
  assert.throws(() => header.append("A".repeat(75), 1), TypeError);
  assert.throws(() => header.append("A=B", 1), TypeError);
});

const text = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const keyword = fc.oneof(
  fc.stringMatching(/^[A-Z][A-Z0-9_-]{0,7}$/),
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,7} [A-Z][A-Z0-9_]{0,9}$/),
).filter((name) => !["END", "COMMENT", "HISTORY", "CONTINUE", "HIERARCH"].includes(name.split(" ")[0]!));
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

Deno.test("a header that was written is read back the same", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(keyword, value, text), { selector: ([name]) => name }), (cards) => {
      const bytes = Header.of(
        cards.map(([name, content, comment]) => [name, content, comment.slice(0, 20)] as const),
      ).encode();
      assert.equal(bytes.length % 2880, 0);
      const header = Header.parse(bytes);
      for (const [name, content] of cards) {
        const expected = typeof content === "string" ? content.trimEnd() : content;
        const found = header.get(name);
        assert(
          Object.is(found, expected) || found === expected,
          `${name}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
        );
      }
      assert.deepEqual(header.problems(), []);
    }),
  );
});

Deno.test("looking a keyword up in the bytes finds what listing the cards finds", () => {
  const card = fc.oneof(
    fc.tuple(keyword, fc.integer()).map(([name, number]) =>
      name.length > 8 ? `HIERARCH ${name} = ${number}` : `${name.padEnd(8)}= ${number}`
    ),
    fc.tuple(fc.stringMatching(/^[A-Z]{1,3}$/), fc.integer()).map(([name, number]) =>
      `HIERARCH ${name}  = ${number}`
    ),
    fc.uint8Array({ minLength: 80, maxLength: 80 }).map((bytes) => String.fromCharCode(...bytes)),
    fc.stringMatching(/^ {0,3}[A-Za-z=&']{1,8} *= [0-9]$/),
  ).filter((raw) => !raw.startsWith("END"));
  fc.assert(fc.property(fc.array(card, { maxLength: 30 }), (cards) => {
    const raw = [...cards.map((each) => each.padEnd(80)), "END".padEnd(80)].join("");
    const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
    const listed = Header.parse(bytes);
    for (const { keyword: name } of listed.cards) {
      if (name !== name.trim() || name.startsWith("HIERARCH")) continue;
      assert.deepEqual(Header.parse(bytes).card(name), listed.cards.find((each) => each.keyword === name));
    }
  }));
});
