import assert from "node:assert/strict";
import fc from "fast-check";
import { boxSum, fillIntegralImage } from "../../lib/math/integral_image.ts";
import { bicubicAt, bilinearAt, lagrangeWeights } from "../../lib/math/interpolation.ts";

const FRACTION = fc.double({ noNaN: true, min: 0, max: 1 });

Deno.test("bilinearAt() is exact on a plane with a twist", () => {
  const surface = (x: number, y: number) => 2 + 3 * x - y + 0.5 * x * y;
  const values = Float64Array.from({ length: 20 }, (_, i) => surface(i % 5, Math.floor(i / 5)));
  fc.assert(
    fc.property(FRACTION, FRACTION, (u, v) => {
      const x = 1 + u, y = 2 * v;
      assert.ok(Math.abs(bilinearAt(values, 5, 4, x, y) - surface(x, y)) < 1e-12);
    }),
    { seed: 5 },
  );
});

Deno.test("bilinearAt() repeats the edge and passes only the NaN that counts", () => {
  const values = Float64Array.of(1, 2, 3, NaN);
  assert.equal(bilinearAt(values, 2, 2, -4, -1), 1);
  assert.equal(bilinearAt(values, 2, 2, 0, 1), 3);
  assert.ok(Number.isNaN(bilinearAt(values, 2, 2, 0.5, 0.5)));
  assert.ok(Number.isNaN(bilinearAt(values, 2, 2, NaN, 0)));
  assert.equal(bilinearAt([7], 1, 1, 0.3, 0), 7);
});

Deno.test("bicubicAt() is exact on cubic surfaces inside the image", () => {
  const surface = (x: number, y: number) => 1 + x * x * x - 2 * x * y * y + 0.1 * y * y * y;
  const values = Float64Array.from({ length: 42 }, (_, i) => surface(i % 7, Math.floor(i / 7)));
  fc.assert(
    fc.property(FRACTION, FRACTION, (u, v) => {
      const x = 1 + 4 * u, y = 1 + 3 * v;
      assert.ok(Math.abs(bicubicAt(values, 7, 6, x, y) - surface(x, y)) < 1e-10);
    }),
    { seed: 6 },
  );
});

Deno.test("bicubicAt() takes the pixel at a pixel and repeats the edge", () => {
  const values = Float64Array.of(1, 2, 3, 4);
  assert.equal(bicubicAt(values, 2, 2, 1, 0), 2);
  assert.equal(bicubicAt(values, 2, 2, 40, 40), 4);
  assert.ok(Number.isNaN(bicubicAt(values, 2, 2, 0, Infinity)));
});

Deno.test("lagrangeWeights() reproduce polynomials of one degree less than their number", () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 4, 6, 8), FRACTION, (count, fraction) => {
      const weights = new Float64Array(8);
      lagrangeWeights(count, fraction, weights);
      for (let degree = 0; degree < count; degree++) {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += weights[i]! * (i - count / 2 + 1) ** degree;
        assert.ok(Math.abs(sum - fraction ** degree) < 1e-10, `degree ${degree}`);
      }
    }),
    { seed: 7 },
  );
});

Deno.test("boxSum() equals adding the pixels up", () => {
  const width = 7, height = 5;
  const values = Float64Array.from({ length: width * height }, (_, i) => Math.sin(3 * i));
  const integral = new Float64Array((width + 1) * (height + 1)).fill(NaN);
  fillIntegralImage(values, width, height, integral);
  fc.assert(
    fc.property(fc.nat(width), fc.nat(width), fc.nat(height), fc.nat(height), (xa, xb, ya, yb) => {
      const [x0, x1, y0, y1] = [Math.min(xa, xb), Math.max(xa, xb), Math.min(ya, yb), Math.max(ya, yb)];
      let sum = 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += values[y * width + x]!;
      assert.ok(Math.abs(boxSum(integral, width, x0, y0, x1, y1) - sum) < 1e-12);
    }),
    { seed: 8 },
  );
});
