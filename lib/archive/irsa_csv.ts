import { TaggedError } from "../core/errors.ts";

/** A table of texts. */
export interface CsvTable {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells, row by row; rows may be shorter than the header. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads the archive's CSV answers, whose `cloud_access` column is JSON with commas and quotes that are not escaped.
 *
 * Wherever a cell begins with a brace, the cells up to the closing one belong to it. Quoted cells (RFC 4180),
 * CRLF and a byte-order mark are accepted. Throws `archive/bad-answer` when a row has more cells than columns.
 */
export function parseIrsaCsv(text: string): CsvTable {
  const records = splitRecords(text.replace(/^\uFEFF/, ""));
  const columns = (records.shift() ?? []).map((name) => name.trim());
  const rows: string[][] = [];
  for (const [index, record] of records.entries()) {
    if (record.length === 1 && record[0] === "") continue;
    const cells = joinJson(record);
    if (cells.length > columns.length) {
      throw new TaggedError(
        "archive/bad-answer",
        `Row ${index + 1} of the CSV answer has ${cells.length} cells, expected ${columns.length}`,
        { context: { row: index + 1, cells: cells.length, columns: columns.length } },
      );
    }
    rows.push(cells);
  }
  return { columns, rows };
}

/** Cuts a text into records of cells; a cell that does not begin with a quote is taken as it stands. */
function splitRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let position = 0;
  while (position <= text.length) {
    const [cell, end] = text[position] === '"' ? quotedCell(text, position) : plainCell(text, position);
    record.push(cell);
    position = end + 1;
    if (text[end] === ",") continue;
    records.push(record);
    record = [];
    if (text[end] === "\r" && text[end + 1] === "\n") position++;
    if (position >= text.length) break;
  }
  return records;
}

function plainCell(text: string, start: number): [cell: string, end: number] {
  let end = start;
  while (end < text.length && text[end] !== "," && text[end] !== "\n" && text[end] !== "\r") end++;
  return [text.slice(start, end), end];
}

function quotedCell(text: string, start: number): [cell: string, end: number] {
  let cell = "";
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote < 0) {
      throw new TaggedError("archive/bad-answer", "The CSV answer ends inside of a quoted cell");
    }
    cell += text.slice(position, quote);
    if (text[quote + 1] !== '"') {
      const [rest, end] = plainCell(text, quote + 1);
      return [cell + rest, end];
    }
    cell += '"';
    position = quote + 2;
  }
}

/** Puts the pieces of a JSON cell together again. */
function joinJson(record: readonly string[]): string[] {
  const cells: string[] = [];
  for (let i = 0; i < record.length; i++) {
    if (!record[i]!.startsWith("{")) {
      cells.push(record[i]!);
      continue;
    }
    const braces = new BraceCounter();
    const first = i;
    braces.add(record[i]!);
    while (braces.depth > 0 && i + 1 < record.length) braces.add(`,${record[++i]!}`);
    cells.push(record.slice(first, i + 1).join(","));
  }
  return cells;
}

/** Counts the braces that are open outside of strings, piece by piece. */
class BraceCounter {
  depth = 0;
  #isInString = false;
  #isEscaped = false;

  add(text: string): void {
    for (const character of text) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === "\\" && this.#isInString) this.#isEscaped = true;
      else if (character === '"') this.#isInString = !this.#isInString;
      else if (!this.#isInString && character === "{") this.depth++;
      else if (!this.#isInString && character === "}") this.depth--;
    }
  }
}
