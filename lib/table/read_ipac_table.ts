import { type ForeignTable, foreignTable } from "./foreign_table.ts";

/** One column by where its text stands in a line. */
interface IpacColumn {
  readonly name: string;
  readonly unit: string;
  readonly nullText: string;
  readonly start: number;
  readonly end: number;
}

/** Whether a text may be an IPAC table: its first line with content is a keyword or a line of names. */
export function looksLikeIpac(text: string): boolean {
  return /^\s*(\\|\|[^\r\n]*\|)/.test(text);
}

/**
 * Reads an IPAC table (IRSA DDGEN) from text: cells are the trimmed text between the bars of the head, null where they
 * are empty or the column's null text. Undefined when there is no line of names.
 */
export function readIpacTable(text: string): ForeignTable | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("\\"));
  const heads = lines.filter((line) => line.startsWith("|"));
  const columns = columnsOf(heads);
  if (columns.length === 0) return undefined;
  const rows = lines.filter((line) => !line.startsWith("|")).map((line) =>
    columns.map(({ start, end, nullText }) => {
      const cell = line.slice(start, end).trim();
      return cell === "" || cell === nullText ? null : cell;
    })
  );
  return foreignTable("IPAC table", columns, rows);
}

function columnsOf([names, _types, units, nulls]: readonly string[]): IpacColumn[] {
  if (names === undefined) return [];
  const bars = [...names.matchAll(/\|/g)].map((match) => match.index);
  const part = (line: string | undefined, start: number, end: number) => line?.slice(start, end).trim() ?? "";
  return bars.slice(0, -1).map((bar, index) => {
    // The last column may be wider in the rows than in the head.
    const [start, headEnd] = [bar + 1, bars[index + 1]!];
    return {
      name: part(names, start, headEnd),
      unit: part(units, start, headEnd),
      nullText: part(nulls, start, headEnd) || "null",
      start,
      end: index === bars.length - 2 ? Infinity : headEnd,
    };
  });
}
