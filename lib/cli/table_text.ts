/** Characters that would steer a terminal instead of being shown. */
// deno-lint-ignore no-control-regex -- these are the characters to keep out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A text from a file, made safe to print on one line of a terminal: control characters become `?`. */
export function printable(text: string): string {
  return text.replace(CONTROL, "?");
}

/**
 * Lines of cells set in columns two blanks apart, without blanks at their ends.
 *
 * `rightAligned` are the numbers of the columns whose cells end in line, such as numbers.
 */
export function alignCells(
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => widths[column] = Math.max(widths[column] ?? 0, cell.length));
  }
  return rows.map((row) =>
    row.map((cell, column) =>
      rightAligned.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    ).join("  ").trimEnd()
  );
}

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
