import fc from "fast-check";
import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { resultTable } from "../../lib/votable/query_status.ts";
import { columnValues } from "../../lib/votable/table_columns.ts";
import type { VotableTable } from "../../lib/votable/votable_model.ts";
import { parseVotable, readVotable, VotableParser } from "../../lib/votable/votable_parser.ts";

const FIXTURES = new URL("../fixtures/votable/", import.meta.url);

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(name, FIXTURES));
}

function tableOf(name: string): VotableTable {
  return resultTable(parseVotable(fixture(name)));
}

/** A value as make_expected.py writes it, with all ways to say "nothing" made one. */
function normal(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value.trim() === "" ? null : value.trim();
  if (typeof value === "number" && Number.isNaN(value)) return null;
  if (typeof value === "number") return Number.isInteger(value) ? value : Math.fround(value);
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) {
    const elements = value.map(normal);
    return elements.every((element) => element === null) ? null : elements;
  }
  const { integer, float } = value as { integer?: string; float?: string };
  if (integer === undefined) return normal(Number(float!.replace("inf", "Infinity")));
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

const EXPECTED = JSON.parse(Deno.readTextFileSync(new URL("expected.json", FIXTURES))) as Record<
  string,
  { names: string[]; rows: unknown[][] }
>;

for (const [name, { names, rows }] of Object.entries(EXPECTED)) {
  if (name === "regression.xml") continue;
  Deno.test(`parseVotable() reads ${name} as astropy does`, () => {
    const table = tableOf(name);
    assert.deepEqual(table.fields.map((field) => field.name), names);
    for (const [i, row] of table.rows.entries()) {
      for (const [j, cell] of row.entries()) {
        const expected = normal(rows[i]![j]);
        // astropy makes 0 of an empty cell of integers; here it has no value.
        if (cell === null && expected === 0) continue;
        assert.deepEqual(normal(cell), expected, `row ${i}, column ${names[j]}`);
      }
    }
    assert.equal(table.rows.length, rows.length);
  });
}

/**
 * Columns of the conformance file with values that break the rules on purpose: astropy cuts strings at the stated
 * size, makes numbers fit that do not, and drops complex numbers with a NaN; this reader keeps what is written.
 */
const LIBERTIES = new Set([
  "fixed string test",
  "unicode test",
  "string array test",
  "unsignedByte",
  "short",
  "float",
  "floatComplex",
  "doubleComplex",
]);

function compareWithRegression(table: VotableTable, liberties: ReadonlySet<string>, hasNulls = true): void {
  const { names, rows } = EXPECTED["regression.xml"]!;
  for (const [column, name] of names.entries()) {
    if (liberties.has(name)) continue;
    for (const [i, row] of rows.entries()) {
      const expected = normal(row[column]);
      if (expected === null && !hasNulls) continue;
      assert.deepEqual(normal(table.rows[i]![column]!), expected, `row ${i}, column ${name}`);
    }
  }
}

Deno.test("parseVotable() reads the conformance file as astropy does, but for stated liberties", () => {
  const table = tableOf("regression.xml");
  assert.equal(table.fields.length, 29);
  compareWithRegression(table, LIBERTIES);
  assert.deepEqual(columnValues(table, "unsignedByte"), [128, 256, -23, 255, 256]);
  assert.equal(columnValues(table, "long")[3], 1152921504606846975n);
});

Deno.test("parseVotable() reads BINARY and BINARY2 as written by astropy", () => {
  // The bits are written as bytes there, and complex numbers with a NaN are dropped.
  const liberties = new Set(["bit", "floatComplex", "doubleComplex"]);
  for (
    const [name, hasNulls] of [["regression_binary.xml", false], ["regression_binary2.xml", true]] as const
  ) {
    const table = tableOf(name);
    assert.equal(table.rows.length, 5, name);
    compareWithRegression(table, liberties, hasNulls);
  }
});

Deno.test("parseVotable() keeps units, descriptions, nulls, parameters in groups and shared columns", () => {
  const document = parseVotable(fixture("regression.xml"));
  assert.equal(document.version, "1.1");
  assert.deepEqual(document.infos[0], {
    name: "QUERY_STATUS",
    value: "OK",
    text: "This is some information.",
  });
  const [resource] = document.resources;
  assert.deepEqual(resource!.params[0]!.value, [0, 0]);
  assert.equal(resource!.params[0]!.unit, "deg");
  const [main] = resource!.tables;
  assert.equal(main!.description, "This describes the table.");
  assert.equal(main!.fields.find((field) => field.name === "int")!.nullText, "123456789");
  const shared = resource!.resources.flatMap((inner) => inner.tables).find((one) => one.id === "last_table")!;
  assert.equal(shared.fields.length, 29);
  assert.equal(shared.rows.length, 0);
});

Deno.test("parseVotable() takes 54x* for strings of 54 characters", () => {
  const id = "ivo://irsa.ipac/spherex_qr2?2025W51_1A_0684_2/D3".padEnd(54);
  const cell = `${id}${id.replace("D3", "D6")}`;
  const table = resultTable(parseVotable(
    `<VOTABLE><RESOURCE type="results"><TABLE><FIELD name="obs_publisher_did" datatype="char" arraysize="54x*"/>
     <FIELD name="flux" datatype="float" arraysize="*"/><DATA><TABLEDATA>
     <TR><TD>${cell}</TD><TD>1.5 NaN -2e3</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`,
  ));
  assert.deepEqual(table.rows, [[[id.trim(), id.trim().replace("D3", "D6")], [1.5, NaN, -2000]]]);
});

Deno.test("parseVotable() unpacks bits from the highest on", () => {
  const fields = '<FIELD name="one" datatype="bit"/><FIELD name="six" datatype="bit" arraysize="2x3"/>' +
    '<FIELD name="any" datatype="bit" arraysize="*"/>';
  const bytes = Uint8Array.of(0x80, 0b10110100, 0, 0, 0, 9, 0b11000001, 0b10000000).toBase64();
  const document = table(fields, `<BINARY><STREAM encoding="base64">${bytes}</STREAM></BINARY>`);
  assert.deepEqual(resultTable(parseVotable(document)).rows, [[1, [1, 0, 1, 1, 0, 1], [
    1,
    1,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
  ]]]);
});

Deno.test("VotableParser reads the same however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("regression.xml", "regression_binary2.xml", "gaia_mcmc_binary2.xml", "irsa_cone.xml"),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
      (name, sizes) => {
        const bytes = fixture(name);
        const parser = new VotableParser();
        for (let start = 0, i = 0; start < bytes.length; i++) {
          const size = sizes[i % sizes.length]!;
          parser.write(bytes.subarray(start, start + size));
          start += size;
        }
        assert.deepEqual(parser.close(), parseVotable(bytes));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("readVotable() hands over rows one by one without keeping them", async () => {
  const rows: unknown[] = [];
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(fixture("binary2_masked_strings.xml"));
  }
  const document = await readVotable(pieces(), {
    onRow: (row, table) => rows.push([table.fields.length, row[0]]),
  });
  assert.deepEqual(
    rows,
    [[6, 5966029325870896512n], [6, 5966021186907903360n], [6, 5966018231972730624n]].map(
      ([fields, id]) => [fields, id],
    ),
  );
  assert.equal(document.resources[0]!.tables[0]!.rows.length, 0);
});

function codeOf(document: string, options = {}): string {
  try {
    parseVotable(document, options);
  } catch (error) {
    assert(isTaggedError(error, "votable"), String(error));
    assert.match(error.message, /^[A-Z].*[^.]$/s);
    return error.code;
  }
  return "none";
}

function table(fields: string, data: string): string {
  return `<VOTABLE><RESOURCE><TABLE>${fields}<DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`;
}

Deno.test("parseVotable() names what is wrong with a document", () => {
  const int = '<FIELD name="a" datatype="int"/>';
  const stream = (kind: string, text: string) =>
    `<${kind}><STREAM encoding="base64">${text}</STREAM></${kind}>`;
  const cases: [string, string][] = [
    ["", "votable/not-xml"],
    ["<VOTABLE><RESOURCE></VOTABLE>", "votable/not-xml"],
    ["<!DOCTYPE html><html><body>Down for maintenance</body></html>", "votable/not-votable"],
    ["<job/>", "votable/not-votable"],
    [table('<FIELD name="a" datatype="bar"/>', ""), "votable/unknown-datatype"],
    [table('<FIELD name="a" datatype="int" arraysize="2*3"/>', ""), "votable/bad-field"],
    [table(int, "<TABLEDATA><TR><TD>seven</TD></TR></TABLEDATA>"), "votable/bad-cell"],
    [table(int, "<TABLEDATA><TR><TD>7</TD><TD>8</TD></TR></TABLEDATA>"), "votable/bad-cell"],
    [table(int, stream("BINARY", "AAAAB===")), "votable/bad-base64"],
    [table(int, stream("BINARY", "AAAABwAA")), "votable/truncated"],
    [table(int, '<BINARY><STREAM href="http://h.example/x"/></BINARY>'), "votable/unsupported"],
    [table(int, "<FITS/>"), "votable/unsupported"],
    [
      table('<FIELD name="a" datatype="char" arraysize="*"/>', stream("BINARY", "f////w==")),
      "votable/too-large",
    ],
  ];
  for (const [document, code] of cases) assert.equal(codeOf(document), code, document);
});

Deno.test("parseVotable() expands no entities and keeps within its bounds", () => {
  const laughs =
    `<!DOCTYPE v [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><VOTABLE><DESCRIPTION>&b;</DESCRIPTION></VOTABLE>`;
  assert.equal(codeOf(laughs), "votable/not-xml");
  const file =
    `<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]><VOTABLE><INFO name="x">&x;</INFO></VOTABLE>`;
  assert.equal(codeOf(file), "votable/not-xml");
  const deep = `<VOTABLE>${"<RESOURCE>".repeat(100)}`;
  assert.equal(codeOf(deep), "votable/too-large");
  const rows = table(
    '<FIELD name="a" datatype="int"/>',
    `<TABLEDATA>${"<TR><TD>1</TD></TR>".repeat(11)}</TABLEDATA>`,
  );
  assert.equal(codeOf(rows, { limits: { maxRows: 10 } }), "votable/too-large");
  const text = `<VOTABLE><DESCRIPTION>${"x".repeat(2000)}</DESCRIPTION></VOTABLE>`;
  assert.equal(codeOf(text, { limits: { maxTextLength: 1000 } }), "votable/too-large");
});

Deno.test("parseVotable() survives any damage with a typed error or a document", () => {
  const names = ["regression.xml", "regression_binary2.xml", "casda_datalink.xml"];
  const bytes = names.map(fixture);
  fc.assert(
    fc.property(
      fc.nat({ max: names.length - 1 }),
      fc.array(fc.tuple(fc.nat({ max: 8000 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
      (which, edits) => {
        const damaged = bytes[which]!.slice();
        for (const [place, value] of edits) damaged[place % damaged.length] = value;
        try {
          parseVotable(damaged);
        } catch (error) {
          assert(isTaggedError(error, "votable"), String(error));
        }
      },
    ),
    // The example cuts a cell short that has a BASE64 encoding of its own.
    { numRuns: 300, examples: [[0, [[5736, 32], [1114, 32]]]] },
  );
});
