import assert from "node:assert/strict";
import fc from "fast-check";
import { type CsvRecord, CsvRecordReader } from "../../lib/catalog/csv_records.ts";

/** All records of a text that arrives in pieces of `size` characters. */
function records(text: string, size = Infinity): CsvRecord[] {
  const reader = new CsvRecordReader();
  const found: CsvRecord[] = [];
  for (let start = 0; start < text.length; start += size) {
    found.push(...reader.push(text.slice(start, start + size)));
  }
  return [...found, ...reader.end()];
}

Deno.test("CsvRecordReader splits cells and knows the line of each record", () => {
  assert.deepEqual(records('a,b\n1, 2\n\n# note\n"x, y","say ""hi"""\n"two\nlines",3\nlast,'), [
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["1", " 2"] },
    { line: 5, cells: ["x, y", 'say "hi"'] },
    { line: 6, cells: ["two\nlines", "3"] },
    { line: 8, cells: ["last", ""] },
  ]);
});

Deno.test("CsvRecordReader takes LF, CRLF and CR alike, wherever the pieces end", () => {
  const lines = ["a,b", "", '"1\n2",x', " , ", "c,d"];
  const expected = records(lines.join("\n"));
  assert.deepEqual(expected.map(({ line }) => line), [1, 3, 6]);
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = lines.join("\n").replaceAll("\n", end);
    for (const size of [1, 2, 3, 7, 1000]) {
      assert.deepEqual(records(text, size), expected, `${JSON.stringify(end)} ${size}`);
    }
  }
});

Deno.test("CsvRecordReader reports broken records and reads on", () => {
  assert.deepEqual(records('a,b\n"x"y,1\nc,d\n5" star,2\n"open,3\n'), [
    { line: 1, cells: ["a", "b"] },
    {
      line: 2,
      cells: [],
      error: "Text follows a closing quote; a quote inside a quoted cell is written twice",
    },
    { line: 3, cells: ["c", "d"] },
    { line: 4, cells: ['5" star', "2"] },
    { line: 5, cells: [], error: "A quote is opened that is never closed" },
  ]);
});

Deno.test("CsvRecordReader bounds what one record may swallow", () => {
  const swallowed = records(`a\n"${"x\n".repeat(600_000)}\nlast\n`);
  assert.match(swallowed[1]!.error!, /not closed within 1048576 characters/);
  assert.equal(swallowed.at(-1)!.cells[0], "last");
  const long = records("x".repeat(3_000_000), 1 << 18);
  assert.match(long[0]!.error!, /more than 1048576 characters/);
});

Deno.test("CsvRecordReader reads back what is written with quotes", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "é", ",", '"', "\n", " ", "#"),
    minLength: 1,
    maxLength: 6,
  });
  const row = fc.array(cell, { minLength: 1, maxLength: 4 }).filter((cells) =>
    cells.some((text) => text.trim() !== "")
  );
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      (rows, size) => {
        const text = rows.map((cells) => cells.map((item) => `"${item.replaceAll('"', '""')}"`).join(","))
          .join("\n");
        assert.deepEqual(records(text, size).map(({ cells }) => cells), rows);
      },
    ),
  );
});
