import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCall, parseAnswer, type SampValue } from "../../../lib/net/samp/xml_rpc.ts";

function answer(value: string): string {
  return `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`;
}

/** Text that XML can carry: no control characters, no non-characters. */
const text = fc.string({ unit: "grapheme" }).filter((value) => !/[\p{Cc}\p{Cn}\p{Cs}]/u.test(value));

const { value: anyValue } = fc.letrec<{ value: SampValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

Deno.test("parseAnswer() gives back what encodeCall() wrote as a parameter", () => {
  fc.assert(fc.property(anyValue, (value) => {
    const [, written] = /<param>(.*)<\/param>/s.exec(encodeCall("any", [value]))!;
    assert.deepEqual(parseAnswer(answer(written!)), value);
  }));
});

Deno.test("parseAnswer() reads bare text, numbers and truth values as text", () => {
  assert.equal(parseAnswer(answer("<value>bare &amp; plain</value>")), "bare & plain");
  assert.equal(parseAnswer(answer("<value><int>7</int></value>")), "7");
  assert.deepEqual(parseAnswer(answer("<value><array><data></data></array></value>")), []);
});

Deno.test("parseAnswer() refuses faults, other documents, deep nesting and entities with typed errors", () => {
  const fault = "<methodResponse><fault><value><struct><member><name>faultString</name>" +
    "<value>no such method</value></member></struct></value></fault></methodResponse>";
  assert.throws(() => parseAnswer(fault), { code: "net/samp-fault", message: /no such method/ });
  const nested = "<value><array><data>".repeat(100) + "</data></array></value>".repeat(100);
  for (
    const xml of [
      "<html><body>503</body></html>",
      "not XML",
      "",
      answer(nested),
      `<!DOCTYPE a [<!ENTITY b "c">]>${answer("<value>&b;</value>")}`,
    ]
  ) assert.throws(() => parseAnswer(xml), { code: "net/bad-xml-rpc" }, xml.slice(0, 60));
});
