import { nearestWord } from "../core/text.ts";
import type { CatalogMapping, CatalogProblem } from "./catalog_source.ts";

/** The names by which optional columns are found when nothing else names them. */
export const USUAL_NAMES = {
  pmRa: ["pm_ra_mas_per_yr", "pmra", "pm_ra"],
  pmDec: ["pm_dec_mas_per_yr", "pmdec", "pm_dec", "pmde"],
  epoch: ["epoch", "epoch_yr", "epoch_year", "ref_epoch"],
} as const;

/** The places of the columns in a row; undefined for an optional column that is not there. */
export interface CatalogColumns {
  /** Identity. */
  readonly sourceId: number;
  /** Name. */
  readonly sourceName: number;
  /** Right ascension. */
  readonly ra: number;
  /** Declination. */
  readonly dec: number;
  /** Cutout size. */
  readonly size: number | undefined;
  /** Proper motion in right ascension. */
  readonly pmRa: number | undefined;
  /** Proper motion in declination. */
  readonly pmDec: number | undefined;
  /** Epoch of the position. */
  readonly epoch: number | undefined;
  /** All names, in the order of the file. */
  readonly names: readonly string[];
  /** The places of all other columns. */
  readonly others: readonly number[];
}

/** The problem of a column that is not there. */
function missing(column: string, names: readonly string[], line: number): CatalogProblem {
  const nearest = names.find((name) => name.toLowerCase() === column.toLowerCase()) ??
    nearestWord(column, names);
  const looksSeparated = names.length === 1 && /[;\t|]/.test(names[0]!);
  const advice = looksSeparated
    ? "; the columns must be separated by commas"
    : nearest === undefined
    ? ""
    : `; did you mean ${nearest}?`;
  return {
    severity: "error",
    code: "catalog/missing-column",
    message: `There is no column ${column}: the columns are ${
      names.slice(0, 20).join(", ").slice(0, 300)
    }${advice}`,
    line,
    column,
  };
}

/** The problems of a heading that names a column twice. */
function repeated(names: readonly string[], line: number): CatalogProblem[] {
  return names.filter((name, index) =>
    name !== "" && names.indexOf(name) === index && names.includes(name, index + 1)
  )
    .map((name) => ({
      severity: "error",
      code: "catalog/malformed",
      message: `The heading names the column ${name} more than once`,
      line,
      column: name,
    }));
}

/**
 * Finds the columns of a catalog by its heading.
 *
 * @param names The heading's cells.
 * @param mapping The names to look for.
 * @param line The heading's line.
 * @returns The columns, or undefined with the problems that stand in the way.
 */
export function findColumns(
  names: readonly string[],
  mapping: CatalogMapping,
  line: number,
): { columns?: CatalogColumns; problems: CatalogProblem[] } {
  const problems = repeated(names, line);
  const lowered = names.map((name) => name.toLowerCase());
  function required(name: string): number {
    const index = names.indexOf(name);
    if (index < 0 && !problems.some((problem) => problem.column === name)) {
      problems.push(missing(name, names, line));
    }
    return index;
  }
  function optional(name: string | null, usual: readonly string[]): number | undefined {
    if (name !== null) return required(name);
    const found = usual.map((candidate) => lowered.indexOf(candidate)).find((index) => index >= 0);
    return found;
  }
  const size = names.indexOf(mapping.sizeColumn);
  const found = {
    sourceId: required(mapping.sourceIdColumn),
    sourceName: required(mapping.sourceNameColumn),
    ra: required(mapping.raColumn),
    dec: required(mapping.decColumn),
    size: size < 0 ? undefined : size,
    pmRa: optional(mapping.pmRaColumn, USUAL_NAMES.pmRa),
    pmDec: optional(mapping.pmDecColumn, USUAL_NAMES.pmDec),
    epoch: optional(mapping.epochColumn, USUAL_NAMES.epoch),
  };
  if (problems.length > 0) return { problems };
  const used = new Set<number | undefined>(Object.values(found));
  const others = [...names.keys()].filter((index) => !used.has(index) && names[index] !== "");
  return { columns: { ...found, names, others }, problems };
}
