import { join } from "node:path";
import { catalogError, problemLine, readCatalog } from "../../catalog/read_catalog.ts";
import type { CatalogSource } from "../../catalog/catalog_source.ts";
import { loadConfig } from "../../config/layers.ts";
import { isTaggedError, type TaggedError } from "../../core/errors.ts";
import { catalogMapping } from "../ingest_catalog.ts";
import { parseCutoutSize } from "./cutout_geometry.ts";
import { Pipeline } from "./pipeline.ts";
import { DEFAULT_CUTOUT_SIZE } from "./pipeline_parameters.ts";
import type { PipelineConfig, PipelineRunOptions } from "./pipeline_options.ts";
import { PIPELINE_STAGES, type PipelineProperMotion, type PipelineState } from "./pipeline_types.ts";
import { groupIntoFields, type SourceField } from "./source_fields.ts";

/** Many sources, and how they are measured; columns are named under `catalog` of the program's configuration. */
export interface CatalogPipelineConfig
  extends Omit<PipelineConfig, "ra" | "dec" | "name" | "properMotion" | "cutoutCenter" | "dataDir"> {
  /** A CSV file with a row for each source. */
  readonly catalog: string;
  /** Whether stages that are done stay as they are. @default {false} */
  readonly resume?: boolean | undefined;
}

/** What came of one source. */
export interface CatalogPipelineSource {
  /** Name of the source. */
  readonly name: string;
  /** Folder of its state file and results. */
  readonly outputDir: string;
  /** The stage that comes next, or `complete`; null when the state cannot be read. */
  readonly stage: PipelineState["stage"] | null;
  /** Images that cover it; null before the query. */
  readonly images: number | null;
  /** Images with a flux; null before the processing. */
  readonly measured: number | null;
  /** Why it was not finished; null when it was. */
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

/** What came of a catalog. */
export interface CatalogPipelineResult {
  /** The sources, in the order of the catalog. */
  readonly sources: readonly CatalogPipelineSource[];
  /** Rows that could not be used, and what else is odd about the catalog: `file:line: message`. */
  readonly problems: readonly string[];
  /** Fields of which cutouts are fetched together. */
  readonly fields: number;
}

/** A source with the size of its cutouts. */
interface Member {
  readonly source: CatalogSource;
  readonly rightAscensionDeg: number;
  readonly declinationDeg: number;
  readonly sizeArcsec: number;
}

/** One source while it is worked on. */
interface SourceWork {
  readonly config: PipelineConfig;
  /** How far it is; all that is kept of a source, for a catalog may be long. */
  progress: Pick<CatalogPipelineSource, "stage" | "images" | "measured">;
  error: TaggedError | undefined;
}

/** The name of a field, from its middle. */
function fieldName({ rightAscensionDeg: ra, declinationDeg: dec }: SourceField<Member>): string {
  return `J${ra.toFixed(4)}${dec < 0 ? "-" : "+"}${Math.abs(dec).toFixed(4)}`;
}

function properMotionOf({ properMotion: motion }: CatalogSource): PipelineProperMotion | undefined {
  if (motion === null || motion.epochYear === null) return undefined;
  return {
    ra_mas_per_yr: motion.raMasPerYear,
    dec_mas_per_yr: motion.decMasPerYear,
    epoch_yr: motion.epochYear,
  };
}

/** The pipeline of a source in a field; sources that share cutouts share the folder that they are in. */
function sourceConfig(
  { source, sizeArcsec }: Member,
  field: SourceField<Member>,
  { catalog: _, resume: __, ...shared }: CatalogPipelineConfig,
): PipelineConfig {
  const isAlone = field.members.length === 1;
  return {
    ...shared,
    ra: source.rightAscensionDeg,
    dec: source.declinationDeg,
    name: source.sourceName,
    properMotion: properMotionOf(source),
    outputDir: join(shared.outputDir, source.slug),
    ...(isAlone
      ? { cutoutSize: source.cutoutSizeArcsec === null ? shared.cutoutSize : `${sizeArcsec}arcsec` }
      : {
        dataDir: `../fields/${fieldName(field)}`,
        cutoutCenter: `${field.rightAscensionDeg.toFixed(8)},${field.declinationDeg.toFixed(8)}`,
        cutoutSize: `${field.sizeArcsec.toFixed(3)}arcsec`,
      }),
  };
}

/** Does work on items, so many at once. */
async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const hands = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of rest) await work(item);
  });
  await Promise.all(hands);
}

/** Runs stages of a source. Why it failed is kept and told; what stops the program goes on up. */
async function runStages(
  source: SourceWork,
  options: PipelineRunOptions,
  isResumed: boolean,
): Promise<void> {
  if (source.error !== undefined) return;
  const { signal, onEvent } = options;
  signal?.throwIfAborted();
  const pipeline = new Pipeline(source.config, options);
  try {
    await (isResumed ? pipeline.resume() : pipeline.runFullPipeline());
  } catch (error) {
    if (!isTaggedError(error) || isTaggedError(error, "interrupted") || signal?.aborted) throw error;
    source.error = error;
    const { code, message, hint = null } = error;
    onEvent?.({ type: "source_failed", sourceName: source.config.name!, code, message, hint });
  }
  source.progress = await progressOf(pipeline);
}

/** How far a source is. */
async function progressOf(pipeline: Pipeline): Promise<SourceWork["progress"]> {
  try {
    const { stage, completed_stages, query_results, photometry_results } = await pipeline.state();
    const isProcessed = completed_stages.includes("processing");
    return {
      stage,
      images: query_results?.observations.length ?? null,
      measured: isProcessed ? photometry_results.filter((row) => row.flux !== null).length : null,
    };
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    return { stage: null, images: null, measured: null };
  }
}

function resultOf({ config, progress, error }: SourceWork): CatalogPipelineSource {
  return {
    name: config.name!,
    outputDir: config.outputDir,
    ...progress,
    error: error === undefined
      ? null
      : { code: error.code, message: error.message, hint: error.hint ?? null },
  };
}

/**
 * Runs the pipeline for each source of a catalog, each in a folder of its own below `outputDir`. Sources near each other
 * share cutouts: one is fetched of each image for all of them. A source that fails is told of, and the others go on; so
 * are rows that cannot be used.
 *
 * Throws `catalog/*` when no row can be used, `usage/*`, `interrupted/*`.
 */
export async function runCatalogPipeline(
  options: CatalogPipelineConfig & PipelineRunOptions,
): Promise<CatalogPipelineResult> {
  const { config } = await loadConfig({ overrides: options.config ?? {} });
  const reading = await readCatalog(options.catalog, catalogMapping(config));
  const problems = reading.problems.map((problem) => problemLine(problem, options.catalog));
  if (reading.sources.length === 0) {
    throw catalogError(reading, options.catalog, "run the same command again")!;
  }
  for (const message of problems) options.onEvent?.({ type: "warning", message });
  const { widthArcsec, heightArcsec } = parseCutoutSize(options.cutoutSize ?? DEFAULT_CUTOUT_SIZE);
  const members = reading.sources.map((source): Member => ({
    source,
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    sizeArcsec: source.cutoutSizeArcsec ?? Math.max(widthArcsec, heightArcsec),
  }));
  const fields = groupIntoFields(members);
  const works = fields.flatMap((field) =>
    field.members.map((member): SourceWork => ({
      config: sourceConfig(member, field, options),
      progress: { stage: null, images: null, measured: null },
      error: undefined,
    }))
  );
  await runAll(works, options, config.discovery.concurrency);
  const order = new Map(reading.sources.map(({ sourceName }, index) => [sourceName, index]));
  works.sort((a, b) => order.get(a.config.name!)! - order.get(b.config.name!)!);
  return { sources: works.map(resultOf), problems, fields: fields.length };
}

/** Queries for some sources at once, then goes on source by source: each fetches with all that the archive allows. */
async function runAll(
  works: readonly SourceWork[],
  options: CatalogPipelineConfig & PipelineRunOptions,
  queriesAtOnce: number,
): Promise<void> {
  const { signal, onEvent, stages = PIPELINE_STAGES, resume = false } = options;
  const isQueried = stages.includes("query");
  if (isQueried) {
    await eachOf(
      works,
      queriesAtOnce,
      (work) => runStages(work, { signal, onEvent, stages: ["query"] }, resume),
    );
  }
  // A new query has made all later stages open.
  for (const work of works) await runStages(work, { signal, onEvent, stages }, resume || isQueried);
}
