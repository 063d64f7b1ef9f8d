import assert from "node:assert/strict";
import { parseCutoutCenter, parseCutoutSize } from "../../../lib/workflow/pipeline/cutout_geometry.ts";

Deno.test("parseCutoutSize() reads pixels, minutes and seconds of arc, and degrees", () => {
  const sizes = ["200px", "3arcmin", "90 arcsec", "0.1", "0.05deg"].map(parseCutoutSize);
  assert.deepEqual(sizes, [1230, 180, 90, 360, 180]);
});

Deno.test("parseCutoutCenter() reads a position in degrees", () => {
  assert.deepEqual(parseCutoutCenter("304.5, -42.3"), { rightAscensionDeg: 304.5, declinationDeg: -42.3 });
});
