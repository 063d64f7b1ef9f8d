import assert from "node:assert/strict";
import fc from "fast-check";
import { quickInteger, quickReal } from "../../lib/fits/card_value.ts";
import { Header } from "../../lib/fits/header.ts";
import { encodeLatin1 } from "../../lib/fits/latin1.ts";

/** The bytes of one card. */
function record(text: string): Uint8Array {
  return encodeLatin1(text.padEnd(80).slice(0, 80));
}

Deno.test("quickReal() reads what is a plain real number and leaves all else to the general way", () => {
  const cases: [string, number | undefined][] = [
    ["CRVAL1  =        307.612130434 / degrees", 307.612130434],
    ["A_0_2   =  -1.42586844433E-06", -1.42586844433e-6],
    ["X       = +.5/half", 0.5],
    ["X       =  5.", 5],
    ["X       =  1E3", 1000],
    ["X       =  1D3", undefined],
    ["X       =  1.5 2", undefined],
    ["X       =  1..5", undefined],
    ["X       =  '1.5'", undefined],
    ["X       =", undefined],
    ["X       =  / 1.5", undefined],
    ["HIERARCH X = 1.5", undefined],
    ["COMMENT = 1.5", 1.5],
  ];
  for (const [text, value] of cases) assert.equal(quickReal(record(text), 0), value, text);
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
    const quick = quickInteger(bytes, 0) ?? quickReal(bytes, 0);
    if (quick !== undefined) assert.equal(quick, listed.get("KEY"));
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
