import type { Database } from "./database.ts";
import { IS_NEWEST_MATCH } from "./products.ts";

/** A measurement of any age. */
export interface StoredMeasurement {
  /** The row of the spectra table, as JSON. */
  readonly rowJson: string;
  /** 1 for a row of the published spectrum, else 0. */
  readonly published: number;
  /** When it was measured. */
  readonly createdAt: string;
  /** Run that measured it. */
  readonly runId: string;
}

/** All measurements of a source, the replaced ones included, in the order of their making. */
export function storedMeasurements(
  database: Database,
  sourceId: string,
): IterableIterator<StoredMeasurement> {
  return database.iterate<StoredMeasurement>(
    `SELECT row_json AS rowJson, created_at AS createdAt, run_id AS runId,
       current = 1 AND EXISTS (SELECT 1 FROM matches JOIN products USING (product_id)
         WHERE matches.source_id = m.source_id AND matches.product_id = m.product_id AND ${IS_NEWEST_MATCH}) AS published
     FROM measurements AS m WHERE source_id = ? ORDER BY created_at, measurement_id`,
    sourceId,
  );
}

/** A failure of any age. */
export interface StoredFailure {
  /** Image concerned; empty for the source itself. */
  readonly productId: string;
  /** The step that failed. */
  readonly phase: string;
  /** Error code. */
  readonly code: string;
  /** What went wrong. */
  readonly message: string;
  /** What to do; null when nothing is known. */
  readonly hint: string | null;
  /** When it failed. */
  readonly createdAt: string;
  /** When a later try succeeded; null while open. */
  readonly resolvedAt: string | null;
  /** Run in which it failed. */
  readonly runId: string;
}

/** All failures of a source, in the order of their happening. */
export function storedFailures(database: Database, sourceId: string): IterableIterator<StoredFailure> {
  return database.iterate<StoredFailure>(
    `SELECT product_id AS productId, phase, code, message, hint, created_at AS createdAt,
       resolved_at AS resolvedAt, run_id AS runId
     FROM failures WHERE source_id = ? ORDER BY failure_id`,
    sourceId,
  );
}

/** The published outputs of a source. */
export interface StoredOutput {
  /** Hash of the manifest. */
  readonly manifestHash: string;
  /** Rows of the spectrum. */
  readonly rowCount: number;
  /** Hash of the rows. */
  readonly rowsHash: string;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** When they were written. */
  readonly publishedAt: string;
  /** Run that wrote them. */
  readonly runId: string;
}

/** The published outputs of a source; undefined when there are none. */
export function storedOutput(database: Database, sourceId: string): StoredOutput | undefined {
  return database.first<StoredOutput>(
    `SELECT manifest_hash AS manifestHash, row_count AS rowCount, rows_hash AS rowsHash,
       config_hash AS configHash, published_at AS publishedAt, run_id AS runId
     FROM outputs WHERE source_id = ?`,
    sourceId,
  );
}
