import {
  type FileChunks,
  type TableCell,
  type TableRow,
  type TableSource,
  textChunks,
} from "./table_source.ts";

/** A table as CSV (RFC 4180, lines ended by a line feed): a line of names, then the rows; absent cells are empty. */
export function encodeCsvTable(table: TableSource): FileChunks {
  return textChunks(csvLines(table));
}

function* csvLines(table: TableSource): Generator<string> {
  yield csvLine(table.columns.map((column) => column.name));
  for (const row of table.rows()) yield csvLine(row);
}

/** One row as a line of CSV, its line feed included. */
export function csvLine(row: TableRow): string {
  return `${row.map(csvCell).join(",")}\n`;
}

function csvCell(value: TableCell): string {
  if (value === null) return "";
  const text = String(value);
  return typeof value === "string" && /[",\r\n]|^\s|\s$/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
