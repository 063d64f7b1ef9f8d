import type { Database } from "./database.ts";

/** What the project knows of a cutout file. */
export interface CutoutRecord {
  /** SHA-256 of source, product, centre, size and access. */
  readonly cutoutKey: string;
  /** The source it was cut out for. */
  readonly sourceId: string;
  /** The product it was cut out of. */
  readonly productId: string;
  /** Path below the project folder. */
  readonly localPath: string;
  /** Side of the square, arcseconds. */
  readonly sizeArcsec: number;
  /** Whether it may be measured, was rejected, or was measured and then removed. */
  readonly state: "valid" | "invalid" | "deleted";
  /** Size of the file, bytes. */
  readonly fileSizeBytes: number;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** SHA-256 of what is measured in it, the same whichever way the file was fetched. */
  readonly contentSha256: string;
  /** The route that brought it: `cutout`, `truncated` or `cloud`. */
  readonly accessRoute: string;
  /** SHA-256 of the calibration product that holds the PSF that was left out; null for a file with its own. */
  readonly psfFileSha256: string | null;
  /** Outcome of the validation, such as `passed` or `failed_missing_hdu`. */
  readonly validationStatus: string;
  /** Why the validation failed; null when it passed. */
  readonly validationReason: string | null;
  /** The validation in full, as JSON. */
  readonly validationJson: string;
}

/** What a plan needs of a cutout: all but its validation in full. */
export type KnownCutout = Omit<CutoutRecord, "validationJson">;

/** A deletion that was planned, and done when `deletedAt` is set. */
export interface LedgerEntry {
  /** The cutout to delete. */
  readonly cutoutKey: string;
  /** SHA-256 of the file at the time of the decision. */
  readonly sha256: string;
  /** Path below the project folder. */
  readonly localPath: string;
  /** Size of the file, bytes. */
  readonly fileSizeBytes: number;
  /** Cleanup policy that allowed it. */
  readonly policy: string;
  /** Manifest that proved the outputs current. */
  readonly manifestHash: string;
}

const KNOWN_COLUMNS =
  `cutout_key AS cutoutKey, source_id AS sourceId, product_id AS productId, local_path AS localPath,
  size_arcsec AS sizeArcsec, state, file_size_bytes AS fileSizeBytes, sha256, validation_status AS validationStatus,
  validation_reason AS validationReason, content_sha256 AS contentSha256, access_route AS accessRoute,
  psf_file_sha256 AS psfFileSha256`;

const COLUMNS = `${KNOWN_COLUMNS}, validation_json AS validationJson`;

/** The cutout files and the ledger of their removal. */
export class CutoutTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The cutout with this key. */
  find(cutoutKey: string): CutoutRecord | undefined {
    return this.#database.first<CutoutRecord>(
      `SELECT ${COLUMNS} FROM cutouts WHERE cutout_key = ?`,
      cutoutKey,
    );
  }

  /** The cutouts of a source, by key. */
  ofSource(sourceId: string): Map<string, KnownCutout> {
    const rows = this.#database.all<KnownCutout>(
      `SELECT ${KNOWN_COLUMNS} FROM cutouts WHERE source_id = ?`,
      sourceId,
    );
    const byKey = new Map<string, KnownCutout>();
    for (const row of rows) byKey.set(row.cutoutKey, row);
    return byKey;
  }

  /** All cutouts, one by one. */
  iterate(): IterableIterator<CutoutRecord> {
    return this.#database.iterate<CutoutRecord>(`SELECT ${COLUMNS} FROM cutouts ORDER BY cutout_key`);
  }

  /** Where the cutouts are that count as being on disk. */
  valid(): { cutoutKey: string; localPath: string }[] {
    return this.#database.all(
      "SELECT cutout_key AS cutoutKey, local_path AS localPath FROM cutouts WHERE state = 'valid' ORDER BY cutout_key",
    );
  }

  /** Records that the file of a cutout is no longer there. */
  markDeleted(cutoutKey: string): void {
    this.#database.write("UPDATE cutouts SET state = 'deleted' WHERE cutout_key = ?", cutoutKey);
  }

  /** The cutout stored at a path below the project folder. */
  atPath(localPath: string): CutoutRecord | undefined {
    return this.#database.first<CutoutRecord>(
      `SELECT ${COLUMNS} FROM cutouts WHERE local_path = ?`,
      localPath,
    );
  }

  /** Stores what is known of a cutout, in place of what was known. */
  put(cutout: CutoutRecord, now: string, runId: string): void {
    this.#database.write(
      `INSERT INTO cutouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         local_path = excluded.local_path, state = excluded.state, file_size_bytes = excluded.file_size_bytes,
         sha256 = excluded.sha256, validation_status = excluded.validation_status,
         validation_reason = excluded.validation_reason, validation_json = excluded.validation_json,
         validated_at = excluded.validated_at, run_id = excluded.run_id,
         content_sha256 = excluded.content_sha256, access_route = excluded.access_route,
         psf_file_sha256 = excluded.psf_file_sha256`,
      cutout.cutoutKey,
      cutout.sourceId,
      cutout.productId,
      cutout.localPath,
      cutout.sizeArcsec,
      cutout.state,
      cutout.fileSizeBytes,
      cutout.sha256,
      cutout.validationStatus,
      cutout.validationReason,
      cutout.validationJson,
      now,
      runId,
      cutout.contentSha256,
      cutout.accessRoute,
      cutout.psfFileSha256,
    );
  }

  /** Writes the decision to delete a cutout. Flush before deleting the file. */
  planDeletion(entry: LedgerEntry, now: string, runId: string): void {
    this.#database.write(
      `INSERT INTO cleanup_ledger VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT DO UPDATE SET
         planned_at = excluded.planned_at, policy = excluded.policy, manifest_hash = excluded.manifest_hash,
         deleted_at = NULL, run_id = excluded.run_id`,
      entry.cutoutKey,
      entry.sha256,
      entry.localPath,
      entry.fileSizeBytes,
      entry.policy,
      entry.manifestHash,
      now,
      runId,
    );
  }

  /** Records that the file of a planned deletion is gone. */
  confirmDeletion(cutoutKey: string, sha256: string, now: string): void {
    this.#database.write(
      "UPDATE cleanup_ledger SET deleted_at = ? WHERE cutout_key = ? AND sha256 = ?",
      now,
      cutoutKey,
      sha256,
    );
    this.#database.write(
      "UPDATE cutouts SET state = 'deleted' WHERE cutout_key = ? AND sha256 = ?",
      cutoutKey,
      sha256,
    );
  }

  /** Deletions that were decided but not confirmed: a crash came between. */
  unconfirmedDeletions(): LedgerEntry[] {
    return this.#database.all<LedgerEntry>(
      `SELECT cutout_key AS cutoutKey, sha256, local_path AS localPath, file_size_bytes AS fileSizeBytes, policy,
         manifest_hash AS manifestHash FROM cleanup_ledger WHERE deleted_at IS NULL`,
    );
  }

  /** Bytes and number of the cutouts that lie on disk. */
  live(): { bytes: number; count: number } {
    return this.#database.first<{ bytes: number; count: number }>(
      "SELECT coalesce(sum(file_size_bytes), 0) AS bytes, count(*) AS count FROM cutouts WHERE state = 'valid'",
    )!;
  }
}
