import type { Database } from "./database.ts";

/** A spectral image that the archive offers. */
export interface ProductRecord {
  /** SHA-256 of what makes the product this one: collection, publisher identifier, file, processing. */
  readonly productId: string;
  /** Collection that offered it, such as `spherex_qr3`. */
  readonly collection: string;
  /** Data release, `QR2` or `QR3`. */
  readonly release: string;
  /** Observation, such as `2025W51_1A_0684_2`. */
  readonly observationId: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Planning period, such as `2025W51_1A`. */
  readonly planningPeriod: string;
  /** Processing version, such as `l2b-v21-2025-354`. */
  readonly processingVersion: string;
  /** Date of the processing, `YYYY-DDD`. */
  readonly processingDate: string;
  /** Name of the whole file in the archive. */
  readonly parentFilename: string;
  /** Address of the whole file. */
  readonly accessUrl: string;
  /** Key of the file in the object store; null when the archive names none. */
  readonly cloudKey: string | null;
  /** Start of the exposure, MJD (UTC); null when the archive gives none. */
  readonly startMjd: number | null;
  /** End of the exposure, MJD (UTC); null when the archive gives none. */
  readonly endMjd: number | null;
  /** The row that the archive gave for the product, as JSON; all else follows from it. */
  readonly productJson: string;
}

/** What a plan needs of a product: all but the archive's own words. */
export type PlannedProduct = Omit<ProductRecord, "productJson">;

/** A processing of an image, and whether the archive offers it for a source now. */
export interface KnownVersion extends PlannedProduct {
  /** Whether it is offered. */
  readonly isOffered: boolean;
  /** When the archive was first found to offer it. */
  readonly firstSeenAt: string;
  /** The product that takes its place; null when none does. */
  readonly supersededBy: string | null;
}

/** How far discovery has come for a source. */
export interface DiscoveryQuery {
  /** The source asked for. */
  readonly sourceId: string;
  /** The collection asked. */
  readonly collection: string;
  /** Hash of what was asked: position, radius, limits. */
  readonly queryHash: string;
  /** Rows in the answer. */
  readonly rowCount: number;
  /** Whether the service cut the answer short. */
  readonly overflow: boolean;
}

const PLANNED_COLUMNS =
  `product_id AS productId, collection, release, observation_id AS observationId, detector,
  planning_period AS planningPeriod, processing_version AS processingVersion, processing_date AS processingDate,
  parent_filename AS parentFilename, access_url AS accessUrl, cloud_key AS cloudKey, start_mjd AS startMjd,
  end_mjd AS endMjd`;

const COLUMNS = `${PLANNED_COLUMNS}, product_json AS productJson`;

/**
 * The condition, on a row of `matches`, that the image covers the source and the archive offers no newer processing of it
 * for the source. A newer one that was found for other sources only, or was withdrawn, does not count.
 */
export const IS_NEWEST_MATCH =
  `matches.active = 1 AND matches.covers = 1 AND NOT EXISTS (SELECT 1 FROM products AS older
  JOIN matches AS newer ON newer.product_id = older.superseded_by
  WHERE older.product_id = matches.product_id AND older.superseded_by IS NOT NULL
    AND newer.source_id = matches.source_id AND newer.active = 1)`;

/** The products discovered and which sources they cover. */
export class ProductTable {
  readonly #database: Database;
  /** Records that are in the database as they are: sources nearby share them. */
  readonly #stored = new WeakSet<ProductRecord>();

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The answered queries of a source, by collection. */
  answeredQueries(sourceId: string): Map<string, DiscoveryQuery> {
    const rows = this.#database.all<Omit<DiscoveryQuery, "overflow"> & { overflow: number }>(
      `SELECT source_id AS sourceId, collection, query_hash AS queryHash, row_count AS rowCount, overflow
       FROM discovery_queries WHERE source_id = ?`,
      sourceId,
    );
    return new Map(rows.map((row) => [row.collection, { ...row, overflow: row.overflow === 1 }]));
  }

  /** How many active sources have no answered query, and so were never discovered. */
  undiscoveredSourceCount(): number {
    return this.#database.first<{ n: number }>(
      `SELECT count(*) AS n FROM sources WHERE active = 1
       AND NOT EXISTS (SELECT 1 FROM discovery_queries WHERE discovery_queries.source_id = sources.source_id)`,
    )!.n;
  }

  /**
   * Stores the answer to one query: products, matches and the fact that it was answered.
   * Matches of the same source and collection that are not in the answer become inactive. A record that was stored
   * before, the very same object, is not written again.
   */
  recordAnswer(
    query: DiscoveryQuery,
    products: readonly ProductRecord[],
    searchRadiusArcsec: number,
    now: string,
    runId: string,
  ): { newProducts: number; newMatches: number } {
    const counts = this.#database.atomic(() =>
      this.#recordAnswer(query, products, searchRadiusArcsec, now, runId)
    );
    for (const product of products) this.#stored.add(product);
    return counts;
  }

  #recordAnswer(
    query: DiscoveryQuery,
    products: readonly ProductRecord[],
    searchRadiusArcsec: number,
    now: string,
    runId: string,
  ): { newProducts: number; newMatches: number } {
    const newProducts = this.#storeProducts(products.filter((product) => !this.#stored.has(product)), now);
    const newMatches = this.#storeMatches(query, products, searchRadiusArcsec, now);
    this.#database.write(
      `INSERT INTO discovery_queries VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET query_hash = excluded.query_hash, row_count = excluded.row_count, overflow = excluded.overflow,
         completed_at = excluded.completed_at, run_id = excluded.run_id`,
      query.sourceId,
      query.collection,
      query.queryHash,
      query.rowCount,
      query.overflow ? 1 : 0,
      now,
      runId,
    );
    return { newProducts, newMatches };
  }

  /** Leaves an image out for a source, because its pixels end before the target. */
  leaveOut(sourceId: string, productId: string): void {
    this.#database.write(
      "UPDATE matches SET covers = 0 WHERE source_id = ? AND product_id = ?",
      sourceId,
      productId,
    );
  }

  /** The products that are matched to a source, each image in its newest processing only. */
  matchedProducts(sourceId: string): PlannedProduct[] {
    return this.#database.all<PlannedProduct>(
      `SELECT ${PLANNED_COLUMNS} FROM products JOIN matches USING (product_id)
       WHERE source_id = ? AND ${IS_NEWEST_MATCH}
       ORDER BY observation_id, detector, product_id`,
      sourceId,
    );
  }

  /** The product with this identity. */
  find(productId: string): ProductRecord | undefined {
    return this.#database.first<ProductRecord>(
      `SELECT ${COLUMNS} FROM products WHERE product_id = ?`,
      productId,
    );
  }

  /** All versions of the images that a source is matched to, and whether the archive offers them for the source now. */
  versionsOfMatched(sourceId: string): KnownVersion[] {
    const rows = this.#database.all<Omit<KnownVersion, "isOffered"> & { offered: number }>(
      `SELECT ${PLANNED_COLUMNS}, first_seen_at AS firstSeenAt, superseded_by AS supersededBy,
         EXISTS (SELECT 1 FROM matches WHERE matches.product_id = products.product_id
           AND source_id = ? AND active = 1) AS offered
       FROM products WHERE (observation_id, detector) IN (
         SELECT observation_id, detector FROM products JOIN matches USING (product_id) WHERE source_id = ? AND active = 1)`,
      sourceId,
      sourceId,
    );
    return rows.map(({ offered, ...record }) => ({ ...record, isOffered: offered === 1 }));
  }

  /** Records which newer product replaces another; null when none does. */
  setSuperseded(productId: string, supersededBy: string | null): void {
    this.#database.write(
      "UPDATE products SET superseded_by = ? WHERE product_id = ? AND superseded_by IS NOT ?",
      supersededBy,
      productId,
      supersededBy,
    );
  }

  /** The detectors and releases that the matched products need calibration for. */
  calibrationNeeds(): { release: string; detector: number }[] {
    return this.#database.all<{ release: string; detector: number }>(
      `SELECT DISTINCT release, detector FROM products JOIN matches USING (product_id)
       WHERE ${IS_NEWEST_MATCH} ORDER BY release, detector`,
    );
  }

  /** Stores products, and gives the number of those that were not known. */
  #storeProducts(products: readonly ProductRecord[], now: string): number {
    const known = this.#database.first<{ n: number }>(
      "SELECT count(*) AS n FROM products WHERE product_id IN (SELECT value FROM json_each(?))",
      identitiesOf(products),
    )!.n;
    for (const product of products) this.#upsertProduct(product, now);
    return new Set(products.map(({ productId }) => productId)).size - known;
  }

  /**
   * Makes the matches of a source in a collection those with the products, and gives the number of new ones. What stays
   * active is never set to what it is: indexes and the states of outputs hang on that.
   */
  #storeMatches(
    { sourceId, collection }: DiscoveryQuery,
    products: readonly ProductRecord[],
    searchRadiusArcsec: number,
    now: string,
  ): number {
    const database = this.#database;
    const offered = identitiesOf(products);
    database.write(
      `UPDATE matches SET active = 0 WHERE source_id = ? AND active = 1
         AND product_id NOT IN (SELECT value FROM json_each(?))
         AND EXISTS (SELECT 1 FROM products WHERE products.product_id = matches.product_id AND collection = ?)`,
      sourceId,
      offered,
      collection,
    );
    database.write(
      `UPDATE matches SET active = 1 WHERE source_id = ? AND active = 0
         AND product_id IN (SELECT value FROM json_each(?))`,
      sourceId,
      offered,
    );
    database.write(
      `UPDATE matches SET search_radius_arcsec = ?, last_seen_at = ? WHERE source_id = ?
         AND product_id IN (SELECT value FROM json_each(?))`,
      searchRadiusArcsec,
      now,
      sourceId,
      offered,
    );
    return database.write(
      `INSERT INTO matches SELECT ?, value, ?, 1, ?, ?, 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
      sourceId,
      searchRadiusArcsec,
      now,
      now,
      offered,
    );
  }

  #upsertProduct(product: ProductRecord, now: string): void {
    this.#database.write(
      `INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?) ON CONFLICT DO UPDATE
       SET access_url = excluded.access_url, cloud_key = excluded.cloud_key, product_json = excluded.product_json,
         last_seen_at = excluded.last_seen_at`,
      product.productId,
      product.collection,
      product.release,
      product.observationId,
      product.detector,
      product.planningPeriod,
      product.processingVersion,
      product.processingDate,
      product.parentFilename,
      product.accessUrl,
      product.cloudKey,
      product.startMjd,
      product.endMjd,
      product.productJson,
      now,
      now,
    );
  }
}

/** The identities of products as a JSON array, in the order in which the indexes have them. */
function identitiesOf(products: readonly ProductRecord[]): string {
  return JSON.stringify(products.map(({ productId }) => productId).sort());
}
