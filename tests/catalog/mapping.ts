import type { CatalogMapping } from "../../lib/catalog/catalog_source.ts";
import { type CatalogReading, readCatalogChunks } from "../../lib/catalog/read_catalog.ts";

/** The columns and bounds of the tutorial. */
export const TUTORIAL_MAPPING: CatalogMapping = {
  sourceIdColumn: "Name",
  sourceNameColumn: "Name",
  raColumn: "RA_deg",
  decColumn: "DEC_deg",
  sizeColumn: "cutout_size_arcsec",
  minSizeArcsec: 6,
  maxSizeArcsec: 3600,
  pmRaColumn: null,
  pmDecColumn: null,
  epochColumn: null,
  duplicateToleranceArcsec: 0.2,
};

/** Reads a catalog from text. */
export function readText(text: string, mapping: Partial<CatalogMapping> = {}): Promise<CatalogReading> {
  return readCatalogChunks([new TextEncoder().encode(text)], { ...TUTORIAL_MAPPING, ...mapping });
}
