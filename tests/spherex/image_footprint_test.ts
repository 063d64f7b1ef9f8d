import assert from "node:assert/strict";
import { angularSeparationDeg, positionOfVector } from "../../lib/math/sphere.ts";
import { coversCircle, parseFootprint } from "../../lib/spherex/image_footprint.ts";

const REAL = "POLYGON ICRS 6.962852120551271 41.75009330770693 11.28249000497766 43.137330881450204 " +
  "13.174643355147754 39.946653279470475 8.97915502445252 38.62459220149968 6.962852120551271 41.75009330770693";

Deno.test("parseFootprint() reads the archive's outlines and the forms that STC-S allows", () => {
  const corners = parseFootprint(REAL)!;
  assert.equal(corners.length, 4);
  const { rightAscensionDeg, declinationDeg } = positionOfVector(corners[1]!);
  assert(
    angularSeparationDeg(rightAscensionDeg, declinationDeg, 11.28249000497766, 43.137330881450204) < 1e-12,
  );
  assert.equal(parseFootprint("polygon 1 1 2 1 2 2")!.length, 3);
  assert(coversCircle(corners, 10.6847, 41.269, 1 / 3600));
  assert(!coversCircle(corners, 10.6847, 45, 1 / 3600));
  assert(coversCircle(corners, 10.6847, 45, 2.1));
});

Deno.test("parseFootprint() says that other texts are no outline", () => {
  for (
    const text of [
      "",
      "CIRCLE ICRS 1 2 3",
      "POLYGON FK5 1 1 2 1 2 2",
      "POLYGON ICRS 1 1 2 1 2",
      "POLYGON ICRS 1 1 2 1 1 1",
      "POLYGON ICRS 1 1 2 x 2 2",
    ]
  ) assert.equal(parseFootprint(text), undefined, text);
});
