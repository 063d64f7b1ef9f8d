import assert from "node:assert/strict";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { encodeTableRows } from "../../lib/fits/encode_table_rows.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import { EXAMPLE_ROWS, exampleTable, fileOf, manyRows } from "../table/example_table.ts";

Deno.test("encodeTableRows() reads back to the same values, nulls included", async () => {
  const file = await openFits(memorySource(fileOf(encodeTableRows(exampleTable()))));
  const hdu = await file.hdu("example");
  const table = await readTable(hdu);
  const column = (name: string) => {
    const { data, nulls } = table.column(name) as { data: ArrayLike<unknown>; nulls?: Uint8Array };
    return Array.from(data, (value, i) => nulls?.[i] === 1 ? null : value);
  };
  const expected = (index: number) => EXAMPLE_ROWS.map((row) => row[index]);
  assert.deepEqual(column("name"), expected(0).map((text) => text ?? ""));
  assert.deepEqual(column("ra_deg"), expected(1).map((value) => value ?? NaN));
  assert.deepEqual(column("flags").map((value) => value === null ? null : Number(value)), expected(3));
  assert.deepEqual(
    column("good"),
    expected(4).map((value) => value === null ? null : Number(value)),
  );
  assert.equal(table.column("flux").unit, "uJy");
  assert.equal(hdu.header.getString("TUCD3"), "phot.flux.density;em.IR");
  assert.equal(hdu.header.getString("TCOMM5"), "Whether it is good");
  assert.deepEqual(hdu.header.history(), ["program: a program", `note: it's "so"`]);
});

Deno.test("encodeTableRows() comes in pieces and ends on a whole block", async () => {
  const rows = manyRows(30_000);
  const chunks = [...encodeTableRows(exampleTable(rows))];
  assert.ok(Math.max(...chunks.map((chunk) => chunk.length)) <= 1 << 18);
  const bytes = fileOf(chunks);
  assert.equal(bytes.length % 2880, 0);
  const table = await readTable(await (await openFits(memorySource(bytes))).hdu("example"));
  assert.equal(table.rowCount, 30_000);
  const flux = table.column("flux") as { data: Float64Array };
  assert.deepEqual(flux.data.slice(29_998), Float64Array.of(-29_998, -29_999));
});

Deno.test("encodeTableRows() writes a table without rows", async () => {
  const bytes = fileOf(encodeTableRows(exampleTable([])));
  assert.equal((await readTable(await (await openFits(memorySource(bytes))).hdu("example"))).rowCount, 0);
});

Deno.test("encodeTableRows() refuses rows that differ from one reading to the next", () => {
  for (const counts of [[3, 2], [2, 3]]) {
    let reading = 0;
    const table = { ...exampleTable(), rows: () => manyRows(counts[reading++]!) };
    assert.throws(() => [...encodeTableRows(table)], RangeError);
  }
});
