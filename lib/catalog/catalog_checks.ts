import { hashedSlug } from "../files/slug.ts";
import type { CatalogRowNames } from "./catalog_row.ts";
import type { CatalogProblem, CatalogSource } from "./catalog_source.ts";
import { nearPairs } from "./near_duplicates.ts";

/** What the targets of a catalog have been seen with so far. */
export class UniquenessCheck {
  readonly #idColumn: string;
  readonly #nameColumn: string;
  readonly #lineOfId = new Map<string, number>();
  readonly #rowOfSlug = new Map<string, CatalogRowNames>();
  readonly #collisions = new Map<string, readonly CatalogRowNames[]>();

  /** Problems name these columns. */
  constructor(idColumn: string, nameColumn: string) {
    this.#idColumn = idColumn;
    this.#nameColumn = nameColumn;
  }

  /** The problem of a row whose identity or name another row has already, or undefined. */
  add(source: CatalogRowNames): CatalogProblem | undefined {
    if (source.sourceId === "" || source.sourceName === "") return undefined;
    const earlierLine = this.#lineOfId.get(source.sourceId);
    if (earlierLine !== undefined) {
      return {
        severity: "error",
        code: "catalog/duplicate-id",
        message: `${
          JSON.stringify(source.sourceId)
        } is already on line ${earlierLine}: expected a ${this.#idColumn} only once`,
        line: source.line,
        column: this.#idColumn,
      };
    }
    this.#lineOfId.set(source.sourceId, source.line);
    return this.#addSlug(source);
  }

  /** Takes the file names of a row; the problem when another row has the very same name. */
  #addSlug(source: CatalogRowNames): CatalogProblem | undefined {
    // Folded, because some file systems do not tell capitals from small letters.
    const folded = source.slug.toLowerCase();
    const first = this.#rowOfSlug.get(folded);
    if (first === undefined) {
      this.#rowOfSlug.set(folded, source);
      return undefined;
    }
    const group = this.#collisions.get(folded) ?? [first];
    const same = group.find((other) => other.sourceName === source.sourceName);
    if (same === undefined) {
      this.#collisions.set(folded, [...group, source]);
      return undefined;
    }
    return {
      severity: "error",
      code: "catalog/slug-collision",
      message:
        `${JSON.stringify(source.sourceName)} is already the ${this.#nameColumn} on line ${same.line}, ` +
        "and both would have the same file names: rename one of them",
      line: source.line,
      column: this.#nameColumn,
    };
  }

  /**
   * File names, by identity, of the rows whose names differ in nothing but capitals. Every one of them gets its hash,
   * so that the order of the rows decides nothing.
   */
  distinctSlugs(): ReadonlyMap<string, string> {
    const rows = [...this.#collisions.values()].flat();
    return new Map(rows.map(({ sourceId, sourceName }) => [sourceId, hashedSlug(sourceName)]));
  }

  /** Warnings about rows whose names differ in nothing but capitals. */
  collisionProblems(): CatalogProblem[] {
    return [...this.#collisions.values()].flatMap(([first, ...others]) =>
      others.map((other): CatalogProblem => ({
        severity: "warning",
        code: "catalog/slug-collision",
        message: `${JSON.stringify(other.sourceName)} differs from ${
          JSON.stringify(first!.sourceName)
        } on line ${first!.line} only in capitals: the files are named ${hashedSlug(other.sourceName)} and ${
          hashedSlug(first!.sourceName)
        }`,
        line: other.line,
        column: this.#nameColumn,
      }))
    );
  }
}

/** Warnings about targets that lie closer together than the tolerance. */
export function nearDuplicateProblems(
  sources: readonly CatalogSource[],
  toleranceArcsec: number,
): CatalogProblem[] {
  const pairs = nearPairs(
    Float64Array.from(sources, (source) => source.rightAscensionDeg),
    Float64Array.from(sources, (source) => source.declinationDeg),
    toleranceArcsec,
  );
  return pairs.map(({ first, second, separationArcsec }) => {
    const [a, b] = [sources[first]!, sources[second]!];
    return {
      severity: "warning",
      code: "catalog/near-duplicate",
      message: `${JSON.stringify(b.sourceId)} is ${separationArcsec.toFixed(3)} arcsec from ${
        JSON.stringify(a.sourceId)
      } on line ${a.line}: are they one target?`,
      line: b.line,
      column: null,
    };
  });
}

/** The warning of targets that have a proper motion but no epoch, so that nothing can be moved; none when all have one. */
export function missingEpochProblems(sources: readonly CatalogSource[]): CatalogProblem[] {
  const still = sources.filter(({ properMotion }) =>
    properMotion?.epochYear === null && (properMotion.raMasPerYear !== 0 || properMotion.decMasPerYear !== 0)
  );
  const [first] = still;
  if (first === undefined) return [];
  const which = still.length === 1
    ? `${JSON.stringify(first.sourceName)} has`
    : `${still.length} targets have`;
  return [{
    severity: "warning",
    code: "catalog/missing-epoch",
    message: `${which} a proper motion but no epoch and will be measured where the catalog puts them: ` +
      "expected a column epoch, a Julian year such as 2016.0",
    line: first.line,
    column: null,
  }];
}
