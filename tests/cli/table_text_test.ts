import assert from "node:assert/strict";
import { tableCsv, tableText, type TextColumn } from "../../lib/cli/table_text.ts";

interface Row {
  readonly name: string;
  readonly count: number;
}
const columns: TextColumn<Row>[] = [
  { heading: "source", cell: ({ name }) => name },
  { heading: "rows", cell: ({ count }) => String(count), isRightAligned: true },
];
const rows: Row[] = [{ name: "TDE_2025aarm", count: 7 }, { name: 'a "b",\x1b', count: 1204 }];

Deno.test("tableText() aligns columns and shows no control characters", () => {
  assert.equal(tableText(rows, columns), 'source        rows\nTDE_2025aarm     7\na "b",?       1204\n');
  assert.equal(tableText([], columns), "");
});

Deno.test("tableCsv() quotes what must be quoted", () => {
  assert.equal(tableCsv(rows, columns), 'source,rows\nTDE_2025aarm,7\n"a ""b"",\x1b",1204\n');
  assert.equal(tableCsv([], columns), "source,rows\n");
});
