import { withoutSecrets } from "../core/public_text.ts";
import type { Database } from "./database.ts";

/** A calibration file of the project's cache. */
export interface CalibrationRecord {
  /** SHA-256 of release, product, detector, version and content. */
  readonly calibrationId: string;
  /** Data release, `QR2` or `QR3`. */
  readonly release: string;
  /** Kind of product, such as `spectral_wcs`. */
  readonly product: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Version, such as `cal-wcs-v4-2025-254`. */
  readonly version: string;
  /** Larger for newer versions. */
  readonly versionRank: number;
  /** Name of the file. */
  readonly filename: string;
  /** Path below the project folder. */
  readonly relativePath: string;
  /** Where it came from. */
  readonly sourceUrl: string;
  /** Size of the file, bytes. */
  readonly fileSizeBytes: number;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** `passed` or `failed_…`. */
  readonly validationStatus: string;
  /** Why the validation failed; null when it passed. */
  readonly validationReason: string | null;
  /** What the validation found, as JSON. */
  readonly summaryJson: string;
}

const COLUMNS =
  `calibration_id AS calibrationId, release, product, detector, version, version_rank AS versionRank, filename,
  relative_path AS relativePath, source_url AS sourceUrl, file_size_bytes AS fileSizeBytes, sha256,
  validation_status AS validationStatus, validation_reason AS validationReason, summary_json AS summaryJson`;

/** The calibration files that the project can measure with. */
export class CalibrationTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores a calibration file, in place of what was known of it. */
  put(record: CalibrationRecord, now: string): void {
    this.#database.write(
      `INSERT INTO calibration_products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         relative_path = excluded.relative_path, source_url = excluded.source_url,
         validation_status = excluded.validation_status, validation_reason = excluded.validation_reason,
         summary_json = excluded.summary_json`,
      record.calibrationId,
      record.release,
      record.product,
      record.detector,
      record.version,
      record.versionRank,
      record.filename,
      record.relativePath,
      withoutSecrets(record.sourceUrl),
      record.fileSizeBytes,
      record.sha256,
      record.validationStatus,
      record.validationReason,
      record.summaryJson,
      now,
    );
  }

  /** All calibration files known, by release, product, detector and age. */
  all(): CalibrationRecord[] {
    return this.#database.all<CalibrationRecord>(
      `SELECT ${COLUMNS} FROM calibration_products ORDER BY release, product, detector, version_rank`,
    );
  }

  /** The newest valid file of a kind for a release and detector. */
  newest(release: string, product: string, detector: number): CalibrationRecord | undefined {
    return this.#database.first<CalibrationRecord>(
      `SELECT ${COLUMNS} FROM calibration_products
       WHERE release = ? AND product = ? AND detector = ? AND validation_status = 'passed'
       ORDER BY version_rank DESC, registered_at DESC LIMIT 1`,
      release,
      product,
      detector,
    );
  }
}
