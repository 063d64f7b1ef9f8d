import { CsvRecordReader } from "../catalog/csv_records.ts";
import { parseDeclination, parseRightAscension } from "../catalog/sexagesimal.ts";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import type { FileTarget } from "./file_target.ts";

/** Where the columns of a list are. */
interface ListColumns {
  readonly path: number;
  readonly rightAscension: number;
  readonly declination: number;
  readonly name: number;
}

function findColumns(heading: readonly string[], list: string): ListColumns {
  const names = heading.map((cell) => cell.trim().toLowerCase());
  const columns = {
    path: names.indexOf("path"),
    rightAscension: names.indexOf("ra_deg"),
    declination: names.indexOf("dec_deg"),
    name: names.indexOf("name"),
  };
  if (columns.path >= 0 && columns.rightAscension >= 0 && columns.declination >= 0) return columns;
  throw new TaggedError(
    "catalog/bad-file-list",
    `Cannot read the list ${list}: its columns are ${heading.join(", ")}, expected path, ra_deg, dec_deg`,
    { context: { path: list }, hint: "A fourth column, name, is optional; others are not looked at" },
  );
}

/** What is wrong with a position; undefined when nothing is. */
function positionProblem(rightAscensionDeg: number, declinationDeg: number): string | undefined {
  if (!(rightAscensionDeg >= 0 && rightAscensionDeg <= 360)) return "ra_deg must be from 0 to 360";
  return declinationDeg >= -90 && declinationDeg <= 90 ? undefined : "dec_deg must be from -90 to 90";
}

function targetOf(cells: readonly string[], columns: ListColumns, line: number): FileTarget {
  const cell = (column: number) => (cells[column] ?? "").trim();
  const [rightAscension, declination] = [cell(columns.rightAscension), cell(columns.declination)];
  const rightAscensionDeg = parseRightAscension(rightAscension) ?? NaN;
  const declinationDeg = parseDeclination(declination) ?? NaN;
  const problem = positionProblem(rightAscensionDeg, declinationDeg);
  return {
    path: cell(columns.path),
    rightAscensionDeg,
    declinationDeg,
    name: cell(columns.name) || null,
    problem: problem &&
      `Line ${line} of the list has the position "${rightAscension}", "${declination}": ${problem}`,
  };
}

/** The text of a file, or of standard input for `-`, piece by piece. */
async function* textOf(list: string): AsyncGenerator<string> {
  try {
    const bytes = list === "-" ? Deno.stdin.readable : (await Deno.open(list)).readable;
    yield* bytes.pipeThrough(new TextDecoderStream());
  } catch (error) {
    throw storageError(error, "read", list);
  }
}

/**
 * The files that a list names, as they are read: CSV with the columns `path`, `ra_deg`, `dec_deg` and, optionally,
 * `name`. Relative paths start at the working directory. `-` is standard input.
 *
 * A line whose position is none becomes a target with a problem. Throws `catalog/bad-file-list` when a column is missing
 * or a line is no CSV, `storage/*` when the list cannot be read.
 */
export async function* readFileList(list: string): AsyncGenerator<FileTarget> {
  const reader = new CsvRecordReader();
  let columns: ListColumns | undefined;
  const targets = function* (records: ReturnType<CsvRecordReader["push"]>): Generator<FileTarget> {
    for (const { line, cells, error } of records) {
      if (error !== undefined) {
        throw new TaggedError("catalog/bad-file-list", `Cannot read line ${line} of ${list}: ${error}`, {
          context: { path: list, line },
        });
      }
      if (columns === undefined) columns = findColumns(cells, list);
      else yield targetOf(cells, columns, line);
    }
  };
  let isFirst = true;
  for await (const text of textOf(list)) {
    yield* targets(reader.push(isFirst ? text.replace(/^\ufeff/, "") : text));
    isFirst = false;
  }
  yield* targets(reader.end());
}
