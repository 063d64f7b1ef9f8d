import { csvLine } from "./csv_table.ts";
import {
  type FileChunks,
  type TableCell,
  type TableColumn,
  type TableColumnType,
  type TableSource,
  textChunks,
} from "./table_source.ts";

const DATATYPES: Readonly<Record<TableColumnType, string>> = {
  text: "string",
  integer: "int64",
  number: "float64",
  boolean: "bool",
};

/**
 * A table as ECSV 1.0, the text format of astropy: units, descriptions and UCDs stand in a header of YAML. Absent cells
 * are empty.
 *
 * Source: Astropy Proposal for Enhancement 6.
 */
export function encodeEcsvTable(table: TableSource): FileChunks {
  return textChunks(ecsvLines(table));
}

function* ecsvLines(table: TableSource): Generator<string> {
  for (const line of ["%ECSV 1.0", "---", "delimiter: ','", ...tableMetaYaml(table)]) yield `# ${line}\n`;
  yield csvLine(table.columns.map((column) => column.name));
  for (const row of table.rows()) yield csvLine(row.map(ecsvCell));
}

/**
 * The lines of YAML that tell astropy of columns and metadata, in ECSV and in Parquet. Values are in the notation of
 * JSON, which YAML reads too.
 */
export function tableMetaYaml(table: TableSource): string[] {
  const metadata = { name: table.name, description: table.description, ...table.metadata };
  return [
    "datatype:",
    ...table.columns.map((column) => `- ${columnYaml(column)}`),
    "meta: !!omap",
    ...Object.entries(metadata).map(([key, value]) => `- ${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    "schema: astropy-2.0",
  ];
}

function columnYaml({ name, type, unit, description, ucd }: TableColumn): string {
  const items = [
    `name: ${JSON.stringify(name)}`,
    ...(unit === "" ? [] : [`unit: ${JSON.stringify(unit)}`]),
    `datatype: ${DATATYPES[type]}`,
    `description: ${JSON.stringify(description)}`,
    ...(ucd === "" ? [] : [`meta: !!omap [{ucd: ${JSON.stringify(ucd)}}]`]),
  ];
  return `{${items.join(", ")}}`;
}

function ecsvCell(value: TableCell): TableCell {
  if (typeof value === "boolean") return value ? "True" : "False";
  // A line break inside a cell ends the row for readers that go by lines.
  return typeof value === "string" ? value.replace(/[\r\n]+/g, " ") : value;
}
