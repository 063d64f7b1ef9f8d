import { Database } from "../../lib/store/database.ts";
import type { CutoutRecord } from "../../lib/store/cutouts.ts";
import type { MeasurementRecord } from "../../lib/store/measurements.ts";
import { type ProductRecord, ProductTable } from "../../lib/store/products.ts";
import { type SourceRecord, SourceTable } from "../../lib/store/sources.ts";

/** A fixed time for rows whose time does not matter. */
export const NOW = "2026-11-20T00:00:00.000Z";

/** A source named `name`, with any of its properties replaced. */
export function source(name: string, changes: Partial<SourceRecord> = {}): SourceRecord {
  return {
    sourceId: name,
    sourceName: name,
    slug: name,
    rightAscensionDeg: 68.05,
    declinationDeg: -5.37,
    cutoutSizeArcsec: null,
    properMotionRaMasPerYear: null,
    properMotionDecMasPerYear: null,
    referenceEpochYear: null,
    rowHash: `row-${name}`,
    extraJson: "{}",
    ...changes,
  };
}

/** A product with the given identity, with any of its properties replaced. */
export function product(productId: string, changes: Partial<ProductRecord> = {}): ProductRecord {
  return {
    productId,
    collection: "spherex_qr2",
    release: "QR2",
    observationId: `2025W51_1A_${productId}_1`,
    detector: 3,
    planningPeriod: "2025W51_1A",
    processingVersion: "l2b-v21-2025-354",
    processingDate: "2025-354",
    parentFilename: `level2_2025W51_1A_${productId}_1D3_spx_l2b-v21-2025-354.fits`,
    accessUrl: `http://archive.invalid/${productId}.fits`,
    cloudKey: null,
    startMjd: 61027.2,
    endMjd: 61027.3,
    productJson: "{}",
    ...changes,
  };
}

/** A valid cutout of a source and product. */
export function cutout(
  sourceId: string,
  productId: string,
  changes: Partial<CutoutRecord> = {},
): CutoutRecord {
  return {
    cutoutKey: `cutout-${sourceId}-${productId}`,
    sourceId,
    productId,
    localPath: `data/cutouts/${sourceId}/${productId}.fits`,
    sizeArcsec: 60,
    state: "valid",
    fileSizeBytes: 5_000_000,
    sha256: `sha-${sourceId}-${productId}`,
    contentSha256: `content-${sourceId}-${productId}`,
    accessRoute: "cutout",
    psfFileSha256: null,
    validationStatus: "passed",
    validationReason: null,
    validationJson: "{}",
    ...changes,
  };
}

/** A measurement of a source on a product. */
export function measurement(
  sourceId: string,
  productId: string,
  changes: Partial<MeasurementRecord> = {},
): MeasurementRecord {
  return {
    measurementId: `measurement-${sourceId}-${productId}`,
    sourceId,
    productId,
    sourceRowHash: `row-${sourceId}`,
    targetHash: `row-${sourceId}`,
    psfCalibrationId: null,
    fluxCorrectionCalibrationId: null,
    cutoutKey: `cutout-${sourceId}-${productId}`,
    cutoutSha256: `sha-${sourceId}-${productId}`,
    spectralWcsCalibrationId: "spectral",
    solidAngleCalibrationId: "solid-angle",
    photometryConfigHash: "config",
    codeVersion: "1",
    schemaVersion: "1",
    detector: 3,
    wavelengthMicron: 2,
    fluxMicroJy: -12.5,
    fluxErrorMicroJy: 5,
    measurementStatus: "measured",
    detectionStatus: "negative_flux",
    scienceRecommended: false,
    photometryFlags: "NEGATIVE_FORCED_FLUX",
    rowJson: "{}",
    rowHash: "hash",
    provenanceJson: "{}",
    ...changes,
  };
}

/** A database in memory with sources A and B, and products P1 and P2 matched to A. */
export function filledDatabase(): Database {
  const database = new Database(":memory:");
  new SourceTable(database).ingest([source("A"), source("B")], {
    id: "catalog-1",
    path: "catalog.csv",
    rowCount: 2,
  }, NOW);
  new ProductTable(database).recordAnswer(
    { sourceId: "A", collection: "spherex_qr2", queryHash: "q", rowCount: 2, overflow: false },
    [product("P1"), product("P2")],
    1,
    NOW,
    "run-1",
  );
  return database;
}
