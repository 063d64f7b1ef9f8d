import type { Shard } from "../core/shard.ts";
import type { Database } from "./database.ts";

/** Tables with rows of single sources; those of a merged source replace what the project has of it. */
const TABLES_OF_SOURCES = [
  "discovery_queries",
  "matches",
  "cutouts",
  "measurements",
  "work_items",
  "failures",
  "source_states",
  "outputs",
] as const;

/** How the rows of all tables get from a shard's database into the project's: by source, with their shard, or not at all. */
export const MERGED_TABLES: Readonly<Record<string, "by source" | "whole" | "kept">> = {
  ...Object.fromEntries(TABLES_OF_SOURCES.map((table) => [table, "by source"])),
  cleanup_ledger: "by source",
  products: "whole",
  calibration_products: "whole",
  runs: "whole",
  datalinks: "whole",
  catalog_versions: "kept",
  sources: "kept",
  stage_costs: "kept",
  schema_migrations: "kept",
};

/** A source of a shard, as its database and the project's know it. */
export interface ShardSource {
  /** Durable identity of the target. */
  readonly sourceId: string;
  /** Name shown to people. */
  readonly sourceName: string;
  /** Whether the project has the source with the same catalog row. */
  readonly isSame: boolean;
  /** When the shard last did something for the source, ISO 8601; empty for never. */
  readonly touchedInShard: string;
  /** When the project's own database last did. */
  readonly touchedInProject: string;
}

/** A measurement with what it takes to prove it. */
export interface ShardMeasurement {
  readonly measurementId: string;
  readonly rowJson: string;
  readonly rowHash: string;
}

function touched(schema: string): string {
  return `max(
    coalesce((SELECT max(updated_at) FROM ${schema}.work_items w WHERE w.source_id = s.source_id), ''),
    coalesce((SELECT updated_at FROM ${schema}.source_states t WHERE t.source_id = s.source_id), ''),
    coalesce((SELECT max(completed_at) FROM ${schema}.discovery_queries q WHERE q.source_id = s.source_id), ''))`;
}

/** The database of a shard, attached to the project's, from which rows are taken over. */
export class AttachedShard implements Disposable {
  readonly #database: Database;
  readonly #shard: Shard;
  readonly #attachment: Disposable;

  /** Attaches the file at `path`; its schema must be the project's. */
  constructor(database: Database, path: string, shard: Shard) {
    this.#database = database;
    this.#shard = shard;
    this.#attachment = database.attach(path, "shard");
  }

  /** The active sources of the shard, in catalog order. */
  sources(): ShardSource[] {
    return this.#database.all<Omit<ShardSource, "isSame"> & { isSame: number }>(
      `SELECT s.source_id AS sourceId, s.source_name AS sourceName,
         EXISTS (SELECT 1 FROM main.sources m
           WHERE m.source_id = s.source_id AND m.row_hash = s.row_hash AND m.active = 1) AS isSame,
         ${touched("shard")} AS touchedInShard, ${touched("main")} AS touchedInProject
       FROM shard.sources s WHERE s.active = 1 AND part_of_source(s.source_id, ?) = ?
       ORDER BY s.catalog_order, s.source_id`,
      this.#shard.of,
      this.#shard.part,
    ).map((source) => ({ ...source, isSame: source.isSame === 1 }));
  }

  /** The measurements that the shard has of a source, the current and the older ones. */
  measurements(sourceId: string): ShardMeasurement[] {
    return this.#database.all<ShardMeasurement>(
      `SELECT measurement_id AS measurementId, row_json AS rowJson, row_hash AS rowHash
       FROM shard.measurements WHERE source_id = ?`,
      sourceId,
    );
  }

  /** The cutout files that the shard has on disk for a source. */
  files(sourceId: string): { localPath: string; sha256: string }[] {
    return this.#database.all(
      "SELECT local_path AS localPath, sha256 FROM shard.cutouts WHERE source_id = ? AND state = 'valid'",
      sourceId,
    );
  }

  /** Takes over what sources have in common: images, calibration files and the record of the shard's runs. */
  takeShared(): void {
    const database = this.#database;
    database.atomic(() => {
      database.write("PRAGMA defer_foreign_keys = ON");
      database.write(
        `INSERT OR REPLACE INTO main.products SELECT * FROM shard.products p WHERE NOT EXISTS (
           SELECT 1 FROM main.products k WHERE k.product_id = p.product_id AND (k.last_seen_at > p.last_seen_at
             OR (k.last_seen_at = p.last_seen_at AND k.superseded_by IS p.superseded_by)))`,
      );
      for (const table of ["calibration_products", "runs", "datalinks"]) {
        database.write(`INSERT OR IGNORE INTO main.${table} SELECT * FROM shard.${table}`);
      }
    });
    database.flush();
  }

  /** Replaces all that the project has of a source by what the shard has; all or nothing. */
  takeSource(sourceId: string): void {
    const database = this.#database;
    database.atomic(() => {
      database.write("PRAGMA defer_foreign_keys = ON");
      const ofSource = "cutout_key IN (SELECT cutout_key FROM SCHEMA.cutouts WHERE source_id = ?)";
      database.write(`DELETE FROM main.cleanup_ledger WHERE ${ofSource.replace("SCHEMA", "main")}`, sourceId);
      for (const table of TABLES_OF_SOURCES) {
        const columns = this.#columns(table);
        database.write(`DELETE FROM main.${table} WHERE source_id = ?`, sourceId);
        database.write(
          `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM shard.${table} WHERE source_id = ?`,
          sourceId,
        );
      }
      database.write(
        `INSERT INTO main.cleanup_ledger SELECT * FROM shard.cleanup_ledger WHERE ${
          ofSource.replace("SCHEMA", "shard")
        }`,
        sourceId,
      );
    });
  }

  /** Lets go of the shard's file. */
  [Symbol.dispose](): void {
    this.#attachment[Symbol.dispose]();
  }

  /** The columns of a table without its running number, which each database counts by itself. */
  #columns(table: string): string {
    return this.#database.all<{ name: string }>("SELECT name FROM pragma_table_info(?)", table)
      .map(({ name }) => name).filter((name) => name !== "failure_id").join(", ");
  }
}
