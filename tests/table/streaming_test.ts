import assert from "node:assert/strict";
import { encodeTableRows } from "../../lib/fits/encode_table_rows.ts";
import { encodeCsvTable } from "../../lib/table/csv_table.ts";
import { encodeEcsvTable } from "../../lib/table/ecsv_table.ts";
import { encodeIpacTable } from "../../lib/table/ipac_table.ts";
import { encodeParquetTable } from "../../lib/table/parquet_table.ts";
import type { FileChunks, TableRow, TableSource } from "../../lib/table/table_source.ts";
import { encodeVotableTable } from "../../lib/table/votable_table.ts";

const ENCODERS: Readonly<Record<string, (table: TableSource) => FileChunks>> = {
  csv: encodeCsvTable,
  ecsv: encodeEcsvTable,
  votable: encodeVotableTable,
  fits: encodeTableRows,
  parquet: encodeParquetTable,
  ipac: encodeIpacTable,
};

const ROWS = 60_000;
/** Rows that may be in memory at once: a row group of Parquet, and some. */
const MOST_ROWS_HELD = 12_000;

/** A long table that knows how far its latest reading has come. */
class WatchedTable implements TableSource {
  readonly name = "watched";
  readonly description = "Rows that are counted as they are read";
  readonly metadata = {};
  readonly columns = (["number", "integer", "text", "boolean"] as const).map((type) => ({
    name: `a_${type}`,
    type,
    unit: "",
    description: "A column",
    ucd: "",
  }));
  rowsRead = 0;

  *rows(): Generator<TableRow> {
    for (this.rowsRead = 0; this.rowsRead < ROWS; this.rowsRead++) {
      const n = this.rowsRead;
      yield [n / 7, n, n % 3 === 0 ? null : `row ${n}`, n % 2 === 0];
    }
  }
}

for (const [format, encode] of Object.entries(ENCODERS)) {
  Deno.test(`Tables as ${format} are handed on while they are read`, () => {
    const table = new WatchedTable();
    let handedOnAt = 0, mostHeld = 0, chunks = 0, longest = 0;
    for (const chunk of encode(table)) {
      // Formats with columns of fixed width read all rows once before the first piece.
      if (table.rowsRead < handedOnAt || chunks === 0) handedOnAt = 0;
      if (table.rowsRead < ROWS) mostHeld = Math.max(mostHeld, table.rowsRead - handedOnAt);
      handedOnAt = table.rowsRead;
      longest = Math.max(longest, chunk.length);
      chunks++;
    }
    assert.equal(table.rowsRead, ROWS);
    assert.ok(chunks > ROWS / MOST_ROWS_HELD, `${chunks} pieces`);
    assert.ok(mostHeld > 0 && mostHeld <= MOST_ROWS_HELD, `${mostHeld} rows held`);
    assert.ok(longest < 2 ** 20, `A piece of ${longest} bytes`);
  });
}
