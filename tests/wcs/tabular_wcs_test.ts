import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { parseLinearWcs } from "../../lib/wcs/linear_wcs.ts";
import { parseTabularWcs } from "../../lib/wcs/tabular_wcs.ts";
import { keywordsOf, readCutout, readOracle } from "./fixture_headers.ts";

/** x, y, wavelength, bandwidth; null outside of the table. */
type SpectralPoint = [number, number, number | null, number | null];

Deno.test("valueAt() gives astropy's wavelengths on 20 real cutouts", () => {
  for (const { file, spectral } of readOracle("oracle_cutouts.json").cases) {
    const { image, table } = readCutout(file);
    const wcs = parseTabularWcs(image, table);
    for (const [x, y, wavelengthMicron, bandwidthMicron] of spectral as SpectralPoint[]) {
      const found = wcs.valueAt(x, y);
      assert(
        Math.abs(found.wavelengthMicron - wavelengthMicron!) < 1e-12,
        `${file}: ${found.wavelengthMicron}`,
      );
      assert(Math.abs(found.bandwidthMicron - bandwidthMicron!) < 1e-12, `${file}: ${found.bandwidthMicron}`);
    }
  }
});

Deno.test("valueAt() follows control points at unequal distances, and extrapolates by half a cell like wcslib", () => {
  const { keywords, table } = readOracle("spherex_qr2_d3.json");
  const wcs = parseTabularWcs(keywordsOf(keywords), table);
  let outside = 0;
  for (
    const [x, y, wavelengthMicron, bandwidthMicron] of readOracle("oracle_qr2.json")
      .spectral as SpectralPoint[]
  ) {
    const found = wcs.valueAt(x, y);
    const text = `at ${x}, ${y}: found ${found.wavelengthMicron}, expected ${wavelengthMicron}`;
    if (wavelengthMicron === null) {
      outside++;
      assert(Number.isNaN(found.wavelengthMicron) && Number.isNaN(found.bandwidthMicron), text);
      continue;
    }
    assert(Math.abs(found.wavelengthMicron - wavelengthMicron) < 1e-12, text);
    assert(Math.abs(found.bandwidthMicron - bandwidthMicron!) < 1e-12, text);
  }
  assert.equal(outside, 5);
});

Deno.test("pixelToWorld() of system A is the parent-detector pixel, and goes back", () => {
  const rows = Deno.readTextFileSync(
    new URL("../fixtures/spherex-cutouts-ngc6888/astropy_expected.csv", import.meta.url),
  ).trim().split("\n").slice(1);
  assert.equal(rows.length, 20);
  for (const row of rows) {
    const fields = row.split(",");
    const wcs = parseLinearWcs(readCutout(fields[0]!).image);
    for (const first of [3, 11]) {
      const [x, y] = [Number(fields[first]), Number(fields[first + 1])];
      const world = wcs.pixelToWorld(x, y);
      assert.deepEqual(world, { x: Number(fields[first + 6]), y: Number(fields[first + 7]) });
      assert.deepEqual(wcs.worldToPixel(world.x, world.y), { x, y });
    }
  }
});

const keywords = {
  CTYPE1W: "WAVE-TAB",
  CTYPE2W: "WAVE-TAB",
  CRPIX1W: 1,
  CRPIX2W: 1,
  CRVAL1W: 1,
  CRVAL2W: 1,
  CUNIT1W: "um",
  CUNIT2W: "um",
  PV1_3W: 1,
  PV2_3W: 2,
};
const table = { x: [1, 3], y: [1, 2, 5], values: [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60] };

Deno.test("valueAt() interpolates in x first, then y, by hand-checked numbers", () => {
  const wcs = parseTabularWcs(keywordsOf(keywords), table);
  assert.deepEqual(wcs.valueAt(0, 0), { wavelengthMicron: 1, bandwidthMicron: 10 });
  assert.deepEqual(wcs.valueAt(1, 0), { wavelengthMicron: 1.5, bandwidthMicron: 15 });
  assert.deepEqual(wcs.valueAt(2, 4), { wavelengthMicron: 6, bandwidthMicron: 60 });
  assert.deepEqual(wcs.valueAt(0, 2.5), { wavelengthMicron: 4, bandwidthMicron: 40 });
  assert.deepEqual(wcs.valueAt(NaN, 0), { wavelengthMicron: NaN, bandwidthMicron: NaN });
});

Deno.test("parseTabularWcs() honours units, falling control points and tables of one row", () => {
  const nanometres = parseTabularWcs(keywordsOf({ ...keywords, CUNIT1W: "nm", CUNIT2W: "Angstrom" }), table);
  const value = nanometres.valueAt(0, 0);
  assert(Math.abs(value.wavelengthMicron - 1e-3) < 1e-18 && Math.abs(value.bandwidthMicron - 1e-3) < 1e-18);
  const falling = parseTabularWcs(keywordsOf(keywords), { x: [3, 1], y: [1], values: [1, 10, 2, 20] });
  assert.deepEqual(falling.valueAt(1, 0), { wavelengthMicron: 1.5, bandwidthMicron: 15 });
});

Deno.test("parseTabularWcs() refuses what it would read wrongly", () => {
  const broken: [Record<string, string | number>, typeof table, string, RegExp][] = [
    [{ CTYPE1W: "FREQ-TAB" }, table, "wcs/unsupported-projection", /WAVE-TAB/],
    [{ PV1_3W: 2 }, table, "wcs/unsupported-table", /PV1_3W/],
    [{ CUNIT1W: "Hz" }, table, "wcs/unsupported-unit", /CUNIT1W/],
    [{}, { ...table, values: [1, 2] }, "wcs/invalid-table", /2 values, expected 12/],
    [{}, { ...table, x: [3, 3] }, "wcs/invalid-table", /place 2/],
    [{}, { ...table, y: [1, NaN, 5] }, "wcs/invalid-table", /NaN at place 2/],
    [{}, { x: [], y: [], values: [] }, "wcs/invalid-table", /there are none/],
    [{ CDELT1W: 0 }, table, "wcs/singular-matrix", /determinant 0/],
  ];
  for (const [change, changedTable, code, message] of broken) {
    assert.throws(
      () => parseTabularWcs(keywordsOf({ ...keywords, ...change }), changedTable),
      (error) => isTaggedError(error) && error.code === code && message.test(error.message),
      `${JSON.stringify(change)} should give ${code}`,
    );
  }
  const { CRPIX1W: _, ...without } = keywords;
  assert.throws(
    () => parseTabularWcs(keywordsOf(without), table),
    (error) => isTaggedError(error, "wcs/missing-keyword"),
  );
});
