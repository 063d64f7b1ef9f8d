import type { Database } from "./database.ts";
import type { RunStatus } from "./runs.ts";

/** A run as it is remembered. */
export interface RememberedRun {
  /** Identity of the run. */
  readonly runId: string;
  /** The command. */
  readonly command: string;
  /** How it ended; `running` while it does, and for a run that crashed until the next one begins. */
  readonly status: RunStatus;
  /** When it was started. */
  readonly startedAt: string;
  /** When it ended; null while it has not, or crashed. */
  readonly finishedAt: string | null;
  /** What was done, as JSON. */
  readonly countsJson: string;
}

const COLUMNS = `run_id AS runId, command, status, started_at AS startedAt, finished_at AS finishedAt,
  counts_json AS countsJson`;

/** The runs whose identity begins with a text, newest first; all for an empty one. */
export function rememberedRuns(database: Database, start: string, limit: number): RememberedRun[] {
  return database.all<RememberedRun>(
    `SELECT ${COLUMNS} FROM runs WHERE substr(run_id, 1, length(?)) = ?
     ORDER BY started_at DESC, run_id DESC LIMIT ?`,
    start,
    start,
    limit,
  );
}
