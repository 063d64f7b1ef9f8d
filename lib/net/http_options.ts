import type { Clock } from "./clock.ts";

/** The times after which a request is given up; all in milliseconds, 0 means never. */
export interface HttpTimeouts {
  /** Until a connection to a host that has not answered yet stands. */
  readonly connectMs: number;
  /** The longest silence: until the head of the answer comes, and between two pieces of its body. */
  readonly readMs: number;
  /** The whole request, from sending to the last byte, without waiting for a place. */
  readonly totalMs: number;
  /** A body slower than this for `lowSpeedMs` is given up; 0 accepts any speed. */
  readonly lowSpeedBytesPerSecond: number;
  /** How long a body may stay below `lowSpeedBytesPerSecond`. */
  readonly lowSpeedMs: number;
}

/** How often and when a failed request is sent again. */
export interface RetryPolicy {
  /** All attempts, the first included; 1 never retries. */
  readonly attempts: number;
  /** The wait before the second, third... attempt; the last number holds for all later ones. */
  readonly backoffMs: readonly number[];
  /** A random part of at most this much is added to each wait. */
  readonly jitterMs: number;
  /** Statuses worth another attempt. */
  readonly statuses: readonly number[];
  /** Whether `Retry-After` replaces the backoff when the server sends it. */
  readonly honorRetryAfter: boolean;
  /** `Retry-After` is believed up to this wait. */
  readonly maxRetryAfterMs: number;
}

/** How many requests one host gets at once and in a second. */
export interface HostLimits {
  /** Requests at once to begin with. */
  readonly startConcurrency: number;
  /** Requests at once that are never exceeded, however well the host answers. */
  readonly maxConcurrency: number;
  /** Requests started in a second. */
  readonly maxRequestsPerSecond: number;
}

/** What the client is made of; everything has a default. */
export interface HttpClientOptions {
  /** Sent with every request. */
  readonly userAgent?: string;
  /** Times after which requests are given up. */
  readonly timeouts?: Partial<HttpTimeouts>;
  /** When failed requests are sent again. */
  readonly retry?: Partial<RetryPolicy>;
  /** Limits of each host. */
  readonly limits?: Partial<HostLimits>;
  /** Requests at once to all hosts together. */
  readonly maxConcurrency?: number;
  /**
   * Hosts that may be asked and redirected to: `name`, `name:port`, or `.suffix` for all below a domain.
   * When left out, any host may be asked and a redirect must stay on the host that was asked.
   */
  readonly allowedHosts?: readonly string[];
  /** Redirects followed in a row. */
  readonly maxRedirects?: number;
  /** Retries allowed for each first attempt, over all requests to a host (beside a small fixed allowance). */
  readonly retriesPerRequest?: number;
  /** Time; tests pass their own. */
  readonly clock?: Clock;
  /** Uniform random numbers on [0, 1) for jitter; tests pass their own. */
  readonly random?: () => number;
}

/** What one request may say beside its URL. */
export interface HttpRequestOptions {
  /** GET when left out. */
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  /** Header fields beside the client's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of a POST. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Whether a POST may be sent again after a failure because it does no harm twice. */
  readonly isRepeatable?: boolean;
  /** Stops the request, also in its body. */
  readonly signal?: AbortSignal;
  /** Replaces parts of the client's timeouts. */
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Replaces parts of the client's retry policy; `{ attempts: 1 }` leaves retries to the caller. */
  readonly retry?: Partial<RetryPolicy>;
  /** Whether the caller has asked for the same before: a repeat earns no further repeats. */
  readonly isRepeat?: boolean;
  /** Statuses beside 200 to 299 that are answers, not errors. */
  readonly acceptStatuses?: readonly number[];
  /** Told before each wait for another attempt. */
  readonly onRetry?: (retry: HttpRetry) => void;
}

/** One wait before another attempt. */
export interface HttpRetry {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Milliseconds until the next one. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: Error;
}

/** The timeouts of a client that names none. */
export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectMs: 20_000,
  readMs: 180_000,
  totalMs: 0,
  lowSpeedBytesPerSecond: 0,
  lowSpeedMs: 30_000,
};

/** The retry policy of a client that names none. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 4,
  backoffMs: [1000, 2000, 5000, 15_000],
  jitterMs: 1000,
  statuses: [408, 429, 500, 502, 503, 504],
  honorRetryAfter: true,
  maxRetryAfterMs: 120_000,
};

/** The limits of each host for a client that names none. */
export const DEFAULT_LIMITS: HostLimits = {
  startConcurrency: 4,
  maxConcurrency: 64,
  maxRequestsPerSecond: 1000,
};
