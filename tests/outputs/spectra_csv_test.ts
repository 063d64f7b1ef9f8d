import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import {
  canonicalRow,
  type MeasurementCell,
  type MeasurementRow,
  sortRows,
} from "../../lib/outputs/measurement_row.ts";
import { decodeSpectrumCsv, encodeSpectrumCsv } from "../../lib/outputs/spectra_csv.ts";
import {
  REPEATED_COLUMNS,
  SPECTRUM_COLUMNS,
  type SpectrumColumnType,
} from "../../lib/outputs/spectrum_columns.ts";
import { exampleRow, exampleRows } from "./example_rows.ts";

const CELLS: Readonly<Record<SpectrumColumnType, fc.Arbitrary<MeasurementCell>>> = {
  text: fc.oneof(
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.constantFrom(
      'say "hi"',
      "a,b",
      "line\nbreak",
      "cr\r\nlf",
      " padded ",
      '"',
      "β Pic – 銀河",
      "=1+1",
      "\t",
    ),
  ),
  integer: fc.maxSafeInteger(),
  number: fc.double(),
  boolean: fc.boolean(),
};

function anyRow(): fc.Arbitrary<MeasurementRow> {
  const cells = Object.fromEntries(
    SPECTRUM_COLUMNS.filter((column) => REPEATED_COLUMNS[column.name] === undefined)
      .map((column) => [column.name, fc.option(CELLS[column.type], { nil: null })]),
  );
  return fc.record(cells);
}

/** The row as a reader of the CSV sees it: canonical, with the repeated columns filled. */
function published(row: MeasurementRow): MeasurementRow {
  const repeated = Object.entries(REPEATED_COLUMNS).map(([name, source]) => [name, row[source] ?? null]);
  return canonicalRow({ ...row, ...Object.fromEntries(repeated) });
}

Deno.test("decodeSpectrumCsv() gives back what encodeSpectrumCsv() was given", () => {
  fc.assert(
    fc.property(fc.array(anyRow(), { maxLength: 5 }), (rows) => {
      assert.deepEqual(decodeSpectrumCsv(encodeSpectrumCsv(rows)), sortRows(rows).map(published));
    }),
    { numRuns: 60 },
  );
});

Deno.test("encodeSpectrumCsv() looks as reviewed", async (t) => {
  await t.assertSnapshot(
    encodeSpectrumCsv([exampleRow(), exampleRow({ wavelength_um: NaN, detector_id: 1 })]),
  );
});

Deno.test("encodeSpectrumCsv() does not depend on the order of rows", () => {
  const rows = exampleRows(30);
  assert.equal(encodeSpectrumCsv(rows), encodeSpectrumCsv(rows.toReversed()));
});

Deno.test("encodeSpectrumCsv() sorts by wavelength, detector, observation and measurement", () => {
  const rows = [
    exampleRow({ wavelength_um: null, measurement_id: "f" }),
    exampleRow({ wavelength_um: 2, detector_id: 4, measurement_id: "e" }),
    exampleRow({ wavelength_um: 2, detector_id: 3, observation_id: "b", measurement_id: "d" }),
    exampleRow({ wavelength_um: 2, detector_id: 3, observation_id: "a", measurement_id: "c" }),
    exampleRow({ wavelength_um: 2, detector_id: 3, observation_id: "a", measurement_id: "b" }),
    exampleRow({ wavelength_um: 10, detector_id: 6, measurement_id: "z" }),
    exampleRow({ wavelength_um: 1, detector_id: 6, measurement_id: "a" }),
  ];
  const ids = decodeSpectrumCsv(encodeSpectrumCsv(rows)).map((row) => row["measurement_id"]);
  assert.deepEqual(ids, ["a", "b", "c", "d", "e", "z", "f"]);
});

Deno.test("encodeSpectrumCsv() leaves NaN, infinity and null empty and keeps negative fluxes", () => {
  const [row] = decodeSpectrumCsv(encodeSpectrumCsv([
    exampleRow({ selected_flux_uJy: -3.5, selected_snr: Infinity, fit_quality: NaN, chi2_reduced: null }),
  ]));
  assert.equal(row!["selected_flux_uJy"], -3.5);
  for (const name of ["selected_snr", "fit_quality", "chi2_reduced"]) assert(!(name in row!), name);
});

Deno.test("encodeSpectrumCsv() fills the columns that repeat another", () => {
  const [row] = decodeSpectrumCsv(encodeSpectrumCsv([exampleRow()]));
  assert.equal(row!["exact_match"], true);
  assert.equal(row!["fit_ql"], 0.93);
});

Deno.test("encodeSpectrumCsv() of no rows is the header alone", () => {
  const text = encodeSpectrumCsv([]);
  assert.equal(text, `${SPECTRUM_COLUMNS.map((column) => column.name).join(",")}\n`);
  assert.deepEqual(decodeSpectrumCsv(text), []);
});

Deno.test("encodeSpectrumCsv() refuses misnamed columns and values of the wrong type", () => {
  assert.throws(
    () => encodeSpectrumCsv([exampleRow({ selected_flux_ujy: 1 })]),
    /did you mean "selected_flux_uJy"/,
  );
  assert.throws(() => encodeSpectrumCsv([exampleRow({ detector_id: 2.5 })]), TypeError);
  assert.throws(() => encodeSpectrumCsv([exampleRow({ science_recommended: "yes" })]), TypeError);
  assert.throws(() => encodeSpectrumCsv([exampleRow({ source_name: 5 })]), TypeError);
});

Deno.test("decodeSpectrumCsv() names the cell that it cannot read", () => {
  const broken: [string, RegExp][] = [
    ["", /empty/],
    ["wave_um\n1\n", /"wave_um" is unknown/],
    ["source_id,wavelength_um\na,1\nb,blue\n", /row 2 has "blue" in wavelength_um/],
    ["detector_id\n1.5\n", /row 1 has "1.5" in detector_id/],
    ["zodi_used\nmaybe\n", /row 1 has "maybe"/],
    ['source_id\n"open\n', /not well formed/],
    ["source_id,source_name\na\n", /not well formed/],
  ];
  for (const [text, message] of broken) {
    assert.throws(() => decodeSpectrumCsv(text), (error) => {
      assert(isTaggedError(error, "output/bad-spectrum-csv"));
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("decodeSpectrumCsv() reads files that a spreadsheet has saved", () => {
  const rows = decodeSpectrumCsv('\ufeffwavelength_um,source_name\r\n1.5,"a,b"\r\n');
  assert.deepEqual(rows, [{ wavelength_um: 1.5, source_name: "a,b" }]);
});
