import type { Shard } from "../core/shard.ts";
import type { Database, SqlValue } from "./database.ts";
import { IS_NEWEST_MATCH } from "./products.ts";

/** One line of the summary: what a source has and lacks. */
export interface SourceSummary {
  /** Identity of the source. */
  readonly sourceId: string;
  /** Name of the source. */
  readonly sourceName: string;
  /** File-name form of the name. */
  readonly slug: string;
  /** How far the source is; `not_run` before its first run. */
  readonly state: string;
  /** Why, where the state does not say it all. */
  readonly reason: string | null;
  /** Products that cover the source. */
  readonly products: number;
  /** Current measurements. */
  readonly measured: number;
  /** Measurements recommended for science. */
  readonly recommended: number;
  /** Detections of either kind of recommendation. */
  readonly detected: number;
  /** Items whose last try failed. */
  readonly failed: number;
  /** When the outputs were written; null when never. */
  readonly publishedAt: string | null;
}

/** Counts over the whole project. */
export interface ProjectTotals {
  /** Active sources. */
  readonly sources: number;
  /** Sources by state. */
  readonly sourcesByState: Readonly<Record<string, number>>;
  /** Items by state. */
  readonly itemsByState: Readonly<Record<string, number>>;
  /** Current measurements. */
  readonly measurements: number;
  /** Measurements recommended for science. */
  readonly recommended: number;
  /** Open failures by error code. */
  readonly failuresByCode: Readonly<Record<string, number>>;
  /** Cutouts on disk. */
  readonly cutouts: number;
  /** Bytes of the cutouts on disk. */
  readonly cutoutBytes: number;
}

/** Counts over a part of the sources. */
export interface PartTotals {
  /** Active sources. */
  readonly sources: number;
  /** Sources by state. */
  readonly sourcesByState: Readonly<Record<string, number>>;
  /** Items by state. */
  readonly itemsByState: Readonly<Record<string, number>>;
  /** Current measurements. */
  readonly measurements: number;
}

function counts(database: Database, sql: string, ...values: SqlValue[]): Record<string, number> {
  return Object.fromEntries(
    database.all<{ key: string; n: number }>(sql, ...values).map((row) => [row.key, row.n]),
  );
}

/** One line for each active source, in catalog order; only sources with open failures when asked. */
export function sourceSummaries(database: Database, failedOnly = false): SourceSummary[] {
  const rows = database.all<SourceSummary>(
    `SELECT s.source_id AS sourceId, s.source_name AS sourceName, s.slug,
       coalesce(t.state, 'not_run') AS state, t.reason,
       (SELECT count(*) FROM matches
          WHERE matches.source_id = s.source_id AND ${IS_NEWEST_MATCH}) AS products,
       coalesce(q.measured, 0) AS measured, coalesce(q.recommended, 0) AS recommended, coalesce(q.detected, 0) AS detected,
       (SELECT count(DISTINCT product_id) FROM failures f WHERE f.source_id = s.source_id AND f.resolved_at IS NULL) AS failed,
       o.published_at AS publishedAt
     FROM sources s LEFT JOIN source_states t USING (source_id) LEFT JOIN outputs o USING (source_id)
       LEFT JOIN (SELECT source_id, count(*) AS measured, sum(science_recommended) AS recommended,
            sum(detection_status = 'detected') AS detected
          FROM measurements WHERE current = 1 GROUP BY source_id) q USING (source_id)
     WHERE s.active = 1 ORDER BY s.catalog_order, s.source_id`,
  );
  return failedOnly
    ? rows.filter((row) =>
      row.failed > 0 || row.state === "source_failed" || row.state === "source_output_failed"
    )
    : rows;
}

/** Counts over the whole project, each answered by one query. */
export function projectTotals(database: Database): ProjectTotals {
  const measurements = database.first<{ n: number; recommended: number }>(
    "SELECT count(*) AS n, coalesce(sum(science_recommended), 0) AS recommended FROM measurements WHERE current = 1",
  )!;
  const live = database.first<{ n: number; bytes: number }>(
    "SELECT count(*) AS n, coalesce(sum(file_size_bytes), 0) AS bytes FROM cutouts WHERE state = 'valid'",
  )!;
  return {
    sources: database.first<{ n: number }>("SELECT count(*) AS n FROM sources WHERE active = 1")!.n,
    sourcesByState: counts(
      database,
      `SELECT coalesce(t.state, 'not_run') AS key, count(*) AS n FROM sources LEFT JOIN source_states t USING (source_id)
       WHERE active = 1 GROUP BY 1 ORDER BY 1`,
    ),
    itemsByState: counts(
      database,
      `SELECT state AS key, count(*) AS n FROM work_items
       WHERE source_id NOT IN (SELECT source_id FROM sources WHERE active = 0) GROUP BY 1 ORDER BY 1`,
    ),
    measurements: measurements.n,
    recommended: measurements.recommended,
    failuresByCode: counts(
      database,
      "SELECT code AS key, count(*) AS n FROM failures WHERE resolved_at IS NULL GROUP BY 1 ORDER BY 1",
    ),
    cutouts: live.n,
    cutoutBytes: live.bytes,
  };
}

/** Counts over the sources of one shard, in its own database or in any other that has them. */
export function partTotals(database: Database, { part, of }: Shard): PartTotals {
  const ofPart = "SELECT source_id FROM sources WHERE active = 1 AND part_of_source(source_id, ?) = ?";
  const count = (sql: string) => database.first<{ n: number }>(sql, of, part)!.n;
  return {
    sources: count(`SELECT count(*) AS n FROM (${ofPart})`),
    sourcesByState: counts(
      database,
      `SELECT coalesce(t.state, 'not_run') AS key, count(*) AS n FROM (${ofPart}) LEFT JOIN source_states t USING (source_id)
       GROUP BY 1 ORDER BY 1`,
      of,
      part,
    ),
    itemsByState: counts(
      database,
      `SELECT state AS key, count(*) AS n FROM work_items WHERE source_id IN (${ofPart}) GROUP BY 1 ORDER BY 1`,
      of,
      part,
    ),
    measurements: count(
      `SELECT count(*) AS n FROM measurements WHERE current = 1 AND source_id IN (${ofPart})`,
    ),
  };
}
