import {
  type FileChunks,
  type TableCell,
  type TableColumnType,
  type TableSource,
  textChunks,
} from "./table_source.ts";

const TYPES: Readonly<Record<TableColumnType, string>> = {
  text: "char",
  integer: "long",
  number: "double",
  boolean: "char",
};

/** What stands in a cell without a value. */
const NULL_TEXT = "null";

/**
 * A table in the format of IPAC: keywords, a description of each column as a comment, four lines of names, types, units
 * and null values, and rows of fixed width. The rows are read twice. Truth values are the words true and false.
 *
 * Source: IPAC table format definition (IRSA DDGEN).
 */
export function encodeIpacTable(table: TableSource): FileChunks {
  return textChunks(ipacLines(table));
}

function* ipacLines(table: TableSource): Generator<string> {
  const heads = table.columns.map((column) => [column.name, TYPES[column.type], column.unit, NULL_TEXT]);
  const widths = heads.map((head) => Math.max(...head.map((text) => text.length)));
  for (const row of table.rows()) {
    row.forEach((cell, index) => widths[index] = Math.max(widths[index]!, cellText(cell).length));
  }
  yield `\\name = '${keywordText(table.name)}'\n`;
  yield `\\description = '${keywordText(table.description)}'\n`;
  for (const [name, value] of Object.entries(table.metadata)) yield `\\${name} = '${keywordText(value)}'\n`;
  for (const { name, description, ucd } of table.columns) {
    yield `\\ ${name}: ${description}${ucd === "" ? "" : ` [${ucd}]`}\n`;
  }
  for (let line = 0; line < 4; line++) {
    yield `|${heads.map((head, index) => head[line]!.padEnd(widths[index]!)).join("|")}|\n`;
  }
  for (const row of table.rows()) {
    yield ` ${row.map((cell, index) => cellText(cell).padEnd(widths[index]!)).join(" ")} \n`;
  }
}

/** A cell: a bar or a line break inside it would break the columns. */
function cellText(value: TableCell): string {
  if (value === null) return NULL_TEXT;
  return typeof value === "string" ? value.replace(/[|\r\n\t]/g, " ") : String(value);
}

function keywordText(text: string): string {
  return text.replace(/['\r\n]/g, " ");
}
