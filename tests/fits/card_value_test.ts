import assert from "node:assert/strict";
import fc from "fast-check";
import { quickValue } from "../../lib/fits/card_value.ts";
import { Header } from "../../lib/fits/header.ts";
import { encodeLatin1 } from "../../lib/fits/latin1.ts";

/** The bytes of one card. */
function record(text: string): Uint8Array {
  return encodeLatin1(text.padEnd(80).slice(0, 80));
}

Deno.test("quickValue() reads what is a plain number or string and leaves all else to the general way", () => {
  const cases: [string, number | string | undefined][] = [
    ["CRVAL1  =        307.612130434 / degrees", 307.612130434],
    ["A_0_2   =  -1.42586844433E-06", -1.42586844433e-6],
    ["X       = +.5/half", 0.5],
    ["X       =  5.", 5],
    ["X       =  1E3", 1000],
    ["X       =  1D3", undefined],
    ["X       =  1.5 2", undefined],
    ["X       =  1..5", undefined],
    ["X       =  12345678901234567", 12345678901234568],
    ["X       =  0.1234567890123456789", 0.12345678901234568],
    ["X       =  9.007199254740993E+15", 9007199254740992],
    ["X       =  9007199254740991E-22", 9007199254740991e-22],
    ["X       =  9007199254740993E-3", 9007199254740.992],
    ["X       =  0.000123789012345678", 0.000123789012345678],
    ["X       =  1E-400", 0],
    ["X       =  1E", undefined],
    ["X       =  -", undefined],
    ["X       =  '1.5'", "1.5"],
    ["X       = 'RA---TAN' / type", "RA---TAN"],
    ["X       = '  a b  '", "  a b"],
    ["X       = ''", ""],
    ["X       = 'it''s'", undefined],
    ["X       = 'goes on &'", undefined],
    ["X       = 'open", undefined],
    ["X       = T", undefined],
    ["X       =", undefined],
    ["X       =  / 1.5", undefined],
    ["HIERARCH X = 1.5", undefined],
    ["COMMENT = 1.5", 1.5],
  ];
  for (const [text, value] of cases) assert.equal(quickValue(record(text), 0), value, text);
});

Deno.test("Header.get() gives the same number by the quick way as by listing the cards", () => {
  const number = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer());
  const spelled = number.chain((value) =>
    fc.constantFrom(String(value), String(value).toUpperCase(), value.toFixed(3), `+${Math.abs(value)}`)
  );
  const field = fc.tuple(spelled, fc.constantFrom("", " / a comment", "/", " 7", "x"), fc.nat(3));
  fc.assert(fc.property(field, ([text, tail, blanks]) => {
    const bytes = record(`KEY     = ${" ".repeat(blanks)}${text}${tail}`);
    const listed = new Header(bytes);
    assert.equal(listed.cards.length, 1);
    assert.deepEqual(new Header(bytes).get("KEY"), listed.get("KEY"));
    const quick = quickValue(bytes, 0);
    if (quick !== undefined) assert.equal(quick, listed.get("KEY"));
  }));
});

Deno.test("Header.get() gives the same string by the quick way as by listing the cards", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "B", "'", "&", " ", "/", "é"), maxLength: 12 });
  fc.assert(fc.property(text, fc.constantFrom("", " / it's", "/", " x"), (inside, tail) => {
    for (const keyword of ["KEY     ", "HISTORY "]) {
      const bytes = record(`${keyword}= '${inside}'${tail}`);
      const listed = new Header(bytes);
      assert.equal(listed.cards.length, 1);
      assert.equal(new Header(bytes).get(keyword.trim()), listed.get(keyword.trim()));
    }
  }));
});

Deno.test("Header.get() keeps headers apart whose keywords differ in a single place", () => {
  const keyword = fc.constantFrom(
    "A       ",
    "a       ",
    " A      ",
    "B       ",
    "HIERARCH A B ",
    "HIERARCH A C ",
  );
  const names = ["A", "B", "a", "A B", "A C", "HIERARCH A B", "C"];
  fc.assert(fc.property(fc.array(fc.array(keyword, { minLength: 1, maxLength: 4 })), (headers) => {
    for (const [h, keywords] of headers.entries()) {
      const cards = keywords.map((text, k) => `${text}= ${10 * h + k}`.padEnd(80)).join("");
      const filler = "FILLER  = 0".padEnd(80).repeat(16); // beyond the records that are looked at without an index
      const bytes = encodeLatin1(filler + cards);
      const listed = new Header(bytes);
      assert.equal(listed.cards.length, 16 + keywords.length);
      const quick = new Header(bytes);
      assert.deepEqual(names.map((name) => quick.get(name)), names.map((name) => listed.get(name)));
    }
  }));
});

Deno.test("Header.card() finds a long string whole, and places cards in their file", () => {
  const text = ["LONG    = 'first &'", "CONTINUE  'second' / both", "SHORT   = 'ends in &'", "NAME    = 'x'"];
  const header = new Header(encodeLatin1(text.map((line) => line.padEnd(80)).join("")), 2880);
  assert.equal(header.getString("LONG"), "first second");
  assert.equal(header.comment("LONG"), "both");
  assert.equal(header.getString("SHORT"), "ends in &");
  assert.equal(header.getString("NAME"), "x");
  assert.equal(header.card("NAME")!.byteOffset, 2880 + 240);
  assert.equal(header.card("NAME")!.raw, text[3]!.padEnd(80));
});
