import assert from "node:assert/strict";
import { BAND_STYLES, detectorColor, REJECTED_COLOR } from "../../lib/plot/palette.ts";

type Triple = readonly [number, number, number];

// Full colour blindness on linear RGB: Machado, Oliveira and Fernandes (2009), table for severity 1.0.
const SIGHTS: Readonly<Record<string, readonly Triple[]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
};

function linearRgb(color: string): Triple {
  const [red, green, blue] = [...Uint8Array.fromHex(color.slice(1))].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red!, green!, blue!];
}

function product(matrix: readonly Triple[], vector: Triple): Triple {
  const [a, b, c] = matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]);
  return [a!, b!, c!];
}

/** CIE L*a*b* for the white of sRGB. */
function lab(linear: Triple): Triple {
  const [x, y, z] = product(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
    linear,
  );
  const f = (value: number) => value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116;
  const [fx, fy, fz] = [f(x / 0.9505), f(y), f(z / 1.089)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function difference(sight: string, a: string, b: string): number {
  const [p, q] = [a, b].map((color) => lab(product(SIGHTS[sight]!, linearRgb(color))));
  return Math.hypot(p![0] - q![0], p![1] - q![1], p![2] - q![2]);
}

for (const sight of Object.keys(SIGHTS)) {
  Deno.test(`BAND_STYLES stay distinct with ${sight} vision`, () => {
    for (let i = 0; i < BAND_STYLES.length; i++) {
      for (let j = i + 1; j < BAND_STYLES.length; j++) {
        const apart = difference(sight, BAND_STYLES[i]!.color, BAND_STYLES[j]!.color);
        assert(apart > 15, `D${i + 1} and D${j + 1} are ${apart.toFixed(1)} apart`);
      }
    }
  });
}

Deno.test("BAND_STYLES cover the six detectors in order of wavelength, without gaps", () => {
  assert.deepEqual(BAND_STYLES.map((band) => band.detector), [1, 2, 3, 4, 5, 6]);
  for (let i = 1; i < BAND_STYLES.length; i++) {
    assert.equal(BAND_STYLES[i]!.wavelengthMinMicron, BAND_STYLES[i - 1]!.wavelengthMaxMicron);
  }
});

Deno.test("detectorColor() is grey for what is no detector", () => {
  assert.equal(detectorColor(1), BAND_STYLES[0]!.color);
  assert.equal(detectorColor(0), REJECTED_COLOR);
  assert.equal(detectorColor(7), REJECTED_COLOR);
  assert.equal(detectorColor(NaN), REJECTED_COLOR);
});
