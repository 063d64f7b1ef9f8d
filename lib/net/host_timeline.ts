/** What happened with a host in one interval of its timeline. */
export interface TimelineInterval {
  /** Requests sent. */
  requests: number;
  /** Body bytes received. */
  bytesReceived: number;
  /** Answers 429 and 503. */
  throttled: number;
  /** Attempts that ended in an error or another error status. */
  failures: number;
  /** The fewest requests at once that were allowed. */
  lowestLimit: number;
  /** Requests at once that were allowed at the end. */
  limit: number;
}

/** The traffic with a host over time, in intervals of one length. */
export interface Timeline {
  /** Beginning of the first interval, milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** Length of an interval. */
  readonly intervalMs: number;
  /** The intervals in order; those in which nothing happened are among them. */
  readonly intervals: readonly Readonly<TimelineInterval>[];
}

/** What can be counted. */
export type TimelineCount = "requests" | "bytesReceived" | "throttled" | "failures";

const FIRST_INTERVAL_MS = 100;
/** So many intervals at most: a longer time makes them longer, two become one. */
const MAX_INTERVALS = 160;

/** Keeps the traffic with a host over time in little memory, however long it lasts. */
export class HostTimeline {
  #startMs: number | undefined;
  #intervalMs = FIRST_INTERVAL_MS;
  #intervals: TimelineInterval[] = [];
  #limit: number;

  /** A timeline that begins with the first thing noted; `limit` holds until {@linkcode HostTimeline.setLimit}. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts something that happens now. */
  count(what: TimelineCount, nowMs: number, by = 1): void {
    this.#at(nowMs)[what] += by;
  }

  /** The number of requests at once that are allowed from now on. */
  setLimit(limit: number, nowMs: number): void {
    this.#limit = limit;
    // Before the first request the limit is only how it begins.
    if (this.#startMs === undefined) return;
    const interval = this.#at(nowMs);
    interval.limit = limit;
    interval.lowestLimit = Math.min(interval.lowestLimit, limit);
  }

  /** A copy of all that was kept. */
  snapshot(): Timeline {
    const intervals = this.#intervals.map((interval) => ({ ...interval }));
    return { startMs: this.#startMs ?? 0, intervalMs: this.#intervalMs, intervals };
  }

  #at(nowMs: number): TimelineInterval {
    this.#startMs ??= nowMs;
    // A clock that was set back must not make an interval before the first one.
    const elapsedMs = Math.max(0, nowMs - this.#startMs);
    while (elapsedMs >= MAX_INTERVALS * this.#intervalMs) this.#halve();
    const index = Math.floor(elapsedMs / this.#intervalMs);
    while (this.#intervals.length <= index) this.#intervals.push(emptyInterval(this.#lastLimit()));
    return this.#intervals[index]!;
  }

  #lastLimit(): number {
    return this.#intervals.at(-1)?.limit ?? this.#limit;
  }

  /** Makes one interval of each two. */
  #halve(): void {
    const merged: TimelineInterval[] = [];
    for (let i = 0; i < this.#intervals.length; i += 2) {
      merged.push(mergedInterval(this.#intervals[i]!, this.#intervals[i + 1]));
    }
    this.#intervals = merged;
    this.#intervalMs *= 2;
  }
}

function emptyInterval(limit: number): TimelineInterval {
  return { requests: 0, bytesReceived: 0, throttled: 0, failures: 0, lowestLimit: limit, limit };
}

function mergedInterval(first: TimelineInterval, second: TimelineInterval | undefined): TimelineInterval {
  if (second === undefined) return first;
  return {
    requests: first.requests + second.requests,
    bytesReceived: first.bytesReceived + second.bytesReceived,
    throttled: first.throttled + second.throttled,
    failures: first.failures + second.failures,
    lowestLimit: Math.min(first.lowestLimit, second.lowestLimit),
    limit: second.limit,
  };
}
