import type { Database } from "./database.ts";
import { IS_NEWEST_MATCH } from "./products.ts";
import type { StoredInputs } from "./measurements.ts";

/** A stored measurement with everything that was kept beside it. */
export interface ExplainedMeasurement extends StoredInputs {
  /** Wavelength at the source, micrometres; null when there is none. */
  readonly wavelengthMicron: number | null;
  /** Signed forced flux, microjansky; null when the fit failed. */
  readonly fluxMicroJy: number | null;
  /** Standard deviation of the flux, microjansky; null when the fit failed. */
  readonly fluxErrorMicroJy: number | null;
  /** `measured`, `failed_background` or `invalid_fit`. */
  readonly measurementStatus: string;
  /** `detected`, `non_detection`, `negative_flux`, … */
  readonly detectionStatus: string;
  /** 1 when the row may be used without inspection. */
  readonly scienceRecommended: number;
  /** Names of the photometry flags, joined by semicolons. */
  readonly photometryFlags: string;
  /** The row of the spectra table, as JSON. */
  readonly rowJson: string;
  /** What the number was made from and with, as JSON. */
  readonly provenanceJson: string;
  /** 1 for the current measurement of its source and image. */
  readonly current: number;
  /** 1 for a row of the published spectrum. */
  readonly published: number;
  /** When it was measured. */
  readonly createdAt: string;
  /** Run that measured it. */
  readonly runId: string;
}

const COLUMNS = `m.measurement_id AS measurementId, m.source_id AS sourceId, m.product_id AS productId,
  m.source_row_hash AS sourceRowHash, m.target_hash AS targetHash, m.cutout_key AS cutoutKey,
  m.cutout_sha256 AS cutoutSha256, m.spectral_wcs_calibration_id AS spectralWcsCalibrationId,
  m.solid_angle_calibration_id AS solidAngleCalibrationId, m.psf_calibration_id AS psfCalibrationId,
  m.flux_correction_calibration_id AS fluxCorrectionCalibrationId, m.photometry_config_hash AS photometryConfigHash,
  m.code_version AS codeVersion, m.schema_version AS schemaVersion, m.wavelength_micron AS wavelengthMicron,
  m.flux_micro_jy AS fluxMicroJy, m.flux_error_micro_jy AS fluxErrorMicroJy,
  m.measurement_status AS measurementStatus, m.detection_status AS detectionStatus,
  m.science_recommended AS scienceRecommended, m.photometry_flags AS photometryFlags, m.row_json AS rowJson,
  m.provenance_json AS provenanceJson, m.current, m.created_at AS createdAt, m.run_id AS runId,
  m.current = 1 AND EXISTS (SELECT 1 FROM matches JOIN products USING (product_id)
    WHERE matches.source_id = m.source_id AND matches.product_id = m.product_id AND ${IS_NEWEST_MATCH}) AS published`;

/** The measurements whose identity begins with a text: the one that is meant, or too many (at most two are given). */
export function measurementsStartingWith(database: Database, start: string): ExplainedMeasurement[] {
  // A range, so that the index is used; identities are lower-case hexadecimal.
  return database.all<ExplainedMeasurement>(
    `SELECT ${COLUMNS} FROM measurements AS m WHERE measurement_id >= ? AND measurement_id < ? LIMIT 2`,
    start,
    `${start}g`,
  );
}

/** The current measurements of a source, by wavelength. */
export function currentMeasurements(database: Database, sourceId: string): ExplainedMeasurement[] {
  return database.all<ExplainedMeasurement>(
    `SELECT ${COLUMNS} FROM measurements AS m WHERE source_id = ? AND current = 1
     ORDER BY wavelength_micron, measurement_id`,
    sourceId,
  );
}

/** What the catalog says of a source beside what is measured with. */
export interface CatalogEntry {
  /** 0 for a source that is no longer in the catalog. */
  readonly active: number;
  /** When it left the catalog; null while it is there. */
  readonly retiredAt: string | null;
  /** Path of the catalog as the configuration named it. */
  readonly catalogPath: string;
  /** SHA-256 of the catalog. */
  readonly catalogVersionId: string;
}

/** Where a source's row comes from. */
export function catalogEntry(database: Database, sourceId: string): CatalogEntry {
  return database.first<CatalogEntry>(
    `SELECT active, retired_at AS retiredAt, path AS catalogPath, catalog_version_id AS catalogVersionId
     FROM sources JOIN catalog_versions USING (catalog_version_id) WHERE source_id = ?`,
    sourceId,
  )!;
}
