import { type JsonValue, TaggedError } from "../core/errors.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import { queryStatus } from "../votable/query_status.ts";
import type {
  VotableDocument,
  VotableField,
  VotableResource,
  VotableTable,
  VotableValue,
} from "../votable/votable_model.ts";
import { readVotable } from "../votable/votable_parser.ts";
import { jsonCell } from "./inspect_json.ts";
import type {
  CardInspection,
  ColumnInspection,
  InspectOptions,
  TableRows,
  VotableInspection,
  VotableTableInspection,
} from "./inspect_model.ts";
import { RunningStatistics } from "./running_statistics.ts";

/** Bytes of the document in memory at a time. */
const CHUNK_BYTES = 2 ** 18;

const NUMERIC: ReadonlySet<string> = new Set(["unsignedByte", "short", "int", "long", "float", "double"]);

/** What is gathered of a table while its rows pass by. */
class TableReading {
  rowCount = 0;
  readonly rows: JsonValue[][] = [];
  readonly statistics: (RunningStatistics | undefined)[];
  readonly #wanted: InspectOptions["rows"];

  constructor(table: VotableTable, options: InspectOptions) {
    this.#wanted = options.rows;
    this.statistics = table.fields.map((field) =>
      options.statistics === true && NUMERIC.has(field.datatype) ? new RunningStatistics() : undefined
    );
  }

  add(row: readonly VotableValue[]): void {
    const { first = Infinity, end = Infinity } = this.#wanted ?? {};
    if (this.rowCount >= first && this.rowCount < end) this.rows.push(row.map(jsonCell));
    this.rowCount++;
    this.statistics.forEach((statistics, index) => statistics?.add(numbersOf(row[index] ?? null)));
  }
}

/** The numbers of a cell; NaN where there is none. */
function numbersOf(value: VotableValue): number[] | BigInt64Array {
  if (typeof value === "bigint") return BigInt64Array.of(value);
  const values = Array.isArray(value) ? value : [value];
  return values.map((each) => each === null || each === "" ? NaN : Number(each));
}

/** Tells what a VOTable holds; the document is read in pieces and only the rows asked for are kept. */
export async function inspectVotable(
  file: { readonly path: string; readonly byteLength: number; readonly compression: "gzip" | null },
  source: ByteSource,
  options: InspectOptions,
): Promise<VotableInspection> {
  const readings = new Map<VotableTable, TableReading>();
  const document = await readVotable(chunksOf(source, options.signal), {
    onRow: (row, table) => {
      let reading = readings.get(table);
      if (reading === undefined) readings.set(table, reading = new TableReading(table, options));
      reading.add(row);
    },
  });
  const tables = document.resources.flatMap(tablesOf)
    .map(({ resource, table }, index) =>
      inspectTable(index, resource, table, readings.get(table) ?? new TableReading(table, options), options)
    );
  return {
    format: "votable",
    path: file.path,
    byte_length: file.byteLength,
    compression: file.compression,
    version: document.version ?? null,
    query_status: { ...queryStatus(document) },
    cards: options.header === true ? infosOf(document) : null,
    tables: options.hdu === undefined ? tables : [chooseTable(tables, options.hdu)],
  };
}

async function* chunksOf(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.byteLength; offset += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield await source.read(offset, Math.min(CHUNK_BYTES, source.byteLength - offset));
  }
}

function tablesOf(resource: VotableResource): { resource: VotableResource; table: VotableTable }[] {
  return [
    ...resource.tables.map((table) => ({ resource, table })),
    ...resource.resources.flatMap(tablesOf),
  ];
}

function inspectTable(
  index: number,
  resource: VotableResource,
  table: VotableTable,
  reading: TableReading,
  options: InspectOptions,
): VotableTableInspection {
  const columns = table.fields.map((field, column): ColumnInspection => ({
    name: field.name,
    format: formatOf(field),
    unit: field.unit ?? null,
    dimensions: null,
    ucd: field.ucd ?? null,
    description: field.description ?? null,
    statistics: reading.statistics[column]?.result ?? null,
  }));
  const rows: TableRows | null = options.rows === undefined ? null : {
    first: Math.min(options.rows.first, reading.rowCount),
    columns: columns.map((column) => column.name),
    rows: reading.rows,
  };
  return {
    index,
    name: table.name ?? table.id ?? null,
    resource: resource.type ?? resource.name ?? null,
    description: table.description ?? null,
    row_count: reading.rowCount,
    columns,
    rows,
  };
}

/** Data type and array size as they stand in a document: `char[*]`, `double[3]`. */
function formatOf(field: VotableField): string {
  const { axes, variable, maximum } = field.shape;
  const sizes = [...axes.map(String), ...(variable ? [`${maximum ?? ""}*`] : [])];
  return sizes.length === 0 ? field.datatype : `${field.datatype}[${sizes.join("x")}]`;
}

function chooseTable(
  tables: readonly VotableTableInspection[],
  wanted: number | string,
): VotableTableInspection {
  const table = tables.find((each) => each.index === wanted || each.name === wanted);
  if (table !== undefined) return table;
  throw new TaggedError(
    "usage/missing-hdu",
    `there is no table ${JSON.stringify(wanted)}, the document has ${
      tables.length === 0
        ? "none"
        : tables.map(({ index, name }) => `${index} ${name ?? ""}`.trim()).join(", ")
    }`,
    {
      context: { wanted, tables: tables.map((each) => each.name) },
      hint: "Name one of them with --hdu, by number or by name",
    },
  );
}

/** Infos and parameters of the document and its resources. */
function infosOf(document: VotableDocument): CardInspection[] {
  const cards: CardInspection[] = [];
  const add = (holder: Pick<VotableResource, "infos" | "params">) => {
    for (const info of holder.infos) {
      cards.push({ keyword: info.name, value: info.value, comment: info.text, problem: null });
    }
    for (const parameter of holder.params) {
      cards.push({
        keyword: parameter.name,
        value: jsonCell(parameter.value),
        comment: parameter.description ?? "",
        problem: null,
      });
    }
  };
  const visit = (resource: VotableResource) => {
    add(resource);
    resource.tables.forEach(add);
    resource.resources.forEach(visit);
  };
  add(document);
  document.resources.forEach(visit);
  return cards;
}
