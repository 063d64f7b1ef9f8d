import assert from "node:assert/strict";
import fc from "fast-check";
import { riceDecode, riceEncode } from "../../lib/fits/rice.ts";

const mixed = fc.array(fc.oneof(fc.integer(), fc.integer({ min: -9, max: 9 }), fc.constant(0)), {
  minLength: 1,
  maxLength: 300,
});

Deno.test("riceDecode() gives back what riceEncode() packed, for 4, 2 and 1 bytes a pixel", () => {
  fc.assert(fc.property(mixed, fc.integer({ min: 1, max: 64 }), (values, blockSize) => {
    const words = Int32Array.from(values);
    assert.deepEqual(riceDecode(riceEncode(words, blockSize, 4), words.length, blockSize, 4), words);
    const shorts = Int16Array.from(values);
    assert.deepEqual(
      riceDecode(riceEncode(shorts, blockSize, 2), shorts.length, blockSize, 2),
      Int32Array.from(shorts),
    );
    const bytes = Uint8Array.from(values);
    assert.deepEqual(
      riceDecode(riceEncode(bytes, blockSize, 1), bytes.length, blockSize, 1),
      Int32Array.from(bytes),
    );
  }));
});

Deno.test("riceEncode() packs a constant row into its first pixel and one code a block", () => {
  const packed = riceEncode(new Int32Array(2040).fill(2097152), 32, 4);
  assert.equal(packed.length, 4 + Math.ceil(64 * 5 / 8));
});

Deno.test("riceDecode() of bytes that end early is a RangeError, not a hang", () => {
  const packed = riceEncode(Int32Array.from({ length: 100 }, (_, i) => i * i * 31), 32, 4);
  for (let length = 0; length < packed.length - 1; length++) {
    assert.throws(() => riceDecode(packed.subarray(0, length), 100, 32, 4), RangeError, `${length} bytes`);
  }
});

Deno.test("riceDecode() refuses sizes that the code does not know", () => {
  assert.throws(() => riceDecode(new Uint8Array(8), 1, 32, 8), RangeError);
  assert.throws(() => riceDecode(new Uint8Array(8), 1, 0, 4), RangeError);
});
