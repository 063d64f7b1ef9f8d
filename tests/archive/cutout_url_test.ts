import assert from "node:assert/strict";
import { cutoutUrl } from "../../lib/archive/cutout_url.ts";

const PARENT = "https://irsa.example/ibe/data/spherex/qr2/level2/a/level2_a.fits";

Deno.test("cutoutUrl() writes centre and size in degrees without a unit", () => {
  assert.equal(
    cutoutUrl(PARENT, { rightAscensionDeg: 68.0516625, declinationDeg: -5.3776417, sizeDeg: 60 / 3600 }),
    `${PARENT}?center=68.0516625000,-5.3776417000&size=0.01666666667`,
  );
  assert.equal(
    cutoutUrl(PARENT, { rightAscensionDeg: 0, declinationDeg: 90, sizeDeg: 0.1 }),
    `${PARENT}?center=0.0000000000,90.0000000000&size=0.1`,
  );
});

Deno.test("cutoutUrl() takes the parameters of the config and keeps a query that is there", () => {
  const request = {
    rightAscensionDeg: 10.5,
    declinationDeg: 1e-9,
    sizeDeg: 1e-5,
    parameters: { center: "{ra_deg},{dec_deg}d", size: "{size_deg}d", gzip: "false" },
  };
  assert.equal(
    cutoutUrl(`${PARENT}?a=b`, request),
    `${PARENT}?a=b&center=10.5000000000,0.0000000010d&size=0.00001d&gzip=false`,
  );
});

Deno.test("cutoutUrl() refuses places and templates that are none", () => {
  const place = { rightAscensionDeg: 10, declinationDeg: 10, sizeDeg: 0.1 };
  assert.throws(() => cutoutUrl(PARENT, { ...place, rightAscensionDeg: 360 }), RangeError);
  assert.throws(() => cutoutUrl(PARENT, { ...place, declinationDeg: NaN }), RangeError);
  assert.throws(() => cutoutUrl(PARENT, { ...place, sizeDeg: 0 }), RangeError);
  assert.throws(
    () => cutoutUrl(PARENT, { ...place, parameters: { center: "{ra}" } }),
    /Unknown placeholder \{ra\}/,
  );
});

Deno.test("cutoutUrl() takes width and height", () => {
  const url = cutoutUrl("http://host/a.fits", {
    rightAscensionDeg: 10,
    declinationDeg: -2,
    sizeDeg: [0.05, 0.1],
  });
  assert(url.endsWith("&size=0.05,0.1"), url);
  assert.throws(
    () => cutoutUrl("http://host/a.fits", { rightAscensionDeg: 10, declinationDeg: 2, sizeDeg: [0.05, 0] }),
    RangeError,
  );
});
