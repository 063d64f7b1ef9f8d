/**
 * Speed and memory of exports: `deno task bench:export [rows]`.
 *
 * Spectra of a million rows (all columns, filled as a measurement fills them) are encoded in each format and the bytes
 * counted and dropped, each in a process of its own, whose largest resident memory is told beside that of a hundredth
 * of the rows: it does not grow with them.
 * @module
 */
import { encodeTableRows } from "../lib/fits/encode_table_rows.ts";
import { EXPORTED_COLUMNS } from "../lib/outputs/exported_columns.ts";
import { encodeCsvTable } from "../lib/table/csv_table.ts";
import { encodeEcsvTable } from "../lib/table/ecsv_table.ts";
import { encodeIpacTable } from "../lib/table/ipac_table.ts";
import { encodeParquetTable } from "../lib/table/parquet_table.ts";
import type { FileChunks, TableCell, TableColumn, TableRow, TableSource } from "../lib/table/table_source.ts";
import { encodeVotableTable } from "../lib/table/votable_table.ts";

const ENCODERS: Readonly<Record<string, (table: TableSource) => FileChunks>> = {
  csv: encodeCsvTable,
  ecsv: encodeEcsvTable,
  votable: encodeVotableTable,
  fits: encodeTableRows,
  parquet: encodeParquetTable,
  ipac: encodeIpacTable,
};

/** What one process measured. */
interface Measured {
  readonly seconds: number;
  readonly bytes: number;
  readonly peakMegabytes: number;
}

function cellOf({ type }: TableColumn, column: number, row: number): TableCell {
  if ((row + column) % 11 === 0) return null;
  if (type === "number") return Math.sin(row * 1.7 + column) * 1000;
  if (type === "integer") return row % 4096;
  return type === "boolean" ? row % 3 === 0 : `2025W51_1A_${row % 9999}_${column}`;
}

function spectra(rowCount: number): TableSource {
  const columns = EXPORTED_COLUMNS.spectra;
  return {
    name: "spectra",
    description: "Rows as a measurement fills them",
    columns,
    metadata: {},
    *rows(): Generator<TableRow> {
      for (let row = 0; row < rowCount; row++) {
        yield columns.map((column, index) => cellOf(column, index, row));
      }
    },
  };
}

function measure(format: string, rowCount: number): Measured {
  const started = performance.now();
  let bytes = 0, peak = 0, chunks = 0;
  for (const chunk of ENCODERS[format]!(spectra(rowCount))) {
    bytes += chunk.length;
    if (chunks++ % 16 === 0) peak = Math.max(peak, Deno.memoryUsage().rss);
  }
  peak = Math.max(peak, Deno.memoryUsage().rss);
  return { seconds: (performance.now() - started) / 1000, bytes, peakMegabytes: peak / 2 ** 20 };
}

async function inOwnProcess(format: string, rowCount: number): Promise<Measured> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, "--one", format, String(rowCount)],
    stderr: "inherit",
  }).output();
  if (code !== 0) Deno.exit(code);
  return JSON.parse(new TextDecoder().decode(stdout)) as Measured;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function table(rowCount: number): Promise<void> {
  print(
    `| format | ${rowCount.toLocaleString("en-US")} rows | rows/s | memory | of a hundredth of the rows |`,
  );
  print("| --- | ---: | ---: | ---: | ---: |");
  for (const format of Object.keys(ENCODERS)) {
    const few = await inOwnProcess(format, Math.ceil(rowCount / 100));
    const { seconds, bytes, peakMegabytes } = await inOwnProcess(format, rowCount);
    print(
      `| ${format} | ${(bytes / 1e9).toFixed(2)} GB | ${
        Math.round(rowCount / seconds).toLocaleString("en-US")
      } | ${peakMegabytes.toFixed(0)} MB | ${few.peakMegabytes.toFixed(0)} MB |`,
    );
  }
}

if (Deno.args[0] === "--one") print(JSON.stringify(measure(Deno.args[1]!, Number(Deno.args[2]))));
else await table(Number(Deno.args[0] ?? 1_000_000));
