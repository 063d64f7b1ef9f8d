import { CsvRecordReader } from "../catalog/csv_records.ts";
import { USUAL_NAMES } from "../catalog/catalog_columns.ts";
import { readProfile } from "../catalog/extended_profile.ts";
import { positionProblem } from "../catalog/position_range.ts";
import { parseDeclination, parseRightAscension } from "../catalog/sexagesimal.ts";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import type { FileTarget } from "./file_target.ts";

/** Columns beyond these are the profile's, by the names that catalogs have. */
type ListColumn = "path" | "ra_deg" | "dec_deg" | "name" | "neighbors" | keyof typeof USUAL_NAMES;

/** A line of the list: what stands under a heading, empty text where nothing does. */
interface ListLine {
  readonly number: number;
  readonly cell: (column: ListColumn) => string;
  readonly named: Readonly<Record<string, string>>;
}

const REQUIRED = ["path", "ra_deg", "dec_deg"] as const;

const COLUMNS_HINT =
  "Optional are name, neighbors, the columns of a profile (effective_radius_arcsec, ...) and of a proper motion " +
  "(pm_ra_mas_per_yr, pm_dec_mas_per_yr, epoch); others are not looked at";

/** The names of the columns, lower case. Throws `catalog/bad-file-list` when one is missing. */
function readHeading(heading: readonly string[], list: string): readonly string[] {
  const names = heading.map((cell) => cell.trim().toLowerCase());
  if (REQUIRED.every((name) => names.includes(name))) return names;
  throw new TaggedError(
    "catalog/bad-file-list",
    `Cannot read the list ${list}: its columns are ${heading.join(", ")}, expected ${REQUIRED.join(", ")}`,
    { context: { path: list }, hint: COLUMNS_HINT },
  );
}

function readLine(names: readonly string[], cells: readonly string[], number: number): ListLine {
  const named: Record<string, string> = {};
  names.forEach((name, index) => {
    const text = (cells[index] ?? "").trim();
    if (text !== "") named[name] ??= text;
  });
  const cell = (column: ListColumn) =>
    (column in USUAL_NAMES ? USUAL_NAMES[column as keyof typeof USUAL_NAMES] : [column])
      .map((name) => named[name]).find((text) => text !== undefined) ?? "";
  return { number, cell, named };
}

/** A place as two cells or words give it; NaN for what is none. */
function readPlace(rightAscension: string, declination: string) {
  return {
    rightAscensionDeg: parseRightAscension(rightAscension) ?? NaN,
    declinationDeg: parseDeclination(declination) ?? NaN,
  };
}

/** The places in a cell such as `68.0512 -5.3771; 68.0533 -5.3764`. */
function readNeighbors(text: string): NonNullable<FileTarget["neighbors"]> {
  return text.split(";").map((part) => part.trim()).filter((part) => part !== "").map((part) => {
    const [rightAscension = "", declination = "", ...rest] = part.split(/\s+/);
    return rest.length === 0 ? readPlace(rightAscension, declination) : readPlace("", "");
  });
}

/** The proper motion of a line; undefined for none, text for what is wrong with it. */
function readMotion({ cell }: ListLine): FileTarget["properMotion"] | string {
  const [ra, dec, epoch] = [cell("pmRa"), cell("pmDec"), cell("epoch")];
  if (ra === "" && dec === "") return undefined;
  const [raMasPerYear, decMasPerYear, epochYear] = [Number(ra), Number(dec), Number(epoch || NaN)];
  if (!Number.isFinite(raMasPerYear + decMasPerYear)) return "a proper motion is two numbers in mas/yr";
  if (epochYear >= 1800 && epochYear <= 2200) return { raMasPerYear, decMasPerYear, epochYear };
  return "a proper motion needs the epoch of the position, a Julian year such as 2016.0";
}

/** What is wrong with a line, or undefined. */
function problemOf(line: ListLine, target: FileTarget, motion: unknown): string | undefined {
  const { cell, number, named } = line;
  const says = (text: string, rule: string) => `Line ${number} of the list has ${text}: ${rule}`;
  if (target.path === "") return says("no path", "the column path names the file to measure");
  const place = positionProblem(target);
  if (place !== undefined) return says(`the position "${cell("ra_deg")}", "${cell("dec_deg")}"`, place);
  if (typeof motion === "string") return says("a proper motion that cannot be used", motion);
  const badNeighbor = target.neighbors?.map(positionProblem).find((problem) => problem !== undefined);
  if (badNeighbor !== undefined) {
    const form = "expected pairs as 68.0512 -5.3771; 68.0533 -5.3764";
    return says(`the neighbors "${cell("neighbors")}"`, `${form}; ${badNeighbor}`);
  }
  const [wrong] = readProfile(named).problems;
  return wrong && says("a profile that cannot be used", wrong.message);
}

function targetOf(line: ListLine): FileTarget {
  const { cell, named } = line;
  const motion = readMotion(line);
  const neighbors = readNeighbors(cell("neighbors"));
  const target: FileTarget = {
    path: cell("path"),
    ...readPlace(cell("ra_deg"), cell("dec_deg")),
    name: cell("name") || null,
    ...(neighbors.length === 0 ? {} : { neighbors }),
    ...(typeof motion === "object" ? { properMotion: motion } : {}),
  };
  const problem = problemOf(line, target, motion);
  return problem === undefined ? { ...target, profile: readProfile(named).profile } : { ...target, problem };
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
 * `name`, `neighbors` (places of known sources, `68.0512 -5.3771; 68.0533 -5.3764`), the columns of a profile and of a
 * proper motion as catalogs have them. Relative paths start at the working directory. `-` is standard input.
 *
 * A line that cannot be used, such as one without a position, becomes a target with a problem. Throws `catalog/bad-file-list` when a column is missing
 * or a line is no CSV, `storage/*` when the list cannot be read.
 */
export async function* readFileList(list: string): AsyncGenerator<FileTarget> {
  const reader = new CsvRecordReader();
  let names: readonly string[] | undefined;
  const targets = function* (records: ReturnType<CsvRecordReader["push"]>): Generator<FileTarget> {
    for (const { line, cells, error } of records) {
      if (error !== undefined) {
        throw new TaggedError("catalog/bad-file-list", `Cannot read line ${line} of ${list}: ${error}`, {
          context: { path: list, line },
          hint: "Close the quote, or write a quote inside a quoted cell twice",
        });
      }
      if (names === undefined) names = readHeading(cells, list);
      else yield targetOf(readLine(names, cells, line));
    }
  };
  let isFirst = true;
  for await (const text of textOf(list)) {
    yield* targets(reader.push(isFirst ? text.replace(/^\ufeff/, "") : text));
    isFirst = false;
  }
  yield* targets(reader.end());
  if (names === undefined) {
    throw new TaggedError(
      "catalog/bad-file-list",
      `Cannot read the list ${list}: it is empty, expected a line with ${REQUIRED.join(", ")} first`,
      { context: { path: list }, hint: COLUMNS_HINT },
    );
  }
}
