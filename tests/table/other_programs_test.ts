import assert from "node:assert/strict";
import { encodeTableRows } from "../../lib/fits/encode_table_rows.ts";
import { EXPORTED_COLUMNS } from "../../lib/outputs/exported_columns.ts";
import { encodeEcsvTable } from "../../lib/table/ecsv_table.ts";
import { encodeIpacTable } from "../../lib/table/ipac_table.ts";
import { encodeParquetTable } from "../../lib/table/parquet_table.ts";
import { encodeVotableTable } from "../../lib/table/votable_table.ts";
import { EXAMPLE_ROWS, exampleTable, fileOf } from "./example_table.ts";

// The programs that astronomers open tables with. Where one is not installed its test is skipped.

const PYTHON = Deno.env.get("SPXCUTDB_TEST_PYTHON") ?? "python3";

/** Whether a program can be started and ends well. */
function works(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const FINDS_LIBRARIES = "import importlib.util as u, sys; " +
  "sys.exit(not all(u.find_spec(name) for name in ('astropy', 'pyarrow', 'pandas')))";

/** What a reader made of the example table. */
interface Told {
  readonly rows: unknown[][];
  readonly units: (string | null)[];
  readonly descriptions: (string | null)[];
}

Deno.test({
  name: "astropy, pyarrow and pandas read the values, nulls, units and descriptions of every format",
  ignore: !works(PYTHON, "-c", FINDS_LIBRARIES),
  fn() {
    const folder = Deno.makeTempDirSync();
    try {
      const table = exampleTable();
      Deno.writeFileSync(`${folder}/example.ecsv`, fileOf(encodeEcsvTable(table)));
      Deno.writeFileSync(`${folder}/example.vot`, fileOf(encodeVotableTable(table)));
      Deno.writeFileSync(`${folder}/example.fits`, fileOf(encodeTableRows(table)));
      Deno.writeFileSync(`${folder}/example.tbl`, fileOf(encodeIpacTable(table)));
      Deno.writeFileSync(`${folder}/example.parquet`, fileOf(encodeParquetTable(table)));
      const script = new URL("read_tables.py", import.meta.url).pathname;
      const { success, stdout, stderr } = new Deno.Command(PYTHON, { args: [script, folder] }).outputSync();
      assert.ok(success, new TextDecoder().decode(stderr));
      const { pandas, ...found } = JSON.parse(new TextDecoder().decode(stdout)) as
        & Record<string, Told>
        & { pandas: unknown[][] };
      assert.deepEqual(pandas, EXAMPLE_ROWS);
      assert.equal(Object.keys(found).length, 5);
      for (const [format, { rows, units, descriptions }] of Object.entries(found)) {
        assert.deepEqual(rows.map((row) => expectedOf(format, row)), EXAMPLE_ROWS, format);
        assert.deepEqual(units, [null, "deg", "uJy", null, null], format);
        // astropy takes no descriptions from FITS and IPAC.
        if (format === "fits" || format === "ipac") continue;
        assert.deepEqual(descriptions, table.columns.map((column) => column.description), format);
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

/** A row without what a format cannot tell: FITS has blank for absent text, IPAC words for truth values. */
function expectedOf(format: string, row: readonly unknown[]): unknown[] {
  return row.map((cell, index) => {
    if (index === 0 && cell === "" && (format === "fits" || format === "votable")) return null;
    return format === "ipac" && index === 4 && cell !== null ? cell === "true" : cell;
  });
}

Deno.test({
  name: "votlint finds nothing in VOTables of all tables, units and UCDs included",
  ignore: !works("stilts", "-version"),
  fn() {
    const folder = Deno.makeTempDirSync();
    try {
      for (const [name, columns] of Object.entries(EXPORTED_COLUMNS)) {
        const row = columns.map(({ type }) =>
          ({ text: "a < b", integer: 1, number: 1.5, boolean: true })[type]
        );
        const rows = [row, columns.map(() => null)];
        const path = `${folder}/${name}.vot`;
        Deno.writeFileSync(path, fileOf(encodeVotableTable({ ...exampleTable(rows), name, columns })));
        const args = ["votlint", `votable=${path}`, "ucd=true", "unit=true"];
        const { success, stdout, stderr } = new Deno.Command("stilts", { args }).outputSync();
        assert.equal(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), "", name);
        assert.ok(success);
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
