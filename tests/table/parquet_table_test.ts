import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { encodeParquetTable } from "../../lib/table/parquet_table.ts";
import { EXAMPLE_ROWS, exampleTable, fileOf, manyRows } from "./example_table.ts";

Deno.test("encodeParquetTable() reads back to the same values, nulls included", async () => {
  const file = fileOf(encodeParquetTable(exampleTable())).buffer;
  const rows = await parquetReadObjects({ file });
  const expected = EXAMPLE_ROWS.map((row) =>
    row.map((cell, i) => i === 3 && typeof cell === "number" ? BigInt(cell) : cell)
  );
  assert.deepEqual(rows.map((row) => Object.values(row).map((cell) => cell ?? null)), expected);
});

Deno.test("encodeParquetTable() keeps units, descriptions and UCDs in the metadata, for astropy and for the VO", () => {
  const { key_value_metadata } = parquetMetadata(fileOf(encodeParquetTable(exampleTable())).buffer);
  const metadata = new Map(key_value_metadata?.map(({ key, value }) => [key, value]));
  assert.equal(metadata.get("program"), "a program");
  assert.match(metadata.get("table_meta_yaml")!, /name: "flux", unit: "uJy", datatype: float64/);
  assert.equal(metadata.get("IVOA.VOTable-Parquet.version"), "1.0");
  assert.match(
    metadata.get("IVOA.VOTable-Parquet.content")!,
    /name="flux" .*ucd="phot\.flux\.density;em\.IR"/,
  );
  assert.equal(metadata.get("table::len::name"), "15");
});

Deno.test("encodeParquetTable() hands each row group on before it reads the next", async () => {
  const rows = manyRows(25_000);
  const read: number[] = [];
  let count = 0;
  const table = {
    ...exampleTable(),
    *rows() {
      for (const row of rows) {
        count++;
        yield row;
      }
    },
  };
  const chunks: Uint8Array[] = [];
  for (const chunk of encodeParquetTable(table)) {
    chunks.push(chunk);
    read.push(count);
  }
  assert.deepEqual(read, [10_000, 20_000, 25_000, 25_000]);
  const file = fileOf(chunks).buffer;
  assert.equal(parquetMetadata(file).row_groups.length, 3);
  const tail = await parquetReadObjects({ file, rowStart: 24_999 });
  assert.deepEqual(tail, [{
    name: "row 24999",
    ra_deg: 24_999 / 7,
    flux: -24_999,
    flags: 24_999n,
    good: null,
  }]);
});

Deno.test("encodeParquetTable() writes a table without rows", async () => {
  assert.deepEqual(
    await parquetReadObjects({ file: fileOf(encodeParquetTable(exampleTable([]))).buffer }),
    [],
  );
});
