import { sourceSummaries, type SourceSummary } from "../store/summaries.ts";
import type { ProductRecord } from "../store/products.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** Which sources to tell of. */
export interface CoverageOptions extends ProjectOptions {
  /** Only sources with open failures. @default {false} */
  readonly failedOnly?: boolean;
  /** Only sources that no image covers. @default {false} */
  readonly withoutImagesOnly?: boolean;
}

/** What images there are of a source. */
export interface SourceCoverage {
  /** Identity of the source. */
  readonly sourceId: string;
  /** Name of the source. */
  readonly sourceName: string;
  /** `covered`, `no_images` when the archive was asked and has none, `not_asked` before that. */
  readonly coverage: "covered" | "no_images" | "not_asked";
  /** Images that cover it, the newest processing of each. */
  readonly images: number;
  /** Those of each detector, 1 to 6. */
  readonly imagesByDetector: readonly number[];
  /** Those of each collection. */
  readonly imagesByCollection: Readonly<Record<string, number>>;
  /** Beginning of the first exposure, MJD (UTC); null when no image has a time. */
  readonly firstMjd: number | null;
  /** End of the last exposure, MJD (UTC); null when no image has a time. */
  readonly lastMjd: number | null;
  /** Valid cutouts on disk. */
  readonly cutouts: number;
  /** Current measurements. */
  readonly measured: number;
  /** Items whose last try failed. */
  readonly failed: number;
}

/** What images there are of the sources of a project. */
export interface CoverageResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** The sources in catalog order. */
  readonly sources: readonly SourceCoverage[];
}

const DETECTORS = [1, 2, 3, 4, 5, 6] as const;

function timesOf(
  products: readonly Pick<ProductRecord, "startMjd" | "endMjd">[],
): Pick<SourceCoverage, "firstMjd" | "lastMjd"> {
  const starts = products.flatMap(({ startMjd }) => startMjd ?? []);
  const ends = products.flatMap(({ endMjd }) => endMjd ?? []);
  return {
    firstMjd: starts.length === 0 ? null : starts.reduce((first, start) => Math.min(first, start)),
    lastMjd: ends.length === 0 ? null : ends.reduce((last, end) => Math.max(last, end)),
  };
}

function coverageOf(project: Project, summary: SourceSummary): SourceCoverage {
  const { sourceId, sourceName, measured, failed } = summary;
  const products = project.products.matchedProducts(sourceId);
  const cutouts = [...project.cutouts.ofSource(sourceId).values()].filter(({ state }) => state === "valid");
  const imagesByCollection: Record<string, number> = {};
  for (const { collection } of products) {
    imagesByCollection[collection] = (imagesByCollection[collection] ?? 0) + 1;
  }
  const wasAsked = project.products.answeredQueries(sourceId).size > 0;
  return {
    sourceId,
    sourceName,
    coverage: products.length > 0 ? "covered" : wasAsked ? "no_images" : "not_asked",
    images: products.length,
    imagesByDetector: DETECTORS.map((detector) =>
      products.filter((product) => product.detector === detector).length
    ),
    imagesByCollection,
    ...timesOf(products),
    cutouts: cutouts.length,
    measured,
    failed,
  };
}

/**
 * Tells which images cover the sources of a project, by detector, collection and time, and how far they are.
 *
 * @throws {TaggedError} `config/…`, `project/no-database`, `store/…`.
 */
export async function coverage(options: CoverageOptions): Promise<CoverageResult> {
  using project = await Project.open(options);
  const sources = sourceSummaries(project.database, options.failedOnly === true)
    .map((summary) => coverageOf(project, summary))
    .filter(({ images }) => options.withoutImagesOnly !== true || images === 0);
  return { project: project.root, sources };
}
