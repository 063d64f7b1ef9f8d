import { catalogError, type CatalogReading, readCatalog } from "../catalog/read_catalog.ts";
import type { CatalogMapping, CatalogSource } from "../catalog/catalog_source.ts";
import type { Config } from "../config/schema.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { WorkflowEvent } from "./events.ts";
import type { Project } from "./project.ts";

/** How the configuration says that a catalog is to be read. */
export function catalogMapping({ catalog, cutouts }: Config): CatalogMapping {
  return {
    sourceIdColumn: catalog.source_id_column,
    sourceNameColumn: catalog.source_name_column,
    raColumn: catalog.ra_column,
    decColumn: catalog.dec_column,
    sizeColumn: cutouts.size_column,
    minSizeArcsec: cutouts.min_size_arcsec,
    maxSizeArcsec: cutouts.max_size_arcsec,
    pmRaColumn: catalog.pm_ra_column,
    pmDecColumn: catalog.pm_dec_column,
    epochColumn: catalog.epoch_column,
    duplicateToleranceArcsec: catalog.duplicate_position_tolerance_arcsec,
  };
}

function sourceRecord(source: CatalogSource): SourceRecord {
  return {
    sourceId: source.sourceId,
    sourceName: source.sourceName,
    slug: source.slug,
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    cutoutSizeArcsec: source.cutoutSizeArcsec,
    properMotionRaMasPerYear: source.properMotion?.raMasPerYear ?? null,
    properMotionDecMasPerYear: source.properMotion?.decMasPerYear ?? null,
    referenceEpochYear: source.properMotion?.epochYear ?? null,
    rowHash: source.rowHash,
    extraJson: JSON.stringify(source.extra),
  };
}

/**
 * Reads the project's catalog. Throws catalog/… with all its errors when it cannot be used; `nextStep` is what their
 * hint says to do once the rows are correct.
 */
export async function readProjectCatalog(
  config: Config,
  path: string,
  nextStep?: string,
): Promise<CatalogReading> {
  const reading = await readCatalog(path, catalogMapping(config));
  const error = catalogError(reading, path, nextStep);
  if (error !== undefined) throw error;
  return reading;
}

/** Takes the project's catalog over into its database; rows that are gone are retired, not removed. */
export async function* ingestCatalog(project: Project): AsyncGenerator<WorkflowEvent> {
  const path = project.paths.catalog;
  const reading = await readProjectCatalog(project.config, path);
  for (const problem of reading.problems) {
    yield {
      type: "warning",
      message: `${path}${problem.line === null ? "" : `:${problem.line}`}: ${problem.message}`,
    };
  }
  const change = project.sources.ingest(
    reading.sources.map(sourceRecord),
    { id: reading.sha256, path: project.config.catalog.path, rowCount: reading.rowCount },
    new Date().toISOString(),
  );
  const { added, changed, retired } = change;
  yield {
    type: "catalog_ingested",
    path: project.config.catalog.path,
    sources: reading.sources.length,
    added,
    changed,
    retired,
  };
}
