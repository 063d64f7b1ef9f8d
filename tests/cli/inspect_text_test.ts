import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import {
  parseHduOption,
  parsePixelOption,
  parseRowsOption,
  parseSkyOption,
} from "../../lib/cli/inspect_arguments.ts";
import { renderInspection } from "../../lib/cli/inspect_text.ts";
import { alignCells, printable } from "../../lib/cli/table_text.ts";
import { inspectFile } from "../../lib/workflow/inspect_file.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const CUTOUT =
  `${FIXTURES}spherex-cutouts-ngc6888/NGC6888_cutout_level2_2025W22_1B_0068_1D4_spx_l2b-v12-2025-176.fits`;

Deno.test("renderInspection() shows structure, SPHEREx facts and the position with all digits", async () => {
  const inspection = await inspectFile(CUTOUT, { pixel: { x: 2.5, y: 2.5 }, statistics: true });
  const text = renderInspection(inspection);
  assert.match(text, /1 {2}IMAGE +image +6 x 6 +float32 +MJy \/ sr +217/);
  assert.match(text, /2 {2}WCS-WAVE +bintable +3 columns x 1 rows/);
  assert.match(text, /Detector +4\n/);
  assert.match(text, /Pipeline version +6\.2\.1\n/);
  assert.match(text, /Right ascension \(deg\) +308\.0260412910\d+\n/);
  assert.match(text, /Wavelength \(um\) +3\.23347435690\d+\n/);
  assert.match(text, /Parent-detector pixel +670\.5, 718\.5\n/);
  assert.match(text, /Values of +Minimum +Maximum/);
  assert(text.endsWith("\n") && !text.endsWith("\n\n"));
});

Deno.test("renderInspection() tells a position that was asked for before the listing, or alone", async () => {
  const inspection = await inspectFile(CUTOUT, { pixel: { x: 2.5, y: 2.5 }, statistics: true });
  const full = renderInspection(inspection);
  assert(full.indexOf("At the pixel") < full.indexOf("Dimensions"));
  assert.match(full, /checksum: absent/);
  const short = renderInspection(inspection, true);
  assert.match(short, /Wavelength \(um\) +3\.2334/);
  assert.doesNotMatch(short, /Dimensions|PRIMARY/);
  const outside = renderInspection(await inspectFile(CUTOUT, { pixel: { x: 1e9, y: 1e9 } }), true);
  assert.match(outside, /Inside the image +no, outside\n/);
  assert.match(outside, /Wavelength \(um\) +outside the image\n/);
  assert.doesNotMatch(outside, /Right ascension/);
});

Deno.test("renderInspection() shows cards, rows and VOTables", async () => {
  const header = renderInspection(await inspectFile(CUTOUT, { hdu: "IMAGE", header: true }));
  assert.match(header, /CTYPE1 {3}= 'RA---TAN-SIP' \//);
  assert.match(header, /HISTORY +\[CALIB\]/);
  const rows = renderInspection(
    await inspectFile(`${FIXTURES}inspect/table.fits`, { rows: { first: 0, end: 1 } }),
  );
  assert.match(rows, /Row {2}target +V_mag\n +0 {2}NGC1001 +11\.1/);
  const votable = renderInspection(
    await inspectFile(`${FIXTURES}inspect/vizier_b2_votable.xml`, { header: true }),
  );
  assert.match(votable, /VOTable 1\.4/);
  assert.match(votable, /Query status: OVERFLOW/);
  assert.match(votable, /Table 0 .*12 columns, 20 rows/);
});

Deno.test("printable() keeps a file from steering the terminal", () => {
  assert.equal(printable("a\u001b[2Jb\nc\u009bd é"), "a?[2Jb?c?d é");
});

Deno.test("alignCells() sets cells in columns", () => {
  assert.deepEqual(alignCells([["No", "Name"], ["12", "x"], ["3", "long"]], [0]), [
    "No  Name",
    "12  x",
    " 3  long",
  ]);
});

Deno.test("the parsers of the inspection's options read what the help says", () => {
  assert.equal(parseHduOption("2"), 2);
  assert.equal(parseHduOption("IMAGE"), "IMAGE");
  assert.deepEqual(parseRowsOption("0:10"), { first: 0, end: 10 });
  assert.deepEqual(parseRowsOption(":3"), { first: 0, end: 3 });
  assert.deepEqual(parseRowsOption("7:"), { first: 7 });
  assert.deepEqual(parseRowsOption("7"), { first: 7, end: 8 });
  assert.deepEqual(parsePixelOption("2.5,-3"), { x: 2.5, y: -3 });
  assert.deepEqual(parseSkyOption(" 308.026 , 38.35"), { rightAscensionDeg: 308.026, declinationDeg: 38.35 });
  const bad: [() => unknown, string][] = [
    [() => parseRowsOption("5:2"), "5:2"],
    [() => parseRowsOption(""), ""],
    [() => parseRowsOption("a:b"), "a:b"],
    [() => parsePixelOption("1"), "1"],
    [() => parsePixelOption("1,2,3"), "1,2,3"],
    [() => parseSkyOption("10,91"), "10,91"],
    [() => parseSkyOption("NaN,1"), "NaN,1"],
  ];
  for (const [parse, text] of bad) {
    assert.throws(
      parse,
      (error) => isTaggedError(error, "usage/bad-option") && error.message.includes(`"${text}"`),
    );
  }
});
