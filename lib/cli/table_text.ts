import { alignCells, printable } from "./text_table.ts";

/** One column of a table of text. */
export interface TextColumn<Row> {
  /** Its heading. */
  readonly heading: string;
  /** The text of its cell in a row. */
  readonly cell: (row: Row) => string;
  /** Whether cells end in line, as numbers do. */
  readonly isRightAligned?: boolean;
}

/**
 * A table as aligned lines of text: the headings, then a line for each row; empty text when there are no rows.
 *
 * @param rows What the table shows.
 * @param columns Its columns, from left to right.
 */
export function tableText<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
  if (rows.length === 0) return "";
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
  const right = [...columns.keys()].filter((index) => columns[index]!.isRightAligned === true);
  return `${alignCells([columns.map((column) => column.heading), ...cells], right).join("\n")}\n`;
}

/** The same rows as CSV (RFC 4180) with the headings as names. */
export function tableCsv<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
  const lines = [
    columns.map((column) => column.heading),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}

/** A cell of a CSV file, quoted when it must be. */
function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
