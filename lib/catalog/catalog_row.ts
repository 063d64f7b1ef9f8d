import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import { slug } from "../files/slug.ts";
import type { CatalogColumns } from "./catalog_columns.ts";
import type {
  CatalogMapping,
  CatalogProblem,
  CatalogProblemCode,
  CatalogSource,
  ProperMotion,
} from "./catalog_source.ts";
import { readProfile } from "./extended_profile.ts";
import { isDeclinationDeg, isRightAscensionDeg } from "./position_range.ts";
import { parseDeclination, parseRightAscension } from "./sexagesimal.ts";

/** Longest name of a target. */
const MAX_NAME_LENGTH = 256;

/** What a row is called: known even when the rest of the row is wrong. */
export type CatalogRowNames = Pick<CatalogSource, "sourceId" | "sourceName" | "slug" | "line">;

/** One row that has been read. */
export interface CatalogRow {
  /** What the row is called; empty text where it says nothing. */
  readonly names: CatalogRowNames;
  /** The target, or undefined when the row has a problem. */
  readonly source: CatalogSource | undefined;
}

/** What the row hash is made of. */
type RowValues = Omit<CatalogSource, "slug" | "rowHash" | "line" | "extra">;

/** Reads the rows of one catalog. */
export class CatalogRowReader {
  readonly #columns: CatalogColumns;
  readonly #mapping: CatalogMapping;
  readonly #report: (problem: CatalogProblem) => void;
  #line = 0;
  #failed = false;

  /** Reads rows with these columns; `report` is told of every problem. */
  constructor(columns: CatalogColumns, mapping: CatalogMapping, report: (problem: CatalogProblem) => void) {
    this.#columns = columns;
    this.#mapping = mapping;
    this.#report = report;
  }

  /** Reads a row; every problem of the row is reported. */
  read(cells: readonly string[], line: number): CatalogRow {
    this.#line = line;
    this.#failed = false;
    const isTooLong = cells.slice(this.#columns.names.length).some((cell) => cell.trim() !== "");
    const values = isTooLong ? this.#tooManyCells(cells) : this.#values(cells);
    const { sourceId, sourceName } = values;
    const names = { sourceId, sourceName, slug: slug(sourceName), line };
    const extra = this.#extra(cells);
    if (!isTooLong) this.#checkProfile(extra);
    if (this.#failed) return { names, source: undefined };
    const rowHash = sha256Hex(canonicalJson(values));
    return { names, source: { ...values, slug: names.slug, rowHash, line, extra } };
  }

  /** Reports a row whose cells cannot be told apart; its names are those of a row that says nothing. */
  #tooManyCells(cells: readonly string[]): RowValues {
    const expected = this.#columns.names.length;
    this.#fail("catalog/malformed", null, `The row has ${cells.length} cells: expected ${expected}`);
    return {
      sourceId: "",
      sourceName: "",
      rightAscensionDeg: NaN,
      declinationDeg: NaN,
      cutoutSizeArcsec: null,
      properMotion: null,
    };
  }

  /** Reads the cells of a row. */
  #values(cells: readonly string[]): RowValues {
    const columns = this.#columns;
    return {
      sourceId: this.#name(cells, columns.sourceId),
      sourceName: columns.sourceName === columns.sourceId
        ? (cells[columns.sourceName] ?? "").trim()
        : this.#name(cells, columns.sourceName),
      rightAscensionDeg: this.#rightAscension(cells),
      declinationDeg: this.#declination(cells),
      cutoutSizeArcsec: this.#cutoutSize(cells),
      properMotion: this.#properMotion(cells),
    };
  }

  #fail(code: CatalogProblemCode, column: number | null, message: string): void {
    this.#failed = true;
    this.#report({
      severity: "error",
      code,
      message,
      line: this.#line,
      column: column === null ? null : this.#columns.names[column]!,
    });
  }

  #name(cells: readonly string[], column: number): string {
    const text = (cells[column] ?? "").trim();
    const label = this.#columns.names[column]!;
    if (text === "") this.#fail("catalog/empty-name", column, `${label} is empty`);
    else if (text.length > MAX_NAME_LENGTH) {
      this.#fail(
        "catalog/invalid-name",
        column,
        `${label} has ${text.length} characters: expected at most ${MAX_NAME_LENGTH}`,
      );
      // deno-lint-ignore no-control-regex
    } else if (/[\u0000-\u001f\u007f\ufffd]/.test(text)) {
      this.#fail(
        "catalog/invalid-name",
        column,
        `${label} is ${shown(text)}: expected UTF-8 text without control characters`,
      );
    }
    return text;
  }

  #rightAscension(cells: readonly string[]): number {
    const text = (cells[this.#columns.ra] ?? "").trim();
    const value = parseRightAscension(text);
    const label = this.#columns.names[this.#columns.ra]!;
    if (value === undefined || !Number.isFinite(value)) {
      this.#fail(
        "catalog/invalid-value",
        this.#columns.ra,
        `${label} is ${shown(text)}: expected degrees such as 68.0516625, or hours such as 04:32:12.4`,
      );
    } else if (!isRightAscensionDeg(value)) {
      this.#fail(
        "catalog/out-of-range",
        this.#columns.ra,
        `${label} is ${shown(text)}: expected 0 to below 360 degrees`,
      );
    }
    return value ?? NaN;
  }

  #declination(cells: readonly string[]): number {
    const text = (cells[this.#columns.dec] ?? "").trim();
    const value = parseDeclination(text);
    const label = this.#columns.names[this.#columns.dec]!;
    if (value === undefined || !Number.isFinite(value)) {
      this.#fail(
        "catalog/invalid-value",
        this.#columns.dec,
        `${label} is ${shown(text)}: expected degrees such as -5.3776417 or -05:22:39.5`,
      );
    } else if (!isDeclinationDeg(value)) {
      this.#fail(
        "catalog/out-of-range",
        this.#columns.dec,
        `${label} is ${shown(text)}: expected -90 to 90 degrees`,
      );
    }
    return value ?? NaN;
  }

  /** The number in an optional cell, or null when it is empty or says that there is none. */
  #optionalNumber(cells: readonly string[], column: number | undefined, expected: string): number | null {
    if (column === undefined) return null;
    const text = (cells[column] ?? "").trim();
    if (text === "" || /^(nan|null|none|n\/a|--)$/i.test(text)) return null;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    this.#fail(
      "catalog/invalid-value",
      column,
      `${this.#columns.names[column]} is ${shown(text)}: expected ${expected}`,
    );
    return null;
  }

  #cutoutSize(cells: readonly string[]): number | null {
    const { size } = this.#columns;
    const value = this.#optionalNumber(cells, size, "a size in arcseconds, or nothing");
    const { minSizeArcsec, maxSizeArcsec } = this.#mapping;
    if (value === null || (value >= minSizeArcsec && value <= maxSizeArcsec)) return value;
    this.#fail(
      "catalog/out-of-range",
      size!,
      `${this.#columns.names[size!]} is ${value}: expected ${minSizeArcsec} to ${maxSizeArcsec} arcsec`,
    );
    return null;
  }

  #properMotion(cells: readonly string[]): ProperMotion | null {
    const { pmRa, pmDec, epoch } = this.#columns;
    const raMasPerYear = this.#optionalNumber(cells, pmRa, "a proper motion in mas/yr, or nothing");
    const decMasPerYear = this.#optionalNumber(cells, pmDec, "a proper motion in mas/yr, or nothing");
    const epochYear = this.#optionalNumber(cells, epoch, "a Julian year such as 2016.0, or nothing");
    if (epochYear !== null && (epochYear < 1800 || epochYear > 2200)) {
      this.#fail(
        "catalog/out-of-range",
        epoch!,
        `${this.#columns.names[epoch!]} is ${epochYear}: expected a Julian year from 1800 to 2200`,
      );
    }
    if (raMasPerYear === null && decMasPerYear === null) return null;
    return { raMasPerYear: raMasPerYear ?? 0, decMasPerYear: decMasPerYear ?? 0, epochYear };
  }

  /** Reports what is wrong with the shape of an extended target. */
  #checkProfile(extra: Readonly<Record<string, string>>): void {
    for (const { column, message } of readProfile(extra).problems) {
      const index = this.#columns.names.indexOf(column);
      this.#fail("catalog/invalid-profile", index < 0 ? null : index, message);
    }
  }

  #extra(cells: readonly string[]): Record<string, string> {
    const entries: [string, string][] = [];
    for (const index of this.#columns.others) {
      const text = cells[index]?.trim();
      if (text) entries.push([this.#columns.names[index]!, text]);
    }
    return Object.fromEntries(entries);
  }
}

/** A cell as a message shows it. */
function shown(text: string): string {
  if (text === "") return "empty";
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}
