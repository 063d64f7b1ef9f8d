import assert from "node:assert/strict";
import { ditherSequence } from "../../lib/fits/quantisation.ts";

Deno.test("ditherSequence() ends on the number that the standard gives", () => {
  const numbers = ditherSequence();
  assert.equal(numbers.length, 10000);
  assert.equal(numbers[9999], Math.fround(1043618065 / 2147483647));
});
