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
