import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { KeywordValue } from "../../lib/core/keywords.ts";
import { angularSeparationDeg } from "../../lib/math/sphere.ts";
import { type CelestialWcs, parseCelestialWcs } from "../../lib/wcs/celestial_wcs.ts";
import { keywordsOf, readCutout, readHeaderFile, readOracle } from "./fixture_headers.ts";

/** x, y, right ascension, declination; null where there is no position. */
type Point = [number | null, number | null, number | null, number | null];

interface SyntheticCase {
  name: string;
  keywords: Record<string, KeywordValue>;
  refused?: string;
  pixels: Point[];
  sky?: Point[];
}

function checkPixelToSky(
  name: string,
  wcs: CelestialWcs,
  points: readonly Point[],
  toleranceDeg: number,
): void {
  for (const [x, y, rightAscensionDeg, declinationDeg] of points) {
    const sky = wcs.pixelToSky(x!, y!);
    const found = `${name} at ${x}, ${y}: found ${sky.rightAscensionDeg}, ${sky.declinationDeg}, ` +
      `expected ${rightAscensionDeg}, ${declinationDeg}`;
    if (rightAscensionDeg === null || declinationDeg === null) {
      assert(Number.isNaN(sky.rightAscensionDeg) && Number.isNaN(sky.declinationDeg), found);
      continue;
    }
    const missDeg = angularSeparationDeg(
      sky.rightAscensionDeg,
      sky.declinationDeg,
      rightAscensionDeg,
      declinationDeg,
    );
    assert(missDeg < toleranceDeg, found);
    assert(sky.rightAscensionDeg >= 0 && sky.rightAscensionDeg < 360, found);
  }
}

Deno.test("pixelToSky() gives wcslib's positions for synthetic headers of every projection", () => {
  const cases: SyntheticCase[] = readOracle("oracle_synthetic.json").cases;
  for (const { name, keywords, refused, pixels } of cases) {
    if (refused !== undefined) continue;
    // wcslib's arcsine for slanted SIN keeps 2e-11 deg; the others agree to 1e-12.
    checkPixelToSky(
      name,
      parseCelestialWcs(keywordsOf(keywords)),
      pixels,
      name.startsWith("SIN") ? 1e-10 : 1e-11,
    );
  }
});

Deno.test("skyToPixel() gives wcslib's pixels for synthetic headers, and NaN where wcslib has none", () => {
  const cases: SyntheticCase[] = readOracle("oracle_synthetic.json").cases;
  let absent = 0;
  for (const { name, keywords, sky } of cases) {
    const wcs = parseOrUndefined(keywords);
    for (const [x, y, rightAscensionDeg, declinationDeg] of sky ?? []) {
      const pixel = wcs!.skyToPixel(rightAscensionDeg!, declinationDeg!);
      const found =
        `${name} at ${rightAscensionDeg}, ${declinationDeg}: found ${pixel.x}, ${pixel.y}, expected ${x}, ${y}`;
      if (x === null || y === null) {
        assert(Number.isNaN(pixel.x) && Number.isNaN(pixel.y), found);
        absent++;
        continue;
      }
      // Rounding of the angle, 1e-13 deg, over the smallest pixels, 1e-4 deg; and of pixel numbers far away.
      const tolerance = 4e-9 + 3e-12 * Math.hypot(x, y);
      assert(Math.abs(pixel.x - x) < tolerance && Math.abs(pixel.y - y) < tolerance, found);
    }
  }
  assert(absent > 10, `only ${absent} positions without a pixel were met`);
});

function parseOrUndefined(keywords: Record<string, KeywordValue>): CelestialWcs | undefined {
  try {
    return parseCelestialWcs(keywordsOf(keywords));
  } catch {
    return undefined;
  }
}

Deno.test("parseCelestialWcs() refuses the headers for whose pole wcslib finds no place", () => {
  const cases: SyntheticCase[] = readOracle("oracle_synthetic.json").cases;
  const refused = cases.filter((each) => each.refused !== undefined);
  assert(refused.length > 0);
  for (const { name, keywords } of refused) {
    assert.throws(
      () => parseCelestialWcs(keywordsOf(keywords)),
      (error) => isTaggedError(error, "wcs/no-pole"),
      name,
    );
  }
});

Deno.test("pixelToSky() gives astropy's positions for the headers of astropy's own tests", () => {
  for (const { name, pixels } of readOracle("oracle_conformance.json").cases) {
    checkPixelToSky(name, parseCelestialWcs(readHeaderFile(`${name}.hdr`)), pixels, 1e-11);
  }
});

Deno.test("parseCelestialWcs() says why it cannot use the other headers of the conformance set", () => {
  const reasons: Record<string, string> = {
    "1904-66_AIR.hdr": "wcs/unsupported-projection",
    "2wcses.hdr": "wcs/unsupported-projection",
    "tpvonly.hdr": "wcs/unsupported-projection",
    "3d_cd.hdr": "wcs/missing-keyword",
    "unit.hdr": "wcs/not-equatorial",
  };
  for (const [file, code] of Object.entries(reasons)) {
    assert.throws(
      () => parseCelestialWcs(readHeaderFile(file)),
      (error) => isTaggedError(error) && error.code === code,
      file,
    );
  }
});

Deno.test("pixelToSky() and skyToPixel() agree with astropy on 20 real cutouts and a real QR2 header", () => {
  const qr2 = readOracle("oracle_qr2.json");
  checkPixelToSky(
    "QR2",
    parseCelestialWcs(keywordsOf(readOracle("spherex_qr2_d3.json").keywords)),
    qr2.pixels,
    1e-11,
  );
  const cases = readOracle("oracle_cutouts.json").cases;
  assert.equal(cases.length, 20);
  for (const { file, pixels } of cases) {
    const wcs = parseCelestialWcs(readCutout(file).image);
    checkPixelToSky(file, wcs, pixels, 1e-11);
    for (const [x, y, rightAscensionDeg, declinationDeg] of pixels as [number, number, number, number][]) {
      const pixel = wcs.skyToPixel(rightAscensionDeg, declinationDeg);
      assert(Math.abs(pixel.x - x) < 1e-9 && Math.abs(pixel.y - y) < 1e-9, `${file}: ${pixel.x}, ${pixel.y}`);
    }
  }
});

Deno.test("pixelSolidAngleArcsec2() reproduces the median and the spread of the real solid-angle maps", () => {
  for (const { file, omegaMedianArcsec2, omegaStddevArcsec2 } of readOracle("oracle_cutouts.json").cases) {
    const { image } = readCutout(file);
    const wcs = parseCelestialWcs(image);
    const originX = 1 - image.getNumber("CRPIX1A")!, originY = 1 - image.getNumber("CRPIX2A")!;
    const values: number[] = [];
    for (let y = 4; y < 2040; y += 8) {
      for (let x = 4; x < 2040; x += 8) values.push(wcs.pixelSolidAngleArcsec2(x - originX, y - originY));
    }
    values.sort((a, b) => a - b);
    const median = values[values.length >> 1]!;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    assert(
      Math.abs(median / omegaMedianArcsec2 - 1) < 6e-5,
      `${file}: median ${median}, expected ${omegaMedianArcsec2}`,
    );
    assert(
      Math.abs(spread / omegaStddevArcsec2 - 1) < 5e-3,
      `${file}: spread ${spread}, expected ${omegaStddevArcsec2}`,
    );
  }
});

/** Solid angle of the quadrilateral of a pixel's corners, by the slow way of spherical excess in the tangent plane. */
function slowSolidAngleArcsec2(wcs: CelestialWcs, x: number, y: number): number {
  const step = 0.5;
  const centre = wcs.pixelToSky(x, y);
  const scale = Math.cos(centre.declinationDeg * Math.PI / 180) * 3600;
  const difference = (dx: number, dy: number) => {
    const [plus, minus] = [wcs.pixelToSky(x + dx, y + dy), wcs.pixelToSky(x - dx, y - dy)];
    const turn = plus.rightAscensionDeg - minus.rightAscensionDeg;
    return [
      (turn - 360 * Math.round(turn / 360)) * scale,
      (plus.declinationDeg - minus.declinationDeg) * 3600,
    ] as const;
  };
  const [ax, ay] = difference(step, 0);
  const [bx, by] = difference(0, step);
  return Math.abs(ax * by - ay * bx);
}

Deno.test("pixelSolidAngleArcsec2() is what differences of positions give, for every projection", () => {
  let compared = 0;
  const cases: SyntheticCase[] = readOracle("oracle_synthetic.json").cases;
  for (const { name, keywords, refused, pixels } of cases) {
    if (refused !== undefined) continue;
    const wcs = parseCelestialWcs(keywordsOf(keywords));
    for (const [x, y, , declinationDeg] of pixels.slice(0, 6)) {
      // Near the pole, right ascension turns too fast for the slow way; it has no numbers off the map.
      if (declinationDeg === null || Math.abs(declinationDeg) > 80) continue;
      const slow = slowSolidAngleArcsec2(wcs, x!, y!);
      const fast = wcs.pixelSolidAngleArcsec2(x!, y!);
      assert(Math.abs(fast / slow - 1) < 1e-4, `${name} at ${x}, ${y}: found ${fast}, expected ${slow}`);
      compared++;
    }
  }
  assert(compared > 200, `only ${compared} pixels were compared`);
});

const header = {
  CTYPE1: "RA---TAN",
  CTYPE2: "DEC--TAN",
  CRPIX1: 50,
  CRPIX2: 60,
  CRVAL1: 10.5,
  CRVAL2: 41,
  CD1_1: -1e-3,
  CD1_2: 2e-4,
  CD2_1: 2e-4,
  CD2_2: 1e-3,
} as const;

Deno.test("pixel to sky and back returns to the pixel for every projection, pointing and distortion", () => {
  const pixel = fc.double({ min: -100, max: 2100, noNaN: true });
  const coefficient = fc.double({ min: -1, max: 1, noNaN: true });
  const property = fc.property(
    fc.constantFrom("TAN", "SIN", "ARC", "STG", "ZEA", "CAR"),
    fc.double({ min: 0, max: 359.999, noNaN: true }),
    fc.double({ min: -89.5, max: 89.5, noNaN: true }),
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    fc.array(coefficient, { minLength: 20, maxLength: 20 }),
    pixel,
    pixel,
    (code, rightAscensionDeg, declinationDeg, angle, coefficients, x, y) => {
      const scale = 6.15 / 3600;
      const sip: Record<string, number> = { A_ORDER: 3, B_ORDER: 3 };
      let next = 0;
      for (const prefix of ["A", "B"]) {
        for (let i = 0; i <= 3; i++) {
          for (let j = 0; j <= 3 - i; j++) {
            sip[`${prefix}_${i}_${j}`] = coefficients[next++]! * 3 * 1400 ** -(i + j);
          }
        }
      }
      const wcs = parseCelestialWcs(keywordsOf({
        ...sip,
        CTYPE1: `RA---${code}-SIP`,
        CTYPE2: `DEC--${code}-SIP`,
        CRPIX1: 1020.5,
        CRPIX2: 1020.5,
        CRVAL1: rightAscensionDeg,
        CRVAL2: declinationDeg,
        CD1_1: -scale * Math.cos(angle),
        CD1_2: scale * Math.sin(angle),
        CD2_1: scale * Math.sin(angle),
        CD2_2: scale * Math.cos(angle),
      }));
      const sky = wcs.pixelToSky(x, y);
      const back = wcs.skyToPixel(sky.rightAscensionDeg, sky.declinationDeg);
      // Rounding of right ascension at 360 deg is 6e-14 deg; it turns wide of the pole only.
      assert(
        Math.abs(back.x - x) < 1e-9 && Math.abs(back.y - y) < 1e-9,
        `${x}, ${y} became ${back.x}, ${back.y}`,
      );
    },
  );
  fc.assert(property, { numRuns: 500, seed: 2 });
});

Deno.test("parseCelestialWcs() applies A and B terms of order 0 and 1, alone too, and ignores A_DMAX", () => {
  const plain = parseCelestialWcs(keywordsOf(header));
  const shifted = parseCelestialWcs(keywordsOf({
    ...header,
    A_ORDER: 1,
    B_ORDER: 0,
    A_0_0: 0.25,
    A_1_0: 0.5,
    B_0_0: -2,
    A_DMAX: 3,
  }));
  const [u, v] = [11, 7];
  const expected = plain.pixelToSky(49 + u + 0.25 + 0.5 * u, 59 + v - 2);
  const found = shifted.pixelToSky(49 + u, 59 + v);
  assert(Math.abs(found.rightAscensionDeg - expected.rightAscensionDeg) < 1e-13);
  assert(Math.abs(found.declinationDeg - expected.declinationDeg) < 1e-13);
  const unshifted = parseCelestialWcs(keywordsOf({ ...header, A_ORDER: 0, B_ORDER: 0, A_0_0: 9 }), {
    sip: false,
  });
  assert.equal(unshifted.isDistorted, false);
  assert.deepEqual(unshifted.pixelToSky(3, 4), plain.pixelToSky(3, 4));
});

Deno.test("parseCelestialWcs() reads an alternate system and leaves SIP to the primary one", () => {
  const wcs = parseCelestialWcs(
    keywordsOf({
      A_ORDER: 0,
      B_ORDER: 0,
      A_0_0: 5,
      ...Object.fromEntries(Object.entries(header).map(([key, value]) => [`${key}C`, value])),
    }),
    { alternate: "C" },
  );
  assert.equal(wcs.isDistorted, false);
  const centre = wcs.pixelToSky(49, 59);
  assert(Math.abs(centre.rightAscensionDeg - 10.5) < 1e-13 && Math.abs(centre.declinationDeg - 41) < 1e-13);
});

Deno.test("withOrigin() describes a cutout of the image", () => {
  const { image } = readCutout("NGC6888_cutout_level2_2025W22_1B_0068_1D4_spx_l2b-v12-2025-176.fits");
  const whole = parseCelestialWcs(image);
  const cutout = whole.withOrigin(2, -3);
  assert.deepEqual(cutout.pixelToSky(1.5, 4), whole.pixelToSky(3.5, 1));
  const position = whole.pixelToSky(3.5, 1);
  const pixel = cutout.skyToPixel(position.rightAscensionDeg, position.declinationDeg);
  assert(Math.abs(pixel.x - 1.5) < 1e-9 && Math.abs(pixel.y - 4) < 1e-9);
});

Deno.test("skyToPixel() answers NaN for the far side of the sky", () => {
  const wcs = parseCelestialWcs(keywordsOf(header));
  assert.deepEqual(wcs.skyToPixel(190.5, -41), { x: NaN, y: NaN });
  assert.deepEqual(wcs.skyToPixel(NaN, 0), { x: NaN, y: NaN });
});

Deno.test("parseCelestialWcs() records RADESYS, or infers it from EQUINOX", () => {
  const radesys = (more: Record<string, KeywordValue>) =>
    parseCelestialWcs(keywordsOf({ ...header, ...more })).radesys;
  assert.equal(radesys({ RADESYS: "FK5     " }), "FK5");
  assert.equal(radesys({}), "ICRS");
  assert.equal(radesys({ EQUINOX: 1950 }), "FK4");
  assert.equal(radesys({ EQUINOX: 2000 }), "FK5");
});

Deno.test("parseCelestialWcs() refuses broken headers with an error that names the keyword", () => {
  const broken: [Record<string, KeywordValue | undefined>, string, RegExp][] = [
    [{ CRVAL1: undefined }, "wcs/missing-keyword", /CRVAL1/],
    [{ CRPIX2: null }, "wcs/missing-keyword", /CRPIX2/],
    [{ CTYPE1: undefined }, "wcs/missing-keyword", /CTYPE1/],
    [{ CRVAL2: "41.0" }, "wcs/invalid-keyword", /CRVAL2.*text "41.0"/],
    [{ CRVAL2: NaN }, "wcs/invalid-keyword", /CRVAL2.*NaN/],
    [{ CD1_2: Infinity }, "wcs/invalid-keyword", /CD1_2/],
    [{ CTYPE1: 7 }, "wcs/invalid-keyword", /CTYPE1/],
    [
      { CTYPE1: "RA---MOL", CTYPE2: "DEC--MOL" },
      "wcs/unsupported-projection",
      /TAN, SIN, ARC, STG, ZEA, CAR/,
    ],
    [{ CTYPE2: "DEC--SIN" }, "wcs/unsupported-projection", /RA---TAN, DEC--SIN/],
    [{ CTYPE1: "GLON-TAN", CTYPE2: "GLAT-TAN" }, "wcs/not-equatorial", /GLON-TAN/],
    [{ CD1_1: 0, CD1_2: 0 }, "wcs/singular-matrix", /determinant 0/],
    [{ CD1_1: 2, CD1_2: 2, CD2_1: 1, CD2_2: 1 }, "wcs/singular-matrix", /determinant/],
    [
      { CD1_1: undefined, CD1_2: undefined, CD2_1: undefined, CD2_2: undefined },
      "wcs/missing-keyword",
      /scale/,
    ],
    [{ CUNIT1: "m" }, "wcs/unsupported-unit", /CUNIT1.*deg, .*arcsec/],
    [{ A_ORDER: 2 }, "wcs/missing-keyword", /B_ORDER/],
    [{ A_ORDER: 2.5, B_ORDER: 2 }, "wcs/invalid-keyword", /A_ORDER/],
    [{ A_ORDER: 1e9, B_ORDER: 2 }, "wcs/invalid-keyword", /from 0 to 9/],
    [{ A_ORDER: 2, B_ORDER: 2, A_1_1: NaN }, "wcs/invalid-keyword", /A_1_1/],
    [{ CPDIS1: "LOOKUP" }, "wcs/unsupported-distortion", /CPDIS1/],
    [{ PV2_1: 1.02 }, "wcs/unsupported-distortion", /TPV.*PV2_1/],
    [{ NAXIS: 3, CD1_3: 0.1 }, "wcs/coupled-axes", /CD1_3/],
  ];
  for (const [change, code, message] of broken) {
    const changed: Record<string, KeywordValue | undefined> = { ...header, ...change };
    assert.throws(
      () => parseCelestialWcs({ get: (name) => changed[name] }),
      (error) => isTaggedError(error) && error.code === code && message.test(error.message),
      `${JSON.stringify(change)} should give ${code}`,
    );
  }
});
