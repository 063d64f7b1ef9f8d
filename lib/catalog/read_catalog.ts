import { TaggedError } from "../core/errors.ts";
import { Sha256Stream } from "../files/sha256.ts";
import { storageError } from "../files/storage_error.ts";
import { missingEpochProblems, nearDuplicateProblems, UniquenessCheck } from "./catalog_checks.ts";
import { findColumns } from "./catalog_columns.ts";
import { CatalogRowReader } from "./catalog_row.ts";
import type { CatalogMapping, CatalogProblem, CatalogProblemCode, CatalogSource } from "./catalog_source.ts";
import { type CsvRecord, CsvRecordReader } from "./csv_records.ts";

/** Problems that are kept word for word; more are counted. */
const MAX_PROBLEMS = 1000;

/** A catalog that has been read. */
export interface CatalogReading {
  /** The targets without problems, in the order of the file. */
  readonly sources: readonly CatalogSource[];
  /** What is wrong, in the order of the lines; the catalog is usable when there is no error among them. */
  readonly problems: readonly CatalogProblem[];
  /** Problems beyond the first thousand, which are counted only. */
  readonly furtherProblemCount: number;
  /** How many of all problems are errors. */
  readonly errorCount: number;
  /** Rows below the heading, with and without problems. */
  readonly rowCount: number;
  /** The heading's names. */
  readonly columns: readonly string[];
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** Reads one catalog from its bytes. */
class CatalogReader {
  readonly #mapping: CatalogMapping;
  readonly #records = new CsvRecordReader();
  readonly #hash = new Sha256Stream();
  readonly #decoder = new TextDecoder();
  readonly #unique: UniquenessCheck;
  readonly #problems: CatalogProblem[] = [];
  readonly #sources: CatalogSource[] = [];
  #rows: CatalogRowReader | undefined;
  #columns: readonly string[] | undefined;
  #problemCount = 0;
  #errorCount = 0;
  #rowCount = 0;
  #isUnreadable = false;

  constructor(mapping: CatalogMapping) {
    this.#mapping = mapping;
    this.#unique = new UniquenessCheck(mapping.sourceIdColumn, mapping.sourceNameColumn);
  }

  readonly #report = (problem: CatalogProblem): void => {
    this.#problemCount++;
    if (problem.severity === "error") this.#errorCount++;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  };

  #fileError(code: CatalogProblemCode, message: string, line: number | null): void {
    this.#report({ severity: "error", code, message, line, column: null });
  }

  /** Takes the next bytes of the file. */
  push(bytes: Uint8Array): void {
    if (this.#hash.byteCount === 0) this.#checkEncoding(bytes);
    this.#hash.update(bytes);
    if (!this.#isUnreadable) this.#addText(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Finds files that are no UTF-8 text by their first bytes. */
  #checkEncoding(bytes: Uint8Array): void {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (!isUtf16 && !bytes.subarray(0, 4096).includes(0)) return;
    this.#isUnreadable = true;
    this.#fileError(
      "catalog/malformed",
      isUtf16
        ? "The file is UTF-16 text: save it as CSV in UTF-8"
        : "The file is not text: expected a CSV file in UTF-8",
      null,
    );
  }

  #addText(text: string): void {
    for (const record of this.#records.push(text)) this.#addRecord(record);
  }

  #addRecord({ line, cells, error }: CsvRecord): void {
    if (error !== undefined) {
      if (this.#columns !== undefined) this.#rowCount++;
      this.#fileError("catalog/malformed", error, line);
    } else if (this.#columns === undefined) this.#addHeading(cells, line);
    else if (this.#rows !== undefined) this.#addRow(this.#rows, cells, line);
    else this.#rowCount++;
  }

  #addHeading(cells: readonly string[], line: number): void {
    this.#columns = cells.map((cell) => cell.trim());
    const { columns, problems } = findColumns(this.#columns, this.#mapping, line);
    problems.forEach(this.#report);
    if (columns !== undefined) this.#rows = new CatalogRowReader(columns, this.#mapping, this.#report);
  }

  #addRow(rows: CatalogRowReader, cells: readonly string[], line: number): void {
    this.#rowCount++;
    const { names, source } = rows.read(cells, line);
    const problem = this.#unique.add(names);
    if (problem !== undefined) this.#report(problem);
    else if (source !== undefined) this.#sources.push(source);
  }

  /** The catalog, once all bytes have come. */
  finish(): CatalogReading {
    if (!this.#isUnreadable) {
      this.#addText(this.#decoder.decode());
      for (const record of this.#records.end()) this.#addRecord(record);
      if (this.#rowCount === 0) {
        this.#fileError(
          "catalog/empty",
          this.#columns === undefined
            ? "The file is empty: expected a heading and one row for each target"
            : "The catalog has a heading but no rows",
          null,
        );
      }
    }
    this.#unique.collisionProblems().forEach(this.#report);
    const slugs = this.#unique.distinctSlugs();
    nearDuplicateProblems(this.#sources, this.#mapping.duplicateToleranceArcsec).forEach(this.#report);
    missingEpochProblems(this.#sources).forEach(this.#report);
    return {
      sources: slugs.size === 0
        ? this.#sources
        : this.#sources.map((source) => ({ ...source, slug: slugs.get(source.sourceId) ?? source.slug })),
      problems: this.#problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      furtherProblemCount: this.#problemCount - this.#problems.length,
      errorCount: this.#errorCount,
      rowCount: this.#rowCount,
      columns: this.#columns ?? [],
      sha256: this.#hash.hex(),
    };
  }
}

/**
 * Reads a catalog from bytes that arrive in pieces; see {@linkcode readCatalog}.
 *
 * @param chunks The file's bytes.
 * @param mapping Its columns and bounds.
 */
export async function readCatalogChunks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mapping: CatalogMapping,
): Promise<CatalogReading> {
  const reader = new CatalogReader(mapping);
  for await (const chunk of chunks) reader.push(chunk);
  return reader.finish();
}

/**
 * Reads a catalog: a CSV file in UTF-8 (with or without byte order mark) whose first row is the heading.
 *
 * Wrong content never throws: all problems come back together, each with its line.
 *
 * @param path The file.
 * @param mapping Its columns and bounds.
 * @throws {TaggedError} `catalog/not-found` when there is no such file, `storage/*` when it cannot be read.
 */
export async function readCatalog(path: string, mapping: CatalogMapping): Promise<CatalogReading> {
  try {
    using file = await Deno.open(path);
    const reader = new CatalogReader(mapping);
    const block = new Uint8Array(1 << 18);
    for (let count = await file.read(block); count !== null; count = await file.read(block)) {
      reader.push(block.subarray(0, count));
    }
    return reader.finish();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "read", path);
    throw new TaggedError("catalog/not-found", `The catalog ${path} does not exist`, {
      context: { path },
      cause: error,
      hint: "Name it with --catalog, or change catalog.path in the project's configuration",
    });
  }
}

/**
 * One error for a catalog that cannot be used; its code is that of the first error, its context holds all problems.
 * Returns undefined when the catalog has no errors; warnings do not count.
 *
 * @param reading What {@linkcode readCatalog} returned.
 * @param path The file, for the message.
 * @param nextStep What to do once the rows are correct.
 */
export function catalogError(
  reading: CatalogReading,
  path: string,
  nextStep = "run `spxcutdb validate --project DIR --catalog FILE` to check the whole catalog",
): TaggedError | undefined {
  const errors = reading.problems.filter((problem) => problem.severity === "error");
  const [first] = errors;
  if (first === undefined) return undefined;
  const shown = errors.slice(0, 20).map((problem) => `\n  ${problemLine(problem, path)}`);
  const more = reading.errorCount - shown.length;
  const message = reading.errorCount === 1
    ? problemLine(first, path)
    : `The catalog has ${reading.errorCount} errors:${shown.join("")}${
      more > 0 ? `\n  and ${more} more` : ""
    }`;
  return new TaggedError(first.code, message, {
    context: { path, error_count: reading.errorCount, problems: errors.map((problem) => ({ ...problem })) },
    hint: first.code === "catalog/missing-column"
      ? "Name the catalog's own columns with --target-id-column, --ra-column and --dec-column of `spxcutdb init`, " +
        "or under catalog: in spherex_cutoutdb.yaml"
      : `Correct the ${reading.errorCount === 1 ? "row" : "rows"}, then ${nextStep}`,
  });
}

/** A problem as editors read it: `file:line: message`. */
export function problemLine(problem: CatalogProblem, path: string): string {
  return `${path}${problem.line === null ? "" : `:${problem.line}`}: ${problem.message}`;
}
