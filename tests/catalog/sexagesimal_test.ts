import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAngle, parseDeclination, parseRightAscension } from "../../lib/catalog/sexagesimal.ts";

/** Both numbers agree to a ten-millionth of an arcsecond. */
function assertNear(found: number | undefined, expected: number): void {
  assert(found !== undefined && Math.abs(found - expected) < 3e-11, `${found} is not ${expected}`);
}

Deno.test("parseRightAscension() takes degrees as numbers and hours as sexagesimal", () => {
  assert.equal(parseRightAscension("68.0516625"), 68.0516625);
  assert.equal(parseRightAscension("1e2"), 100);
  for (
    const text of [
      "04:32:12.399",
      "04 32 12.399",
      "4h32m12.399s",
      "4h 32m 12.399s",
      "4H32'12.399\"",
      "+04:32:12.399",
    ]
  ) {
    assertNear(parseRightAscension(text), (4 + 32 / 60 + 12.399 / 3600) * 15);
  }
  assertNear(parseRightAscension("4h32.2m"), (4 + 32.2 / 60) * 15);
  assertNear(parseRightAscension("68d03m05.985s"), 68 + 3 / 60 + 5.985 / 3600);
});

Deno.test("parseDeclination() takes degrees both ways, the sign of -00 included", () => {
  assert.equal(parseDeclination("-5.3776417"), -5.3776417);
  for (
    const text of [
      "-05:22:39.51",
      "-05 22 39.51",
      "-5d22m39.51s",
      "-5°22′39.51″",
      "−05:22:39.51",
      "-5d22'39.51\"",
      "-5d22'39.51''",
    ]
  ) {
    assertNear(parseDeclination(text), -(5 + 22 / 60 + 39.51 / 3600));
  }
  assertNear(parseDeclination("-00:00:30"), -30 / 3600);
  assert.equal(parseDeclination("4h32m12s"), undefined);
});

Deno.test("parseAngle() refuses what is no angle", () => {
  for (
    const text of [
      "",
      "abc",
      "NaN",
      "Infinity",
      "12:60:00",
      "12:00:60",
      "12:30.5:10",
      "1:2:3:4",
      "12h",
      "0x10",
      "1,5",
      "12:-5:00",
      "--5",
      "1e",
      ".",
    ]
  ) {
    assert.equal(parseAngle(text), undefined, text);
  }
});

Deno.test("parseRightAscension() and parseDeclination() read back what is written in sexagesimal", () => {
  const milliseconds = fc.integer({ min: 0, max: 24 * 3600 * 1000 - 1 });
  fc.assert(
    fc.property(milliseconds, fc.constantFrom(":", " "), fc.constantFrom("", "-"), (total, mark, sign) => {
      const [whole, minutes, seconds] = [
        Math.floor(total / 3.6e6),
        Math.floor(total / 60_000) % 60,
        (total % 60_000) / 1000,
      ];
      const text = [whole, minutes, seconds.toFixed(3)].map((part) => String(part).padStart(2, "0")).join(
        mark,
      );
      assertNear(parseRightAscension(text), total / 3.6e6 * 15);
      assertNear(parseDeclination(sign + text), (sign === "" ? 1 : -1) * total / 3.6e6);
    }),
  );
});
