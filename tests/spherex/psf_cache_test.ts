import assert from "node:assert/strict";
import { encodeBigEndian } from "../../lib/fits/big_endian.ts";
import { PsfCache } from "../../lib/spherex/psf_cache.ts";

const FLOATS = Float32Array.of(0, 0.125, -3, 1e-20);
const DOUBLES = Float64Array.of(0, 0.1, -3, 1e-200);

Deno.test("PsfCache gives the same array for the same bytes of a zone, of either precision", () => {
  const cache = new PsfCache();
  for (const [key, values] of [["cube", FLOATS], ["table", DOUBLES]] as const) {
    const size = values.BYTES_PER_ELEMENT as 4 | 8;
    const samples = cache.samples(key, encodeBigEndian(values), size);
    assert.deepEqual(samples, values);
    assert.equal(cache.samples(key, encodeBigEndian(values), size), samples);
  }
});

Deno.test("PsfCache never gives a zone's samples for other bytes, be it one bit of them", () => {
  for (const values of [FLOATS, DOUBLES]) {
    const size = values.BYTES_PER_ELEMENT as 4 | 8;
    const original = encodeBigEndian(values);
    for (let bit = 0; bit < 8 * original.length; bit++) {
      const cache = new PsfCache();
      const known = cache.samples("zone", original, size);
      const changed = original.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const samples = cache.samples("zone", changed, size);
      assert.notEqual(samples, known);
      assert.deepEqual(encodeBigEndian(samples), changed);
      assert.deepEqual(known, values);
    }
  }
});

Deno.test("PsfCache tells the same bytes read as floats and as doubles apart", () => {
  const cache = new PsfCache();
  const bytes = encodeBigEndian(DOUBLES);
  assert.equal(cache.samples("zone", bytes, 4).length, 8);
  assert.deepEqual(cache.samples("zone", bytes, 8), DOUBLES);
});

Deno.test("PsfCache forgets the zones that were not asked for longest when it is full", () => {
  const cache = new PsfCache({ maxBytes: 2 * FLOATS.byteLength });
  const bytes = encodeBigEndian(FLOATS);
  const [first, second] = [cache.samples("1", bytes, 4), cache.samples("2", bytes, 4)];
  assert.equal(cache.samples("1", bytes, 4), first);
  cache.samples("3", bytes, 4);
  assert.equal(cache.samples("1", bytes, 4), first);
  assert.notEqual(cache.samples("2", bytes, 4), second);
});
