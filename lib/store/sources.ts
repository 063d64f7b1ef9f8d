import type { Shard } from "../core/shard.ts";
import type { Database, SqlValue } from "./database.ts";

/** A target of the catalog as the project remembers it. */
export interface SourceRecord {
  /** Durable identity of the target. */
  readonly sourceId: string;
  /** Name shown to people. */
  readonly sourceName: string;
  /** File-name form of the name, unique in the project. */
  readonly slug: string;
  /** Right ascension, ICRS, degrees, at the reference epoch. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees, at the reference epoch. */
  readonly declinationDeg: number;
  /** Cutout size asked for in the catalog row, arcseconds; null when the row has none. */
  readonly cutoutSizeArcsec: number | null;
  /** Proper motion in right ascension times cos(declination), mas per year; null when not given. */
  readonly properMotionRaMasPerYear: number | null;
  /** Proper motion in declination, mas per year; null when not given. */
  readonly properMotionDecMasPerYear: number | null;
  /** Julian epoch of the position, years; null when not given. */
  readonly referenceEpochYear: number | null;
  /** SHA-256 of what the catalog says about the target. */
  readonly rowHash: string;
  /** The other columns of the row, as JSON. */
  readonly extraJson: string;
}

/** How the catalog's rows changed the stored sources. */
export interface CatalogChange {
  /** Sources seen for the first time. */
  readonly added: number;
  /** Sources whose row differs from the stored one. */
  readonly changed: number;
  /** Sources as they were. */
  readonly unchanged: number;
  /** Sources that are no longer in the catalog: kept, but not active. */
  readonly retired: number;
}

/** Place and motion of a source. */
export type SourcePosition = Pick<
  SourceRecord,
  | "rightAscensionDeg"
  | "declinationDeg"
  | "properMotionRaMasPerYear"
  | "properMotionDecMasPerYear"
  | "referenceEpochYear"
>;

const POSITION_COLUMNS = `right_ascension_deg AS rightAscensionDeg, declination_deg AS declinationDeg,
  proper_motion_ra_mas_per_year AS properMotionRaMasPerYear,
  proper_motion_dec_mas_per_year AS properMotionDecMasPerYear, reference_epoch_year AS referenceEpochYear`;

const COLUMNS =
  `source_id AS sourceId, source_name AS sourceName, slug, right_ascension_deg AS rightAscensionDeg,
  declination_deg AS declinationDeg, cutout_size_arcsec AS cutoutSizeArcsec,
  proper_motion_ra_mas_per_year AS properMotionRaMasPerYear,
  proper_motion_dec_mas_per_year AS properMotionDecMasPerYear,
  reference_epoch_year AS referenceEpochYear, row_hash AS rowHash, extra_json AS extraJson`;

/** Which of the active sources a command works on. */
export interface SourceSelection {
  /** Names or identities; all sources when absent or empty. */
  readonly names?: readonly string[];
  /** At most so many, in catalog order. */
  readonly limit?: number;
  /** Those of one shard only. */
  readonly shard?: Shard;
}

function selectSql(columns: string, selection: SourceSelection): { sql: string; values: SqlValue[] } {
  const { names = [], shard, limit = -1 } = selection;
  const named =
    "AND (source_name IN (SELECT value FROM json_each(?)) OR source_id IN (SELECT value FROM json_each(?)))";
  return {
    sql: `SELECT ${columns} FROM sources WHERE active = 1 ${names.length === 0 ? "" : named}
      ${shard === undefined ? "" : "AND part_of_source(source_id, ?) = ?"}
      ORDER BY catalog_order, source_id LIMIT ?`,
    values: [
      ...(names.length === 0 ? [] : [JSON.stringify(names), JSON.stringify(names)]),
      ...(shard === undefined ? [] : [shard.of, shard.part]),
      limit,
    ],
  };
}

/** The sources of a project. */
export class SourceTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Takes over the rows of a catalog: new ones are added, changed ones updated, absent ones retired; all or nothing.
   * `catalogVersionId` names the catalog's content, `now` is an ISO 8601 time.
   */
  ingest(
    sources: Iterable<SourceRecord>,
    catalog: { id: string; path: string; rowCount: number },
    now: string,
  ): CatalogChange {
    const change = this.#database.atomic(() => this.#ingest(sources, catalog, now));
    this.#database.flush();
    return change;
  }

  #ingest(
    sources: Iterable<SourceRecord>,
    catalog: { id: string; path: string; rowCount: number },
    now: string,
  ): CatalogChange {
    const database = this.#database;
    database.write(
      "INSERT INTO catalog_versions VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET path = excluded.path, ingested_at = excluded.ingested_at",
      catalog.id,
      catalog.path,
      catalog.rowCount,
      now,
    );
    let [added, changed, unchanged, order] = [0, 0, 0, 0];
    for (const source of sources) {
      const known = database.first<{ rowHash: string; active: number }>(
        "SELECT row_hash AS rowHash, active FROM sources WHERE source_id = ?",
        source.sourceId,
      );
      if (known === undefined) added++;
      else if (known.rowHash === source.rowHash && known.active === 1) unchanged++;
      else {
        changed++;
        this.#database.write(
          "UPDATE matches SET covers = 1 WHERE source_id = ? AND covers = 0",
          source.sourceId,
        );
      }
      this.#freeSlug(source);
      this.#upsert(source, order++, catalog.id, now);
    }
    const retired = database.write(
      "UPDATE sources SET active = 0, retired_at = ? WHERE active = 1 AND catalog_version_id <> ?",
      now,
      catalog.id,
    );
    return { added, changed, unchanged, retired };
  }

  /** Takes a slug from a source that has lost its name to another one, which has to be retired or renamed itself. */
  #freeSlug(source: SourceRecord): void {
    this.#database.write(
      "UPDATE sources SET slug = 'former~' || lower(hex(source_id)) WHERE slug = ? AND source_id <> ?",
      source.slug,
      source.sourceId,
    );
  }

  /** The number of active sources in a selection. */
  count(selection: SourceSelection = {}): number {
    const { sql, values } = selectSql("1", selection);
    return this.#database.first<{ n: number }>(`SELECT count(*) AS n FROM (${sql})`, ...values)!.n;
  }

  /** The active sources of a selection, in catalog order. */
  iterate(selection: SourceSelection = {}): IterableIterator<SourceRecord> {
    const { sql, values } = selectSql(COLUMNS, selection);
    return this.#database.iterate<SourceRecord>(sql, ...values);
  }

  /** All sources, also those that have left the catalog; of these names or identities only when given. */
  all(names: readonly string[] = []): SourceRecord[] {
    const filter = names.length === 0 ? "" : "WHERE ? IN (source_name, source_id)";
    const of = (...values: string[]) =>
      this.#database.all<SourceRecord>(
        `SELECT ${COLUMNS} FROM sources ${filter} ORDER BY source_id`,
        ...values,
      );
    return names.length === 0 ? of() : names.flatMap((name) => of(name));
  }

  /** Places and motions of all active sources. */
  positions(): SourcePosition[] {
    return this.#database.all<SourcePosition>(
      `SELECT ${POSITION_COLUMNS} FROM sources WHERE active = 1 ORDER BY source_id`,
    );
  }

  /** The source with this identity, active or retired. */
  find(sourceId: string): SourceRecord | undefined {
    return this.#database.first<SourceRecord>(`SELECT ${COLUMNS} FROM sources WHERE source_id = ?`, sourceId);
  }

  /** The source of this name, an active one before one that has left the catalog. */
  named(sourceName: string): SourceRecord | undefined {
    return this.#database.first<SourceRecord>(
      `SELECT ${COLUMNS} FROM sources WHERE source_name = ? ORDER BY active DESC, source_id LIMIT 1`,
      sourceName,
    );
  }

  /** Those of `names` that are neither the name nor the identity of a source: an active one, or of any with `withRetired`. */
  unknownNames(names: readonly string[], { withRetired = false } = {}): string[] {
    return names.filter((name) =>
      this.#database.first(
        `SELECT 1 FROM sources WHERE ${
          withRetired ? "" : "active = 1 AND"
        } (source_name = ? OR source_id = ?)`,
        name,
        name,
      ) === undefined
    );
  }

  #upsert(source: SourceRecord, order: number, catalogVersionId: string, now: string): void {
    this.#database.write(
      `INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, NULL)
       ON CONFLICT (source_id) DO UPDATE SET source_name = excluded.source_name, slug = excluded.slug,
         right_ascension_deg = excluded.right_ascension_deg, declination_deg = excluded.declination_deg,
         cutout_size_arcsec = excluded.cutout_size_arcsec,
         proper_motion_ra_mas_per_year = excluded.proper_motion_ra_mas_per_year,
         proper_motion_dec_mas_per_year = excluded.proper_motion_dec_mas_per_year,
         reference_epoch_year = excluded.reference_epoch_year, row_hash = excluded.row_hash,
         extra_json = excluded.extra_json, catalog_order = excluded.catalog_order,
         catalog_version_id = excluded.catalog_version_id, active = 1,
         last_seen_at = excluded.last_seen_at, retired_at = NULL`,
      source.sourceId,
      source.sourceName,
      source.slug,
      source.rightAscensionDeg,
      source.declinationDeg,
      source.cutoutSizeArcsec,
      source.properMotionRaMasPerYear,
      source.properMotionDecMasPerYear,
      source.referenceEpochYear,
      source.rowHash,
      source.extraJson,
      order,
      catalogVersionId,
      now,
      now,
    );
  }
}
