import {
  type FileChunks,
  type TableCell,
  type TableColumn,
  type TableColumnType,
  type TableSource,
  textChunks,
} from "./table_source.ts";

const DATATYPES: Readonly<Record<TableColumnType, string>> = {
  text: 'datatype="unicodeChar" arraysize="*"',
  integer: 'datatype="long"',
  number: 'datatype="double"',
  boolean: 'datatype="boolean"',
};

/**
 * A table as VOTable 1.4 with its cells as text (TABLEDATA), one row a line. Absent cells are empty, which the standard
 * reads as null in every type.
 *
 * Source: Ochsenbein and Taylor, VOTable Format Definition 1.4 (IVOA 2019).
 */
export function encodeVotableTable(table: TableSource): FileChunks {
  return textChunks(votableParts(table));
}

function* votableParts(table: TableSource): Generator<string> {
  yield `${votableHead(table)}\n<DATA>\n<TABLEDATA>\n`;
  for (const row of table.rows()) {
    yield `<TR>${row.map((cell) => `<TD>${cellText(cell)}</TD>`).join("")}</TR>\n`;
  }
  yield `</TABLEDATA>\n</DATA>\n${VOTABLE_END}\n`;
}

/** The document without data: what the columns of a Parquet file mean, for readers that know the VO's convention. */
export function votableWithoutData(table: TableSource): string {
  return `${votableHead(table)}\n${VOTABLE_END}\n`;
}

const VOTABLE_END = "</TABLE>\n</RESOURCE>\n</VOTABLE>";

function votableHead(table: TableSource): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
    "<RESOURCE>",
    ...Object.entries(table.metadata).map(([name, value]) =>
      `<INFO name="${xmlText(name)}" value="${xmlText(value)}"/>`
    ),
    ...coordinateSystem(table.columns),
    `<TABLE name="${xmlText(table.name)}">`,
    `<DESCRIPTION>${xmlText(table.description)}</DESCRIPTION>`,
    ...table.columns.map(field),
  ].join("\n");
}

/** What positions refer to, when there are any. */
function coordinateSystem(columns: readonly TableColumn[]): string[] {
  return columns.some(isPosition) ? ['<COOSYS ID="sky" system="ICRS"/>'] : [];
}

function isPosition(column: TableColumn): boolean {
  return column.unit === "deg" && /^pos\.eq\.(ra|dec)/.test(column.ucd);
}

function field(column: TableColumn): string {
  const attributes = [
    `name="${xmlText(column.name)}"`,
    DATATYPES[column.type],
    ...(column.unit === "" ? [] : [`unit="${xmlText(column.unit)}"`]),
    ...(column.ucd === "" ? [] : [`ucd="${xmlText(column.ucd)}"`]),
    ...(isPosition(column) ? ['ref="sky"'] : []),
  ];
  return `<FIELD ${attributes.join(" ")}><DESCRIPTION>${xmlText(column.description)}</DESCRIPTION></FIELD>`;
}

function cellText(value: TableCell): string {
  return typeof value === "string" ? xmlText(value) : value === null ? "" : String(value);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML; control characters, which XML cannot hold, become blanks. */
function xmlText(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, " ")
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
