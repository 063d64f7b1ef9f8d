import { withoutSecrets } from "../core/public_text.ts";
import type { Database } from "./database.ts";

/** How a run ended. */
export type RunStatus = "running" | "success" | "partial_success" | "failed" | "interrupted";

/** One run of a command that changes the project. */
export interface RunRecord {
  /** Identity: start time and a random part. */
  readonly runId: string;
  /** The command, such as `run`. */
  readonly command: string;
  /** Its options, as JSON. */
  readonly argumentsJson: string;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** Version of the program. */
  readonly packageVersion: string;
}

/** A failure of one item of work. */
export interface FailureRecord {
  /** The source. */
  readonly sourceId: string;
  /** The product; empty for failures of the whole source. */
  readonly productId: string;
  /** The step that failed. */
  readonly phase: "discovery" | "download" | "validation" | "fit" | "output";
  /** Error code. */
  readonly code: string;
  /** Error sentence. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string | undefined;
  /** Numbers of the error, as JSON. */
  readonly contextJson: string;
}

/** What the database knows of a source's outputs. */
export interface OutputsRecord {
  /** Hash of the manifest that vouches for them. */
  readonly manifestHash: string;
  /** Measurements that they show. */
  readonly rowCount: number;
  /** Hash of these. */
  readonly rowsHash: string;
  /** Hash of the configuration that they were made with. */
  readonly configHash: string;
  /** Versions of the columns and of the measuring code that they were made with. */
  readonly versions: string;
  /** Whether the measurements of the source have changed since. */
  readonly isStale: boolean;
}

/** Runs, failures, published outputs and what stages cost. */
export class RunTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** Records the start of a run; runs that never ended are marked interrupted. */
  start(run: RunRecord, now: string): void {
    this.#database.write("UPDATE runs SET status = 'interrupted' WHERE status = 'running'");
    this.#database.write(
      "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, NULL, 'running', '{}')",
      run.runId,
      run.command,
      run.argumentsJson,
      run.configHash,
      run.packageVersion,
      now,
    );
    this.#database.flush();
  }

  /** Records the end of a run. */
  finish(runId: string, status: RunStatus, countsJson: string, now: string): void {
    this.#database.write(
      "UPDATE runs SET status = ?, counts_json = ?, finished_at = ? WHERE run_id = ?",
      status,
      countsJson,
      now,
      runId,
    );
    this.#database.flush();
  }

  /** Records a failure. */
  addFailure(failure: FailureRecord, now: string, runId: string): void {
    this.#database.write(
      `INSERT INTO failures (run_id, source_id, product_id, phase, code, message, hint, context_json, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      runId,
      failure.sourceId,
      failure.productId,
      failure.phase,
      failure.code,
      withoutSecrets(failure.message),
      withoutSecrets(failure.hint ?? null),
      JSON.stringify(withoutSecrets(JSON.parse(failure.contextJson))),
      now,
    );
  }

  /** Marks the open failures of an item as overcome; those of one phase only when it is given. */
  resolveFailures(sourceId: string, productId: string, now: string, phase?: FailureRecord["phase"]): void {
    this.#database.write(
      `UPDATE failures SET resolved_at = ? WHERE source_id = ? AND product_id = ? AND resolved_at IS NULL
         AND phase = coalesce(?, phase)`,
      now,
      sourceId,
      productId,
      phase ?? null,
    );
  }

  /** The open failures of a source, newest first. */
  openFailures(sourceId: string): (FailureRecord & { createdAt: string; runId: string })[] {
    return this.#database.all<FailureRecord & { createdAt: string; runId: string }>(
      `SELECT source_id AS sourceId, product_id AS productId, phase, code, message, hint, context_json AS contextJson,
         created_at AS createdAt, run_id AS runId
       FROM failures WHERE source_id = ? AND resolved_at IS NULL ORDER BY failure_id DESC`,
      sourceId,
    );
  }

  /** Records that a source's outputs were published; what is known of the same manifest stays. */
  setOutputs(
    sourceId: string,
    outputs: Omit<OutputsRecord, "isStale">,
    now: string,
    runId: string,
  ): void {
    this.#database.write(
      `INSERT INTO outputs (source_id, manifest_hash, row_count, rows_hash, config_hash, versions, published_at, run_id,
         is_stale) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
       ON CONFLICT DO UPDATE SET manifest_hash = excluded.manifest_hash, row_count = excluded.row_count,
         rows_hash = excluded.rows_hash, config_hash = excluded.config_hash, versions = excluded.versions,
         published_at = excluded.published_at, run_id = excluded.run_id, is_stale = 0
       WHERE manifest_hash <> excluded.manifest_hash OR is_stale = 1`,
      sourceId,
      outputs.manifestHash,
      outputs.rowCount,
      outputs.rowsHash,
      outputs.configHash,
      outputs.versions,
      now,
      runId,
    );
  }

  /** What is known of a source's outputs; undefined when they were never published. */
  outputs(sourceId: string): OutputsRecord | undefined {
    const row = this.#database.first<Omit<OutputsRecord, "isStale"> & { isStale: number }>(
      `SELECT manifest_hash AS manifestHash, row_count AS rowCount, rows_hash AS rowsHash, config_hash AS configHash,
         versions, is_stale AS isStale FROM outputs WHERE source_id = ?`,
      sourceId,
    );
    return row === undefined ? undefined : { ...row, isStale: row.isStale === 1 };
  }

  /** Mean seconds an item of a stage has cost so far; undefined when never measured. */
  secondsPerItem(stage: string): number | undefined {
    const row = this.#database.first<{ items: number; seconds: number }>(
      "SELECT items, seconds FROM stage_costs WHERE stage = ?",
      stage,
    );
    return row === undefined || row.items === 0 ? undefined : row.seconds / row.items;
  }

  /** Adds what a stage has cost in this run. */
  addStageCost(stage: string, items: number, seconds: number): void {
    this.#database.write(
      `INSERT INTO stage_costs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET items = items + excluded.items,
         seconds = seconds + excluded.seconds`,
      stage,
      items,
      seconds,
    );
  }
}
