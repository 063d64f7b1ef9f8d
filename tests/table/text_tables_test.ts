import assert from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { encodeCsvTable } from "../../lib/table/csv_table.ts";
import { encodeEcsvTable } from "../../lib/table/ecsv_table.ts";
import { encodeIpacTable } from "../../lib/table/ipac_table.ts";
import { parseVotable } from "../../lib/votable/votable_parser.ts";
import { encodeVotableTable } from "../../lib/table/votable_table.ts";
import { EXAMPLE_ROWS, exampleTable, fileOf, manyRows, textOf } from "./example_table.ts";

Deno.test("encodeCsvTable() writes names and rows that read back to the same values", () => {
  const [names, ...rows] = parseCsv(textOf(encodeCsvTable(exampleTable()))) as string[][];
  assert.deepEqual(names, ["name", "ra_deg", "flux", "flags", "good"]);
  assert.deepEqual(rows, EXAMPLE_ROWS.map((row) => row.map((cell) => cell === null ? "" : String(cell))));
});

Deno.test("encodeEcsvTable() has a YAML header with type, unit, description and UCD of each column", () => {
  const lines = textOf(encodeEcsvTable(exampleTable())).split("\n");
  assert.equal(lines[0], "# %ECSV 1.0");
  const yaml = lines.filter((line) => line.startsWith("# ")).slice(2).map((line) => line.slice(2)).join("\n");
  const header = parseYaml(yaml, { logLevel: "silent" });
  assert.equal(header.delimiter, ",");
  assert.equal(header.schema, "astropy-2.0");
  assert.deepEqual(header.datatype.map((column: { datatype: string }) => column.datatype), [
    "string",
    "float64",
    "float64",
    "int64",
    "bool",
  ]);
  assert.equal(header.datatype[0].description, 'A "name" & <more>');
  assert.equal(header.datatype[2].unit, "uJy");
  assert.match(yaml, /ucd: "phot\.flux\.density;em\.IR"/);
  assert.equal(lines.filter((line) => !line.startsWith("#"))[1], "plain,68.05,-0.1,0,True");
});

Deno.test("encodeVotableTable() reads back to the same values, units and UCDs", () => {
  const table = parseVotable(fileOf(encodeVotableTable(exampleTable()))).resources[0]!.tables[0]!;
  const found = table.rows.map((row) =>
    row.map((cell, i) => (i === 0 && cell === "") || Number.isNaN(cell) ? null : cell)
  );
  assert.deepEqual(found, EXAMPLE_ROWS);
  assert.deepEqual(table.fields.map((field) => [field.name, field.unit, field.ucd, field.description]), [
    ["name", undefined, "meta.id;meta.main", 'A "name" & <more>'],
    ["ra_deg", "deg", "pos.eq.ra;meta.main", "Right ascension, ICRS"],
    ["flux", "uJy", "phot.flux.density;em.IR", "Flux density"],
    ["flags", undefined, "meta.code.qual", "Bits"],
    ["good", undefined, undefined, "Whether it is good"],
  ]);
});

Deno.test("encodeIpacTable() keeps cells inside of their columns and under their heads", () => {
  const text = textOf(encodeIpacTable(exampleTable([...EXAMPLE_ROWS, ["a|b\nc", 1, 2, 3, false]])));
  const lines = text.slice(0, -1).split("\n");
  const heads = lines.filter((line) => line.startsWith("|"));
  assert.equal(heads.length, 4);
  const bars = [...heads[0]!.matchAll(/\|/g)].map((match) => match.index);
  const cells = (line: string) =>
    bars.slice(0, -1).map((bar, i) => line.slice(bar + 1, bars[i + 1]).trimEnd());
  assert.deepEqual(heads.map(cells), [
    ["name", "ra_deg", "flux", "flags", "good"],
    ["char", "double", "double", "long", "char"],
    ["", "deg", "uJy", "", ""],
    ["null", "null", "null", "null", "null"],
  ]);
  const rows = lines.filter((line) => line.startsWith(" ")).map(cells);
  assert.deepEqual(rows.slice(0, -1), EXAMPLE_ROWS.map((row) => row.map(String)));
  assert.deepEqual(rows.at(-1), ["a b c", "1", "2", "3", "false"]);
  for (const line of lines.filter((line) => line.startsWith(" "))) {
    for (const bar of bars) assert.equal(line[bar], " ");
  }
});

Deno.test("Text tables come in pieces, so that memory does not grow with the table", () => {
  const table = exampleTable(manyRows(20_000));
  for (const encode of [encodeCsvTable, encodeEcsvTable, encodeVotableTable, encodeIpacTable]) {
    const sizes = [...encode(table)].map((chunk) => chunk.length);
    assert.ok(sizes.length > 5, `${sizes.length} pieces`);
    assert.ok(Math.max(...sizes) < 200_000);
  }
});
