import type { Database } from "./database.ts";
import { IS_NEWEST_MATCH } from "./products.ts";

/** Everything that a measurement depends on; a change of any makes it stale. */
export interface MeasurementInputs {
  /** The source measured. */
  readonly sourceId: string;
  /** The product it was measured on. */
  readonly productId: string;
  /** SHA-256 of the source's row in the catalog. */
  readonly sourceRowHash: string;
  /** SHA-256 of the row, the profile of the target and the places of its neighbours. */
  readonly targetHash: string;
  /** The cutout it was measured on. */
  readonly cutoutKey: string;
  /** SHA-256 of what is measured in the cutout. */
  readonly cutoutSha256: string;
  /** Calibration product that gave wavelength and bandwidth. */
  readonly spectralWcsCalibrationId: string;
  /** Calibration product that gave the pixels' solid angles. */
  readonly solidAngleCalibrationId: string;
  /** PSF product; null when the PSF is the image's own. */
  readonly psfCalibrationId: string | null;
  /** Flux correction; null when none is applied. */
  readonly fluxCorrectionCalibrationId: string | null;
  /** Hash of the configuration that changes numbers. */
  readonly photometryConfigHash: string;
  /** Version of the photometry code. */
  readonly codeVersion: string;
  /** Version of the output columns. */
  readonly schemaVersion: string;
}

/** The inputs of a stored measurement; null where they were not recorded, by programs before version 3 of the schema. */
export type StoredInputs =
  & Omit<MeasurementInputs, "sourceRowHash" | "targetHash">
  & {
    /** SHA-256 of the source's row in the catalog. */
    readonly sourceRowHash: string | null;
    /** SHA-256 of the row, the profile of the target and the places of its neighbours. */
    readonly targetHash: string | null;
    /** SHA-256 of all inputs. */
    readonly measurementId: string;
  };

const INPUT_COLUMNS = `measurement_id AS measurementId, source_id AS sourceId, product_id AS productId,
  source_row_hash AS sourceRowHash, target_hash AS targetHash, cutout_key AS cutoutKey, cutout_sha256 AS cutoutSha256,
  spectral_wcs_calibration_id AS spectralWcsCalibrationId, solid_angle_calibration_id AS solidAngleCalibrationId,
  psf_calibration_id AS psfCalibrationId, flux_correction_calibration_id AS fluxCorrectionCalibrationId,
  photometry_config_hash AS photometryConfigHash, code_version AS codeVersion, schema_version AS schemaVersion`;

/** A measurement as stored. */
export interface MeasurementRecord extends MeasurementInputs {
  /** SHA-256 of the inputs. */
  readonly measurementId: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
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
  /** Whether the row may be used without inspection. */
  readonly scienceRecommended: boolean;
  /** Names of the photometry flags, joined by semicolons. */
  readonly photometryFlags: string;
  /** The row of the spectra table, as JSON. */
  readonly rowJson: string;
  /** SHA-256 of the row. */
  readonly rowHash: string;
  /** What the number was made from and with, as JSON. */
  readonly provenanceJson: string;
}

/** The measurements of a project. Rows are never removed: a newer one takes the place of the current one. */
export class MeasurementTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The identities of the current measurements of a source, by product. */
  currentIds(sourceId: string): Map<string, string> {
    const rows = this.#database.all<{ productId: string; measurementId: string }>(
      `SELECT product_id AS productId, measurement_id AS measurementId FROM measurements
       WHERE source_id = ? AND current = 1`,
      sourceId,
    );
    const byProduct = new Map<string, string>();
    for (const { productId, measurementId } of rows) byProduct.set(productId, measurementId);
    return byProduct;
  }

  /** The current measurement of a source on a product. */
  current(sourceId: string, productId: string): StoredInputs | undefined {
    return this.#database.first<StoredInputs>(
      `SELECT ${INPUT_COLUMNS} FROM measurements WHERE source_id = ? AND product_id = ? AND current = 1`,
      sourceId,
      productId,
    );
  }

  /** Whether a measurement with this identity is stored, current or not. */
  exists(measurementId: string): boolean {
    return this.#database.first("SELECT 1 FROM measurements WHERE measurement_id = ?", measurementId) !==
      undefined;
  }

  /** The numbers of current measurements of a source, and of those recommended for science. */
  counts(sourceId: string): { measured: number; recommended: number } {
    return this.#database.first<{ measured: number; recommended: number }>(
      `SELECT count(*) AS measured, coalesce(sum(science_recommended), 0) AS recommended FROM measurements
       WHERE source_id = ? AND current = 1`,
      sourceId,
    )!;
  }

  /**
   * The rows that a source's outputs are made from: current, on matched products that are not superseded.
   * Measurements of products that the archive no longer offers stay stored but are not published.
   */
  publishedRows(
    sourceId: string,
  ): { measurementId: string; rowJson: string; rowHash: string; provenanceJson: string }[] {
    return this.#database.all<
      { measurementId: string; rowJson: string; rowHash: string; provenanceJson: string }
    >(
      `SELECT measurement_id AS measurementId, row_json AS rowJson, row_hash AS rowHash, provenance_json AS provenanceJson
       FROM measurements JOIN matches USING (source_id, product_id) JOIN products USING (product_id)
       WHERE source_id = ? AND current = 1 AND ${IS_NEWEST_MATCH}
       ORDER BY measurement_id`,
      sourceId,
    );
  }

  /** Stores a measurement as the current one of its source and product. */
  put(record: MeasurementRecord, now: string, runId: string): void {
    this.#database.write(
      "UPDATE measurements SET current = 0 WHERE source_id = ? AND product_id = ? AND current = 1 AND measurement_id <> ?",
      record.sourceId,
      record.productId,
      record.measurementId,
    );
    this.#database.write(
      `INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (measurement_id) DO UPDATE SET current = 1, wavelength_micron = excluded.wavelength_micron,
         flux_micro_jy = excluded.flux_micro_jy, flux_error_micro_jy = excluded.flux_error_micro_jy,
         measurement_status = excluded.measurement_status, detection_status = excluded.detection_status,
         science_recommended = excluded.science_recommended, photometry_flags = excluded.photometry_flags,
         row_json = excluded.row_json, row_hash = excluded.row_hash, provenance_json = excluded.provenance_json,
         created_at = excluded.created_at, run_id = excluded.run_id`,
      record.measurementId,
      record.sourceId,
      record.productId,
      record.cutoutKey,
      record.cutoutSha256,
      record.spectralWcsCalibrationId,
      record.solidAngleCalibrationId,
      record.photometryConfigHash,
      record.codeVersion,
      record.schemaVersion,
      record.detector,
      record.wavelengthMicron,
      record.fluxMicroJy,
      record.fluxErrorMicroJy,
      record.measurementStatus,
      record.detectionStatus,
      record.scienceRecommended ? 1 : 0,
      record.photometryFlags,
      record.rowJson,
      record.rowHash,
      record.provenanceJson,
      now,
      runId,
      record.sourceRowHash,
      record.targetHash,
      record.psfCalibrationId,
      record.fluxCorrectionCalibrationId,
    );
  }

  /** Makes a stored measurement the current one again, when its inputs have come back. Returns whether it exists. */
  revive(measurementId: string): boolean {
    const known = this.#database.first<{ sourceId: string; productId: string }>(
      "SELECT source_id AS sourceId, product_id AS productId FROM measurements WHERE measurement_id = ?",
      measurementId,
    );
    if (known === undefined) return false;
    this.#database.write(
      "UPDATE measurements SET current = 0 WHERE source_id = ? AND product_id = ? AND current = 1 AND measurement_id <> ?",
      known.sourceId,
      known.productId,
      measurementId,
    );
    this.#database.write(
      "UPDATE measurements SET current = 1 WHERE measurement_id = ? AND current = 0",
      measurementId,
    );
    return true;
  }

  /** Removes the measurements of products in whose place newer ones are measured for the same source. Returns how many. */
  dropReplaced(sourceId: string): number {
    return this.#database.write(
      `DELETE FROM measurements WHERE source_id = ? AND product_id IN (
         SELECT products.product_id FROM products JOIN measurements AS newer
           ON newer.product_id = products.superseded_by AND newer.source_id = ? AND newer.current = 1)`,
      sourceId,
      sourceId,
    );
  }
}
