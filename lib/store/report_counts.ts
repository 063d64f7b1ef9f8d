import type { Database } from "./database.ts";

/** Measurements of one detector. */
export interface BandCount {
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Measurements. */
  readonly measured: number;
  /** Detections. */
  readonly detected: number;
  /** Measurements recommended for science. */
  readonly recommended: number;
}

/** Open failures of one kind. */
export interface FailureGroup {
  /** The step that failed. */
  readonly phase: string;
  /** Error code. */
  readonly code: string;
  /** The sentence of the latest one. */
  readonly message: string;
  /** What to do; null when nothing is known. */
  readonly hint: string | null;
  /** Items that failed so. */
  readonly items: number;
  /** Sources concerned. */
  readonly sourceCount: number;
  /** Names of at most five of them. */
  readonly sourceNames: readonly string[];
}

/** The latest run of a project. */
export interface LatestRun {
  /** Identity of the run. */
  readonly runId: string;
  /** The command. */
  readonly command: string;
  /** How it ended. */
  readonly status: string;
  /** What it did, as JSON. */
  readonly countsJson: string;
  /** When it began. */
  readonly startedAt: string;
  /** When it ended; null when it has not. */
  readonly finishedAt: string | null;
}

/** What is published: current measurements of active sources on matched products that nothing supersedes. */
const PUBLISHED =
  `FROM measurements JOIN matches USING (source_id, product_id) JOIN products USING (product_id)
  JOIN sources USING (source_id)
  WHERE current = 1 AND matches.active = 1 AND superseded_by IS NULL AND sources.active = 1`;

const NAMED_SOURCES = 5;

/** Published measurements by detector. */
export function bandCounts(database: Database): BandCount[] {
  return database.all<BandCount>(
    `SELECT measurements.detector, count(*) AS measured, sum(detection_status = 'detected') AS detected,
       sum(science_recommended) AS recommended ${PUBLISHED} GROUP BY 1 ORDER BY 1`,
  );
}

/** How many published measurements carry each photometry flag. */
export function flagCounts(database: Database): Map<string, number> {
  const counts = new Map<string, number>();
  const rows = database.all<{ flags: string; n: number }>(
    `SELECT photometry_flags AS flags, count(*) AS n ${PUBLISHED} AND photometry_flags <> '' GROUP BY 1`,
  );
  for (const { flags, n } of rows) {
    for (const name of flags.split(";")) counts.set(name, (counts.get(name) ?? 0) + n);
  }
  return counts;
}

/** Open failures by step and code, the most frequent first. */
export function failureGroups(database: Database): FailureGroup[] {
  const rows = database.all<Omit<FailureGroup, "sourceNames"> & { namesJson: string }>(
    `SELECT phase, code, message, hint, count(*) AS items, count(DISTINCT source_id) AS sourceCount,
       json_group_array(DISTINCT source_name) AS namesJson, max(failure_id)
     FROM failures JOIN sources USING (source_id) WHERE resolved_at IS NULL AND sources.active = 1
     GROUP BY phase, code ORDER BY items DESC, phase, code`,
  );
  return rows.map(({ phase, code, message, hint, items, sourceCount, namesJson }) => ({
    phase,
    code,
    message,
    hint,
    items,
    sourceCount,
    sourceNames: (JSON.parse(namesJson) as string[]).slice(0, NAMED_SOURCES),
  }));
}

/** The run of a command that was started last; undefined in a project without one. */
export function latestRun(database: Database, command: string): LatestRun | undefined {
  return database.first<LatestRun>(
    `SELECT run_id AS runId, command, status, counts_json AS countsJson, started_at AS startedAt,
       finished_at AS finishedAt FROM runs WHERE command = ? ORDER BY started_at DESC, run_id DESC LIMIT 1`,
    command,
  );
}
