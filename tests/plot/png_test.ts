import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePng } from "../../lib/plot/png.ts";
import { decodePng } from "./decode_png.ts";

function image(width: number, height: number, colorOf: (i: number) => [number, number, number]) {
  const rgba = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) rgba.set([...colorOf(i), 255], 4 * i);
  return { width, height, rgba };
}

Deno.test("encodePng() keeps every pixel, with a palette and without", () => {
  const random = fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    colors: fc.integer({ min: 1, max: 400 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  fc.assert(fc.property(random, ({ width, height, colors, seed }) => {
    const original = image(width, height, (i) => {
      const color = (i * seed) % colors;
      return [color % 256, (color * 7) % 256, color >> 8];
    });
    assert.deepEqual(decodePng(encodePng(original)), original);
  }));
});

Deno.test("encodePng() uses a palette up to 256 colours and true colour beyond", () => {
  const colorType = (colors: number) =>
    encodePng(image(400, 1, (i) => [i % colors % 256, i % colors >> 8, 0]))[25];
  assert.equal(colorType(256), 3);
  assert.equal(colorType(257), 2);
});

Deno.test("encodePng() notes the resolution when asked", () => {
  const bytes = encodePng(image(2, 2, () => [1, 2, 3]), { dotsPerInch: 150 });
  const at = new TextDecoder("latin1").decode(bytes).indexOf("pHYs");
  const view = new DataView(bytes.buffer);
  assert.equal(view.getUint32(at + 4), 5906);
  assert.equal(bytes[at + 12], 1);
});

Deno.test("encodePng() refuses an image of the wrong size", () => {
  assert.throws(() => encodePng({ width: 2, height: 2, rgba: new Uint8Array(15) }), RangeError);
  assert.throws(() => encodePng({ width: 0, height: 2, rgba: new Uint8Array(0) }), RangeError);
});
