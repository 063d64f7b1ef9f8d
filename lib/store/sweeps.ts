import type { Database } from "./database.ts";

/** One pass over the images of a collection. */
export interface SweepRecord {
  /** Its number. */
  readonly sweepId: number;
  /** The collection. */
  readonly collection: string;
  /** Only images released since then; null for all. */
  readonly releasedSince: string | null;
  /** The exposures from here, MJD. */
  readonly startMjd: number;
  /** The exposures before here, MJD. */
  readonly endMjd: number;
  /** When it was finished, ISO 8601; null while it is not. */
  readonly finishedAt: string | null;
}

/** An interval of time, MJD; the end does not belong to it. */
export type TimeSlice = readonly [startMjd: number, endMjd: number];

const COLUMNS = `sweep_id AS sweepId, collection, released_since AS releasedSince, start_mjd AS startMjd,
  end_mjd AS endMjd, finished_at AS finishedAt`;

/** How far the database of footprints has come with each collection. */
export class SweepTable {
  readonly #database: Database;

  /** Works on a database of footprints. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The last sweep of a collection. */
  last(collection: string): SweepRecord | undefined {
    return this.#database.first<SweepRecord>(
      `SELECT ${COLUMNS} FROM sweeps WHERE collection = ? ORDER BY sweep_id DESC LIMIT 1`,
      collection,
    );
  }

  /** When a collection was brought up to date last, ISO 8601; null when it never was. */
  lastFinish(collection: string): string | null {
    return this.#database.first<{ finishedAt: string | null }>(
      "SELECT max(finished_at) AS finishedAt FROM sweeps WHERE collection = ?",
      collection,
    )!.finishedAt;
  }

  /** When the newest image of a collection was released; null without any. */
  newestRelease(collection: string): string | null {
    return this.#database.first<{ newest: string | null }>(
      `SELECT max(released_at) AS newest FROM footprints JOIN kinds USING (kind_id) WHERE collection = ?`,
      collection,
    )!.newest;
  }

  /** Begins a sweep. */
  begin(
    sweep: Pick<SweepRecord, "collection" | "releasedSince" | "startMjd" | "endMjd">,
    now: string,
  ): SweepRecord {
    return this.#database.atomic(() => {
      this.#database.write(
        "INSERT INTO sweeps (collection, released_since, start_mjd, end_mjd, started_at) VALUES (?, ?, ?, ?, ?)",
        sweep.collection,
        sweep.releasedSince,
        sweep.startMjd,
        sweep.endMjd,
        now,
      );
      return this.last(sweep.collection)!;
    });
  }

  /** Notes that a slice of a sweep is in. */
  addSlice({ sweepId }: SweepRecord, [startMjd, endMjd]: TimeSlice, rowCount: number): void {
    this.#database.write(
      "INSERT OR REPLACE INTO slices VALUES (?, ?, ?, ?)",
      sweepId,
      startMjd,
      endMjd,
      rowCount,
    );
  }

  /** The parts of a sweep that are not in yet, in order of time. */
  missing({ sweepId, startMjd, endMjd }: SweepRecord): TimeSlice[] {
    const done = this.#database.all<{ start: number; end: number }>(
      "SELECT start_mjd AS start, end_mjd AS end FROM slices WHERE sweep_id = ? ORDER BY start_mjd",
      sweepId,
    );
    const missing: TimeSlice[] = [];
    let at = startMjd;
    for (const { start, end } of done) {
      if (start > at) missing.push([at, start]);
      at = Math.max(at, end);
    }
    if (at < endMjd) missing.push([at, endMjd]);
    return missing;
  }

  /** Ends a sweep. */
  finish({ sweepId }: SweepRecord, now: string): void {
    this.#database.write("UPDATE sweeps SET finished_at = ? WHERE sweep_id = ?", now, sweepId);
    this.#database.write("DELETE FROM slices WHERE sweep_id = ?", sweepId);
  }
}
