import type { ArchiveRoute, FaultKind } from "./stand_in_options.ts";

/** Requests and bytes of one service of a stand-in archive. */
export interface RouteCount {
  /** Requests received. */
  readonly requests: number;
  /** Requests that were made to go wrong. */
  readonly faults: number;
  /** Bytes of bodies handed to the network. */
  readonly bodyBytes: number;
}

/** One request that a stand-in archive received. */
export interface RequestRecord {
  /** Service that it went to. */
  readonly route: ArchiveRoute;
  /** Method. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The Range header, if one was sent. */
  readonly range: string | undefined;
  /** Status of the answer; 0 when the connection was closed without one. */
  status: number;
  /** What was made to go wrong, if anything. */
  fault: FaultKind | undefined;
  /** Bytes of the body handed to the network so far. */
  bodyBytes: number;
}

/** The services in the order in which they are counted. */
const ROUTES: readonly ArchiveRoute[] = [
  "sia",
  "cutout",
  "ibe",
  "ibe-listing",
  "s3",
  "s3-listing",
  "tap",
  "datalink",
  "truth",
  "other",
];
const MAX_RECORDS = 20_000;

/** Counts the requests of a stand-in archive and keeps the last of them. */
export class RequestLog {
  #records: RequestRecord[] = [];
  #dropped = new Map<ArchiveRoute, { requests: number; faults: number; bodyBytes: number }>();
  #open = 0;
  #mostOpen = 0;

  /** The requests since the start or the last reset, the last 20,000 of them. */
  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  /** The largest number of requests that were being answered at once. */
  get mostConcurrent(): number {
    return this.#mostOpen;
  }

  /** Notes a request that is being answered; the caller fills in the rest and calls {@linkcode finish}. */
  start(record: RequestRecord): void {
    this.#records.push(record);
    this.#open++;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
    if (this.#records.length > MAX_RECORDS) this.#drop(this.#records.splice(0, MAX_RECORDS / 10));
  }

  /** Notes that a request has been answered, or given up. */
  finish(): void {
    this.#open--;
  }

  /** Requests and bytes of each service. */
  counts(): Record<ArchiveRoute, RouteCount> {
    const counts = new Map(ROUTES.map((route) => [route, { requests: 0, faults: 0, bodyBytes: 0 }]));
    for (const [route, dropped] of this.#dropped) counts.set(route, { ...dropped });
    for (const record of this.#records) addTo(counts.get(record.route)!, record);
    return Object.fromEntries(counts) as Record<ArchiveRoute, RouteCount>;
  }

  /** Forgets all requests. */
  reset(): void {
    this.#records = [];
    this.#dropped = new Map();
    this.#mostOpen = this.#open;
  }

  #drop(records: readonly RequestRecord[]): void {
    for (const record of records) {
      const count = this.#dropped.get(record.route) ?? { requests: 0, faults: 0, bodyBytes: 0 };
      addTo(count, record);
      this.#dropped.set(record.route, count);
    }
  }
}

function addTo(count: { requests: number; faults: number; bodyBytes: number }, record: RequestRecord): void {
  count.requests++;
  if (record.fault !== undefined) count.faults++;
  count.bodyBytes += record.bodyBytes;
}
