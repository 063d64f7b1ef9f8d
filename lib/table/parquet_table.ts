import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { tableMetaYaml } from "./ecsv_table.ts";
import type {
  FileChunks,
  TableCell,
  TableColumn,
  TableColumnType,
  TableRow,
  TableSource,
} from "./table_source.ts";
import { votableWithoutData } from "./votable_table.ts";

/** Rows that are in memory at a time and share a row group. */
const ROWS_PER_GROUP = 10_000;

/**
 * A table as Parquet, compressed with Snappy, in row groups of 10,000 rows; absent cells are null.
 *
 * Units, descriptions and UCDs stand in the key-value metadata twice: as `table_meta_yaml`, which astropy reads, and as a
 * VOTable without data (`IVOA.VOTable-Parquet.content`), which TOPCAT and STILTS read; the facts about the table stand
 * there under their own names. The lengths of texts (`table::len::…`) let astropy open columns with absent ones.
 */
export function* encodeParquetTable(table: TableSource): FileChunks & Generator<Uint8Array> {
  const bytes = new ByteWriter();
  const metadata = keyValues(table);
  const lengths = table.columns.map(() => ABSENT_TEXT_LENGTH);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: "root", num_children: table.columns.length },
      ...table.columns.map(schemaElement),
    ],
    createdBy: "spxcutdb",
    kvMetadata: metadata,
  });
  for (const rows of groups(table.rows())) {
    writer.write({
      columnData: table.columns.map((column, index) => ({
        name: column.name,
        // Made when the writer asks for it: one column at a time is in memory besides the rows.
        get data() {
          return rows.map((row) => parquetCell(column, row[index] ?? null));
        },
      })),
      rowGroupSize: ROWS_PER_GROUP,
    });
    measureTexts(rows, lengths);
    yield drained(bytes);
  }
  table.columns.forEach(({ name, type }, index) => {
    if (type === "text") metadata.push({ key: `table::len::${name}`, value: String(lengths[index]) });
  });
  writer.finish();
  yield drained(bytes);
}

function keyValues(table: TableSource): { key: string; value: string }[] {
  return [
    ...Object.entries(table.metadata).map(([key, value]) => ({ key, value })),
    { key: "table_meta_yaml", value: tableMetaYaml(table).join("\n") },
    { key: "IVOA.VOTable-Parquet.version", value: "1.0" },
    { key: "IVOA.VOTable-Parquet.content", value: votableWithoutData(table) },
  ];
}

/** Room for the word None, as which astropy reads an absent text. */
const ABSENT_TEXT_LENGTH = 4;

/** Raises `lengths` to the longest text of each column, in characters. */
function measureTexts(rows: readonly TableRow[], lengths: number[]): void {
  for (const row of rows) {
    row.forEach((cell, index) => {
      // UTF-16 units are at least as many as characters, and cheap to count.
      if (typeof cell === "string" && cell.length > lengths[index]!) lengths[index] = cell.length;
    });
  }
}

/** Takes the waiting bytes out of a writer, which goes on counting its offset. */
function drained(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function* groups(rows: Iterable<TableRow>): Generator<TableRow[]> {
  let group: TableRow[] = [];
  for (const row of rows) {
    group.push(row);
    if (group.length < ROWS_PER_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const TYPES: Readonly<Record<TableColumnType, SchemaElement>> = {
  text: { name: "", type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { name: "", type: "INT64" },
  number: { name: "", type: "DOUBLE" },
  boolean: { name: "", type: "BOOLEAN" },
};

function schemaElement(column: TableColumn): SchemaElement {
  return { ...TYPES[column.type], name: column.name, repetition_type: "OPTIONAL" };
}

function parquetCell(column: TableColumn, cell: TableCell): TableCell | bigint {
  return column.type === "integer" && typeof cell === "number" ? BigInt(cell) : cell;
}
