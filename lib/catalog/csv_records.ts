/** Longest record that is read; anything longer is a quote that was never closed. */
const MAX_RECORD_LENGTH = 1 << 20;

/** One record of a CSV file, or what is wrong with one. */
export interface CsvRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Its cells; empty when `error` is set. */
  readonly cells: readonly string[];
  /** Why it cannot be read. */
  readonly error?: string;
}

/**
 * Splits CSV text that arrives in pieces into records (RFC 4180), and knows on which line each begins.
 *
 * Line ends may be LF, CRLF or CR. Blank lines, records of empty cells, and lines that begin with `#` are skipped.
 * A quote inside a cell that does not begin with one is a character like any other. Broken records are handed out
 * with their error and reading goes on behind them.
 */
export class CsvRecordReader {
  #carry = "";
  #line = 0;
  #startLine = 0;
  #cells: string[] = [];
  /** The quoted cell that goes on in the next line; undefined between records. */
  #open: string | undefined;
  #recordLength = 0;

  /** The records that `text` completes. */
  *push(text: string): Generator<CsvRecord> {
    const joined = this.#carry + text;
    // A CR at the end may be the first half of a CRLF.
    const held = joined.endsWith("\r") ? 1 : 0;
    const lines = joined.slice(0, joined.length - held).replaceAll("\r\n", "\n").replaceAll("\r", "\n").split(
      "\n",
    );
    this.#carry = lines.pop()! + (held === 1 ? "\r" : "");
    for (const line of lines) yield* this.#addLine(line);
    if (this.#carry.length > MAX_RECORD_LENGTH) {
      this.#carry = "";
      this.#startLine = this.#line + 1;
      yield this.#broken(`The line has more than ${MAX_RECORD_LENGTH} characters`);
    }
  }

  /** The record that the end of the text completes, if there is one. */
  *end(): Generator<CsvRecord> {
    if (this.#carry !== "") yield* this.#addLine(this.#carry.replace(/\r$/, ""));
    this.#carry = "";
    if (this.#open !== undefined) yield this.#broken("A quote is opened that is never closed");
  }

  /** Hands out an error and forgets the record. */
  #broken(error: string): CsvRecord {
    this.#open = undefined;
    this.#cells = [];
    return { line: this.#startLine, cells: [], error };
  }

  *#addLine(line: string): Generator<CsvRecord> {
    this.#line++;
    if (this.#open === undefined) {
      if (line.startsWith("#") || line.trim() === "") return;
      this.#startLine = this.#line;
      this.#recordLength = 0;
      if (!line.includes('"')) {
        if (/[^,\s]/.test(line)) yield { line: this.#line, cells: line.split(",") };
        return;
      }
    }
    this.#recordLength += line.length + 1;
    if (this.#recordLength > MAX_RECORD_LENGTH) {
      yield this.#broken(`A quote is opened that is not closed within ${MAX_RECORD_LENGTH} characters`);
      return;
    }
    const error = this.#scan(line);
    if (error !== undefined) yield this.#broken(error);
    else if (this.#open === undefined) {
      const cells = this.#cells;
      this.#cells = [];
      if (cells.some((cell) => cell.trim() !== "")) yield { line: this.#startLine, cells };
    }
  }

  /** Adds the cells of a line; leaves a quoted cell open that the line does not close. Returns what is wrong. */
  #scan(line: string): string | undefined {
    let position = 0;
    for (;;) {
      if (this.#open === undefined) {
        const quote = /^\s*"/.exec(line.slice(position));
        if (quote === null) {
          const comma = line.indexOf(",", position);
          this.#cells.push(comma < 0 ? line.slice(position) : line.slice(position, comma));
          if (comma < 0) return undefined;
          position = comma + 1;
          continue;
        }
        position += quote[0].length;
        this.#open = "";
      }
      const end = this.#scanQuoted(line, position);
      if (end === undefined) return undefined;
      const rest = /^\s*(,|$)/.exec(line.slice(end));
      if (rest === null) return "Text follows a closing quote; a quote inside a quoted cell is written twice";
      this.#cells.push(this.#open);
      this.#open = undefined;
      if (rest[1] === "") return undefined;
      position = end + rest[0].length;
    }
  }

  /** Adds to the open cell up to its closing quote; returns the place behind it, or undefined when the line ends first. */
  #scanQuoted(line: string, start: number): number | undefined {
    let position = start;
    for (;;) {
      const quote = line.indexOf('"', position);
      if (quote < 0) {
        this.#open += `${line.slice(position)}\n`;
        return undefined;
      }
      this.#open += line.slice(position, quote);
      if (line[quote + 1] !== '"') return quote + 1;
      this.#open += '"';
      position = quote + 2;
    }
  }
}
