import type { CatalogRowNames } from "./catalog_row.ts";
import type { CatalogProblem, CatalogSource } from "./catalog_source.ts";
import { nearPairs } from "./near_duplicates.ts";

/** What the targets of a catalog have been seen with so far. */
export class UniquenessCheck {
  readonly #idColumn: string;
  readonly #nameColumn: string;
  readonly #lineOfId = new Map<string, number>();
  readonly #rowOfSlug = new Map<string, CatalogRowNames>();

  /** Problems name these columns. */
  constructor(idColumn: string, nameColumn: string) {
    this.#idColumn = idColumn;
    this.#nameColumn = nameColumn;
  }

  /** The problem of a row whose identity or file names another row has already, or undefined. */
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
    // Folded, because some file systems do not tell capitals from small letters.
    const folded = source.slug.toLowerCase();
    const other = this.#rowOfSlug.get(folded);
    if (other === undefined) {
      this.#rowOfSlug.set(folded, source);
      return undefined;
    }
    return {
      severity: "error",
      code: "catalog/slug-collision",
      message: `${JSON.stringify(source.sourceName)} would have the same file names as ${
        JSON.stringify(other.sourceName)
      } on line ${other.line} (${source.slug}): rename one of them`,
      line: source.line,
      column: this.#nameColumn,
    };
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
