import { parse } from "csv-parse/sync";
import { type ForeignTable, foreignTable } from "./foreign_table.ts";

/** A column's entry in the head of an ECSV file. */
const ECSV_COLUMN = /^# - \{name: ([^,}]+)(?:, unit: ([^,}]+))?/gm;

/**
 * Reads CSV, tab-separated and blank-separated text with a line of names, ECSV included; lines that begin with `#` are
 * comments. Empty cells and `nan`, `null`, `--` are null. Undefined when there is no line of at least two names, or
 * the text cannot be cut into cells.
 */
export function readDelimitedTable(text: string): ForeignTable | undefined {
  const head = text.split(/\r?\n/).find((line) => line.trim() !== "" && !line.startsWith("#"));
  if (head === undefined) return undefined;
  const delimiter = [",", "\t", "|", ";"].find((candidate) => head.includes(candidate)) ?? " ";
  const records = cellsOf(text, delimiter);
  const [names, ...rows] = records;
  if (names === undefined || names.length < 2) return undefined;
  const units = new Map(
    [...text.matchAll(ECSV_COLUMN)].map(([, name, unit]) => [unquoted(name!), unit ?? ""]),
  );
  const heads = names.map((name) => ({ name, unit: unquoted(units.get(name) ?? "") }));
  return foreignTable("delimited text", heads, rows.map((row) => row.map(cellOf)));
}

function cellsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text.replace(/^\uFEFF/, ""), {
      delimiter,
      comment: "#",
      comment_no_infix: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      ignore_last_delimiters: delimiter === " ",
    });
  } catch {
    return [];
  }
}

function cellOf(text: string): string | null {
  return /^(|nan|null|none|--)$/i.test(text) ? null : text;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, "$2");
}
