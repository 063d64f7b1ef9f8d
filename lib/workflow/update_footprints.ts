import {
  fetchFootprintSlice,
  type FootprintPage,
  type FootprintSlice,
  splitSlice,
} from "../archive/footprint_slice.ts";
import type { TapClient, TapOptions } from "../archive/tap_client.ts";
import { TaggedError } from "../core/errors.ts";
import type { Database } from "../store/database.ts";
import { FootprintTable } from "../store/footprints.ts";
import { type SweepRecord, SweepTable } from "../store/sweeps.ts";
import type { WorkflowEvent } from "./events.ts";

/** What the index of footprints is brought up to date with. */
export interface FootprintUpdate {
  /** The database of footprints. */
  readonly database: Database;
  /** The service. */
  readonly tap: TapClient;
  /** The collections that are wanted. */
  readonly collections: readonly string[];
  /** Most rows of one answer. */
  readonly pageRows: number;
  /** Questions asked at the same time. */
  readonly concurrency: number;
  /** Collections that were looked at less than so long ago are left alone. */
  readonly maxAgeHours: number;
  /** How questions are asked. */
  readonly options: TapOptions;
  /** The time, milliseconds since 1970. */
  readonly nowMs: number;
}

/** What an update brought. */
export interface FootprintUpdateResult {
  /** Rows received, those known before included. */
  readonly rows: number;
  /** Footprints in the index. */
  readonly footprints: number;
  /** Rows that have no outline. */
  readonly skipped: number;
}

/** Before the first image of the mission. */
const FIRST_MJD = 60_700;
const UNIX_EPOCH_MJD = 40_587;
const DAY_MS = 86_400_000;
/** Into how many parts a slice is cut that has more rows than an answer may have. */
const PARTS = 8;
/** A tenth of a second: no slice needs to be shorter. */
const SHORTEST_DAYS = 1e-6;
/** Images can come into the tables some time after the date of their release. */
const LATE_DAYS = 2;

/**
 * Brings the index of footprints up to date: all images of a collection at first, later those released since the newest
 * one known. Slices are stored as they come, so that an interrupted update goes on where it was.
 */
export async function* updateFootprints(
  update: FootprintUpdate,
): AsyncGenerator<WorkflowEvent, FootprintUpdateResult> {
  const table = new FootprintTable(update.database);
  let [rows, skipped] = [0, 0];
  for (const collection of update.collections) {
    const sweep = nextSweep(collection, update);
    if (sweep === undefined) continue;
    // How many rows there are is known at the end only: the time covered so far tells how far it is.
    let [found, coveredDays] = [0, 0];
    for await (const { slice, page } of pages(sweep, update)) {
      storePage(table, sweep, slice, page, update);
      rows += page.records.length;
      found += page.records.length;
      skipped += page.skipped.length;
      yield {
        type: "footprints_stored",
        collection,
        rows: page.records.length,
        startMjd: slice.startMjd,
        endMjd: slice.endMjd,
      };
      coveredDays += slice.endMjd - slice.startMjd;
      const total = Math.round(found * (sweep.endMjd - sweep.startMjd) / coveredDays);
      yield {
        type: "progress",
        stage: "index",
        done: rows,
        total: Math.max(rows, rows - found + total),
        failed: skipped,
      };
    }
    new SweepTable(update.database).finish(sweep, new Date(update.nowMs).toISOString());
    update.database.flush();
  }
  return { rows, footprints: table.count, skipped };
}

/** The sweep that a collection needs now: the rest of an interrupted one, a new one, or none. */
function nextSweep(
  collection: string,
  { database, maxAgeHours, nowMs }: FootprintUpdate,
): SweepRecord | undefined {
  const sweeps = new SweepTable(database);
  const last = sweeps.last(collection);
  if (last?.finishedAt === null) return last;
  if (last !== undefined && nowMs - Date.parse(last.finishedAt!) < maxAgeHours * 3_600_000) return undefined;
  const newest = last === undefined ? null : sweeps.newestRelease(collection);
  const endMjd = Math.ceil(nowMs / DAY_MS + UNIX_EPOCH_MJD) + 1;
  const releasedSince = newest === null ? null : dateBefore(newest, LATE_DAYS);
  return sweeps.begin(
    { collection, releasedSince, startMjd: FIRST_MJD, endMjd },
    new Date(nowMs).toISOString(),
  );
}

/** A date as the archive writes them, some days before another one; that other one itself when it cannot be read. */
function dateBefore(date: string, days: number): string {
  const time = Date.parse(`${date.replace(" ", "T")}Z`);
  if (Number.isNaN(time)) return date;
  return new Date(time - days * DAY_MS).toISOString().replace("T", " ").slice(0, 19);
}

/** The missing slices of a sweep as they come in, several asked for at a time; too full ones are asked in parts. */
async function* pages(
  sweep: SweepRecord,
  update: FootprintUpdate,
): AsyncGenerator<{ slice: FootprintSlice; page: FootprintPage }> {
  const { tap, pageRows, concurrency, options } = update;
  const waiting: FootprintSlice[] = new SweepTable(update.database).missing(sweep).map((
    [startMjd, endMjd],
  ) => ({
    collection: sweep.collection,
    releasedSince: sweep.releasedSince,
    startMjd,
    endMjd,
  }));
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const ask = async (slice: FootprintSlice) => ({
    slice,
    page: await fetchFootprintSlice(tap, slice, pageRows, { ...options, signal }),
  });
  const open = new Map<FootprintSlice, ReturnType<typeof ask>>();
  try {
    for (;;) {
      while (open.size < concurrency && waiting.length > 0) {
        const slice = waiting.shift()!;
        open.set(slice, ask(slice));
      }
      if (open.size === 0) return;
      const answered = await Promise.race(open.values());
      open.delete(answered.slice);
      if (!answered.page.overflow) yield answered;
      else waiting.unshift(...splitSlice(splittable(answered.slice, pageRows), PARTS));
    }
  } finally {
    stop.abort();
    await Promise.allSettled(open.values());
  }
}

/** The slice; throws discovery/too-dense when no shorter one makes sense. */
function splittable(slice: FootprintSlice, pageRows: number): FootprintSlice {
  if (slice.endMjd - slice.startMjd > SHORTEST_DAYS) return slice;
  throw new TaggedError(
    "discovery/too-dense",
    `The service gives no more than ${pageRows} rows, and ${slice.collection} has more at MJD ${slice.startMjd}`,
    {
      context: { ...slice },
      hint: "Raise discovery.maxrec_per_source_collection",
    },
  );
}

function storePage(
  table: FootprintTable,
  sweep: SweepRecord,
  slice: FootprintSlice,
  { records }: FootprintPage,
  { database }: FootprintUpdate,
): void {
  database.atomic(() => {
    table.add(records);
    new SweepTable(database).addSlice(sweep, [slice.startMjd, slice.endMjd], records.length);
  });
  database.flush();
}
