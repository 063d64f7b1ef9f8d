import assert from "node:assert/strict";
import { isTaggedError } from "../../../lib/core/errors.ts";
import {
  estimatedCutoutBytes,
  parseCutoutCenter,
  parseCutoutSize,
} from "../../../lib/workflow/pipeline/cutout_geometry.ts";

Deno.test("parseCutoutSize() reads pixels, minutes and seconds of arc, and degrees", () => {
  const sizes = ["200px", "3arcmin", "90 arcsec", "0.1", "0.05deg"].map(parseCutoutSize);
  assert.deepEqual(sizes.map(({ widthArcsec }) => widthArcsec), [1230, 180, 90, 360, 180]);
  assert(sizes.every(({ widthArcsec, heightArcsec }) => widthArcsec === heightArcsec));
});

Deno.test("parseCutoutSize() reads width and height", () => {
  assert.deepEqual(parseCutoutSize("100,200px"), { widthArcsec: 615, heightArcsec: 1230 });
  assert.deepEqual(parseCutoutSize("0.05, 0.1"), { widthArcsec: 180, heightArcsec: 360 });
  for (const text of ["100,px", "1,2,3px", "0px", "100,9999px", "-1px", ""]) {
    assert.throws(
      () => parseCutoutSize(text),
      (error) => isTaggedError(error, "usage/bad-cutout-size"),
      text,
    );
  }
});

Deno.test("parseCutoutCenter() reads a position in degrees, and says why pixels are none", () => {
  assert.deepEqual(parseCutoutCenter("304.5, -42.3"), { rightAscensionDeg: 304.5, declinationDeg: -42.3 });
  assert.throws(() => parseCutoutCenter("100,200px"), (error) => {
    assert(isTaggedError(error, "usage/bad-cutout-center"));
    return /another pixel of each image/.test(error.hint!);
  });
});

Deno.test("estimatedCutoutBytes() is near to what QR2 cutouts weigh", () => {
  // Cutouts of 30 and 10 pixels from the archive's service.
  for (const [size, bytes] of [["30px", 5_071_680], ["10px", 5_060_160]] as const) {
    assert(Math.abs(estimatedCutoutBytes(parseCutoutSize(size)) / bytes - 1) < 0.02);
  }
  assert(estimatedCutoutBytes(parseCutoutSize("100,200px")) - 5e6 === 16 * 100 * 200);
});
