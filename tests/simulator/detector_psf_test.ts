import assert from "node:assert/strict";
import fc from "fast-check";
import type { DetectorNumber } from "../../lib/spherex/bands.ts";
import { psfComponents, starStamp } from "../../lib/simulator/detector_psf.ts";
import {
  CUBE_SAMPLES,
  cubeZoneCenter,
  epsfRowBytes,
  psfCubeBytes,
} from "../../lib/simulator/psf_products.ts";
import { spectralMap } from "../../lib/simulator/spectral_map.ts";

const DETECTORS: readonly DetectorNumber[] = [1, 2, 3, 4, 5, 6];
const detectors = fc.constantFrom(...DETECTORS);
const pixels = fc.double({ min: 0, max: 2039, noNaN: true });

/** Integral of the point-spread function over one pixel by the midpoint rule on 200 x 200 points. */
function bruteForcePixel(
  detector: DetectorNumber,
  x: number,
  y: number,
  pixelX: number,
  pixelY: number,
): number {
  const count = 200;
  let sum = 0;
  for (const { weight, offsetX, offsetY, sigmaX, sigmaY } of psfComponents(detector, x, y)) {
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < count; i++) {
        const dx = (pixelX - 0.5 + (i + 0.5) / count - x - offsetX) / sigmaX;
        const dy = (pixelY - 0.5 + (j + 0.5) / count - y - offsetY) / sigmaY;
        sum += weight * Math.exp(-(dx * dx + dy * dy) / 2) / (2 * Math.PI * sigmaX * sigmaY);
      }
    }
  }
  return sum / count ** 2;
}

/** The float32 samples of a plane of a cube of a detector. */
function cubePlane(cube: Uint8Array, plane: number): Float64Array {
  const view = new DataView(cube.buffer, cube.byteOffset + 4 * plane * CUBE_SAMPLES ** 2);
  return Float64Array.from({ length: CUBE_SAMPLES ** 2 }, (_, k) => view.getFloat32(4 * k));
}

Deno.test("starStamp() holds all of the light, wherever the star is", () => {
  fc.assert(fc.property(detectors, pixels, pixels, (detector, x, y) => {
    const { fractions } = starStamp(detector, x, y);
    const sum = fractions.reduce((total, value) => total + value, 0);
    assert(Math.abs(sum - 1) < 1e-8, `sum ${sum} at ${x}, ${y}`);
    assert(fractions.every((value) => value >= 0));
  }));
});

Deno.test("starStamp() agrees with brute-force integration of the profile", () => {
  for (const [detector, x, y] of [[1, 30.37, 1990.81], [4, 1020.5, 77.02], [6, 2001.13, 2010.49]] as const) {
    const stamp = starStamp(detector, x, y);
    for (const [dx, dy] of [[0, 0], [1, 0], [-1, 1], [2, -2]] as const) {
      const [pixelX, pixelY] = [Math.round(x) + dx, Math.round(y) + dy];
      const found = stamp.fractions[(pixelY - stamp.y0) * stamp.size + pixelX - stamp.x0]!;
      const expected = bruteForcePixel(detector, x, y, pixelX, pixelY);
      assert(Math.abs(found - expected) < 1e-5, `D${detector} ${dx},${dy}: ${found} against ${expected}`);
    }
  }
});

Deno.test("psfComponents() change over the detector and keep the centroid", () => {
  const middle = psfComponents(3, 1020, 1020);
  const corner = psfComponents(3, 0, 0);
  assert(corner[0]!.sigmaX > middle[0]!.sigmaX * 1.02);
  assert(Math.abs(corner[0]!.sigmaX / corner[0]!.sigmaY - middle[0]!.sigmaX / middle[0]!.sigmaY) > 0.01);
  for (const components of [middle, corner]) {
    const share = components.reduce((sum, { weight }) => sum + weight, 0);
    const centroid = components.reduce((sum, { weight, offsetX }) => sum + weight * offsetX, 0);
    assert(Math.abs(share - 1) < 1e-12);
    assert(Math.abs(centroid) < 1e-9);
  }
});

Deno.test("psfCubeBytes() has unit sum in each plane and sums to the star's pixels, x fast", () => {
  const cube = psfCubeBytes(2);
  assert.equal(cube.byteLength, 121 * 101 * 101 * 4);
  for (const plane of [0, 7, 60, 113, 120]) {
    const samples = cubePlane(cube, plane);
    assert(Math.abs(samples.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
    // Ten samples from -0.45 to 0.55 pixels cover exactly the pixel whose centre is at 0.05.
    let pixel = 0;
    for (let j = -4; j <= 5; j++) {
      for (let i = -4; i <= 5; i++) pixel += samples[(50 + j) * CUBE_SAMPLES + 50 + i]!;
    }
    const x = cubeZoneCenter(plane % 11);
    const y = cubeZoneCenter(Math.floor(plane / 11));
    const expected = bruteForcePixel(2, x, y, x + 0.05, y + 0.05);
    assert(Math.abs(pixel - expected) < 2e-5, `plane ${plane}: ${pixel} against ${expected}`);
  }
});

Deno.test("epsfRowBytes() holds the pixel-convolved profile of each zone with unit sum", () => {
  const bytes = epsfRowBytes(3, spectralMap(3, "QR3"));
  const view = new DataView(bytes.buffer);
  const rowBytes = 8752;
  assert.equal(bytes.byteLength, 451 * rowBytes);
  for (const zone of [0, 10, 11, 225, 450]) {
    const row = zone * rowBytes;
    assert.equal(view.getInt32(row), zone % 11);
    assert.equal(view.getInt32(row + 4), Math.floor(zone / 11));
    const [x, y] = [view.getFloat32(row + 8), view.getFloat32(row + 12)];
    const samples = Array.from({ length: 1089 }, (_, k) => view.getFloat64(row + 40 + 8 * k));
    assert(Math.abs(samples.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
    const expected = bruteForcePixel(3, x, y, x, y);
    assert(Math.abs(samples[16 * 33 + 16]! * 25 / expected - 1) < 1e-3);
    const neighbour = bruteForcePixel(3, x, y, x + 1, y);
    assert(Math.abs(samples[16 * 33 + 21]! * 25 / neighbour - 1) < 1e-3, "five samples are one pixel");
  }
});
