import { AdaptiveLimiter } from "./adaptive_limiter.ts";
import type { Clock } from "./clock.ts";
import { probeConnection } from "./connection_probe.ts";
import { HostTimeline, type TimelineCount } from "./host_timeline.ts";
import type { HostLimits } from "./http_options.ts";
import type { HostStatistics } from "./http_statistics.ts";
import { RateGate } from "./rate_gate.ts";
import { RetryBudget } from "./retry_budget.ts";

/** What the client knows of one host. */
export class HostState {
  /** How many requests it gets at once. */
  readonly limiter: AdaptiveLimiter;
  /** How many it gets in a second. */
  readonly rate: RateGate;
  /** How many repeats it gets. */
  readonly budget: RetryBudget;
  /** Counters; the limiter's own numbers are added by {@linkcode HostState.statistics}. */
  readonly counters = { requests: 0, successes: 0, failures: 0, retries: 0, throttled: 0, bytesReceived: 0 };
  readonly #host: string;
  readonly #clock: Clock;
  readonly #timeline: HostTimeline;
  readonly #closed = new AbortController();
  #reached = false;
  #probe: Promise<void> | undefined;

  /** A host nothing is known of. */
  constructor(host: string, limits: HostLimits, retriesPerRequest: number, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
    const timeline = this.#timeline = new HostTimeline(
      Math.min(limits.startConcurrency, limits.maxConcurrency),
    );
    this.limiter = new AdaptiveLimiter(
      { start: limits.startConcurrency, max: limits.maxConcurrency },
      clock,
      (limit, nowMs) => timeline.setLimit(limit, nowMs),
    );
    this.rate = new RateGate(limits.maxRequestsPerSecond, clock);
    this.budget = new RetryBudget(retriesPerRequest);
  }

  /** Makes sure that the host takes connections, once until it fails; all who wait share one look. */
  async reach(url: URL, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#reached || timeoutMs <= 0) return;
    this.#probe ??= probeConnection(url, timeoutMs, this.#closed.signal).finally(() =>
      this.#probe = undefined
    );
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      await Promise.race([this.#probe, stopped.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
    this.#reached = true;
  }

  /** Counts something that has just happened, in all and over time. */
  count(what: TimelineCount, by = 1): void {
    this.counters[what] += by;
    this.#timeline.count(what, this.#clock.now(), by);
  }

  /** Turns away all who wait. */
  close(reason: unknown): void {
    this.#closed.abort(reason);
    this.limiter.close(reason);
  }

  /** The host broke a connection: look again before the next long wait. */
  lost(): void {
    this.#reached = false;
  }

  /** A copy of all numbers. */
  statistics(): HostStatistics {
    return {
      host: this.#host,
      ...this.counters,
      inFlight: this.limiter.inFlight,
      peakInFlight: this.limiter.peakInFlight,
      limit: this.limiter.limit,
      limitTrace: [...this.limiter.trace],
      timeline: this.#timeline.snapshot(),
    };
  }
}
