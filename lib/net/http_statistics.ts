import type { Timeline } from "./host_timeline.ts";

/** One change of the number of requests that a host gets at once. */
export interface LimitChange {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Requests at once from then on. */
  readonly limit: number;
  /** What led to it. */
  readonly reason: "start" | "quick" | "throttled" | "timeout" | "failed";
}

/** What happened with one host since the client was made. */
export interface HostStatistics {
  /** Name and port, as in a URL. */
  readonly host: string;
  /** Requests sent, retries and redirects included. */
  requests: number;
  /** Answers with a status from 200 to 299. */
  successes: number;
  /** Attempts that ended in an error or an error status. */
  failures: number;
  /** Attempts that were repeats. */
  retries: number;
  /** Answers 429 and 503. */
  throttled: number;
  /** Body bytes received. */
  bytesReceived: number;
  /** Requests under way now. */
  inFlight: number;
  /** The most requests that were under way at once. */
  peakInFlight: number;
  /** Requests at once that are allowed now. */
  limit: number;
  /** The latest changes of that limit, oldest first, at most 200. */
  limitTrace: readonly LimitChange[];
  /** Traffic over time. */
  timeline: Timeline;
}

/** What happened in the whole client. */
export interface HttpStatistics {
  /** One entry a host, in the order of first use. */
  readonly hosts: readonly Readonly<HostStatistics>[];
}
