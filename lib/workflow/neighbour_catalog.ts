import { resolve } from "node:path";
import { catalogError, readCatalog } from "../catalog/read_catalog.ts";
import type { Config } from "../config/schema.ts";
import type { FitTarget } from "./fit_job.ts";
import { catalogMapping } from "./ingest_catalog.ts";

/**
 * Reads the sources of the neighbour catalog that the configuration names, with the columns of the target list; none
 * when it names none. Throws `catalog/*`.
 */
export async function readNeighbourCatalog(config: Config, projectDirectory: string): Promise<FitTarget[]> {
  const { neighbors_path: name } = config.catalog;
  if (name === null) return [];
  const path = resolve(projectDirectory, name);
  const reading = await readCatalog(path, { ...catalogMapping(config), duplicateToleranceArcsec: 0 });
  const error = catalogError(reading, path);
  if (error !== undefined) throw error;
  return reading.sources.map(({ rightAscensionDeg, declinationDeg, properMotion }) => ({
    rightAscensionDeg,
    declinationDeg,
    properMotionRaMasPerYear: properMotion?.raMasPerYear ?? null,
    properMotionDecMasPerYear: properMotion?.decMasPerYear ?? null,
    referenceEpochYear: properMotion?.epochYear ?? null,
  }));
}
