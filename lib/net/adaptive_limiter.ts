import type { Clock } from "./clock.ts";
import type { LimitChange } from "./http_statistics.ts";

/** How a request ended, as far as the limiter cares. */
export type LimiterOutcome = "ok" | "throttled" | "timeout" | "failed" | "neutral";

/** A place among the requests under way; give it back exactly once. */
export interface Permit {
  /** Gives the place back and says how it went; `latencyMs` is the time to the head of the answer. */
  release(outcome: LimiterOutcome, latencyMs?: number): void;
}

interface Waiter {
  grant(): void;
  reject(reason: unknown): void;
}

/** Bounds of a limiter. */
export interface LimiterBounds {
  /** Requests at once to begin with. */
  readonly start: number;
  /** Requests at once that are never exceeded. */
  readonly max: number;
}

/** An answer is quick while it takes at most this much longer than the quickest one, or twice as long. */
const QUICK_EXTRA_MS = 100;
/** How long a limit that led to throttling is remembered. */
const MEMORY_MS = 60_000;
/** So many failures in a row without any success pause the host; a burst that is throttled at once counts as two. */
const PAUSE_AFTER = 12;
const MAX_PAUSE_MS = 60_000;
const TRACE_LENGTH = 200;

/**
 * Finds how many requests a host takes at once.
 *
 * It starts low and grows by one with each quick answer while all places are taken. A 429, 503 or timeout halves
 * it, once for all requests that were under way then; below the limit that failed it grows back quickly, above it
 * slowly. Slower answers stop the growth. A host that only fails is paused, longer each time, and then asked by one
 * request. (Additive increase, multiplicative decrease: Chiu & Jain 1989; the memory is that of CUBIC, Ha et al. 2008.)
 */
export class AdaptiveLimiter {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #onChange: ((limit: number, nowMs: number) => void) | undefined;
  readonly #waiting: Waiter[] = [];
  readonly #trace: LimitChange[] = [];
  readonly #closed = new AbortController();
  #limit: number;
  #inFlight = 0;
  #peak = 0;
  #epoch = 0;
  #startingFast = true;
  #quickestMs = Infinity;
  #failedLimit = Infinity;
  #failedAtMs = -Infinity;
  #failuresInARow = 0;
  #pausedUntilMs = -Infinity;
  #wakeUpPlanned = false;

  /** A limiter between 1 and `bounds.max`; `onChange` is told of each change of the limit. */
  constructor(bounds: LimiterBounds, clock: Clock, onChange?: (limit: number, nowMs: number) => void) {
    if (!(bounds.max >= 1) || !(bounds.start >= 1)) {
      throw new RangeError("A limiter allows at least one request");
    }
    this.#max = Math.floor(bounds.max);
    this.#limit = Math.min(Math.floor(bounds.start), this.#max);
    this.#clock = clock;
    this.#onChange = onChange;
    this.#note("start");
  }

  /** Requests at once that are allowed now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The most requests that were under way at once. */
  get peakInFlight(): number {
    return this.#peak;
  }

  /** The latest changes of the limit, oldest first. */
  get trace(): readonly LimitChange[] {
    return this.#trace;
  }

  /** Waits for a place, first come, first served. */
  acquire(signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal!.reason);
      };
      const waiter: Waiter = {
        grant: () => {
          signal?.removeEventListener("abort", leave);
          resolve(this.#permit());
        },
        reject: (reason) => {
          signal?.removeEventListener("abort", leave);
          reject(reason);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiter);
      this.#admit();
    });
  }

  /** Turns away all who wait. */
  close(reason: unknown): void {
    this.#closed.abort(reason);
    for (const waiter of this.#waiting.splice(0)) waiter.reject(reason);
  }

  #permit(): Permit {
    this.#inFlight++;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    const epoch = this.#epoch;
    let released = false;
    return {
      release: (outcome, latencyMs) => {
        if (released) return;
        released = true;
        const wasFull = this.#inFlight >= this.limit;
        this.#inFlight--;
        this.#learn(outcome, latencyMs, epoch, wasFull);
        this.#admit();
      },
    };
  }

  #admit(): void {
    if (this.#closed.signal.aborted) {
      for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#closed.signal.reason);
      return;
    }
    const pauseMs = this.#pausedUntilMs - this.#clock.now();
    if (pauseMs > 0) return this.#wakeUpIn(pauseMs);
    while (this.#inFlight < this.limit && this.#waiting.length > 0) this.#waiting.shift()!.grant();
  }

  #wakeUpIn(milliseconds: number): void {
    if (this.#wakeUpPlanned || this.#waiting.length === 0) return;
    this.#wakeUpPlanned = true;
    const wakeUp = () => {
      this.#wakeUpPlanned = false;
      this.#admit();
    };
    this.#clock.sleep(milliseconds, this.#closed.signal).then(wakeUp, wakeUp);
  }

  #learn(outcome: LimiterOutcome, latencyMs: number | undefined, epoch: number, wasFull: boolean): void {
    if (outcome === "neutral") return;
    if (outcome === "ok") {
      this.#failuresInARow = 0;
      if (latencyMs !== undefined) this.#grow(latencyMs, wasFull);
      return;
    }
    if (outcome !== "failed") {
      if (epoch !== this.#epoch) return;
      this.#halve(outcome);
    }
    const before = Math.floor(this.#failuresInARow / PAUSE_AFTER);
    this.#failuresInARow += outcome === "failed" ? 1 : 2;
    const pauses = Math.floor(this.#failuresInARow / PAUSE_AFTER);
    if (pauses > before) this.#pause(Math.min(MAX_PAUSE_MS, 1000 * 2 ** pauses));
  }

  #pause(milliseconds: number): void {
    this.#pausedUntilMs = this.#clock.now() + milliseconds;
    this.#limit = 1;
    this.#note("failed");
  }

  #grow(latencyMs: number, wasFull: boolean): void {
    this.#quickestMs = Math.min(this.#quickestMs, latencyMs);
    const quick = latencyMs <= Math.max(2 * this.#quickestMs, this.#quickestMs + QUICK_EXTRA_MS);
    if (!quick || !wasFull || this.#limit >= this.#max) return;
    const before = this.limit;
    const remembers = this.#clock.now() - this.#failedAtMs < MEMORY_MS;
    const step = remembers && this.#limit >= this.#failedLimit - 1
      ? 1 / (20 * this.#limit)
      : this.#startingFast
      ? 1
      : Math.max(1 / this.#limit, 0.25);
    this.#limit = Math.min(this.#max, this.#limit + step);
    if (this.limit !== before) this.#note("quick");
  }

  #halve(reason: "throttled" | "timeout"): void {
    this.#epoch++;
    this.#startingFast = false;
    this.#failedLimit = this.#limit;
    this.#failedAtMs = this.#clock.now();
    this.#limit = Math.max(1, this.#limit / 2);
    this.#note(reason);
  }

  #note(reason: LimitChange["reason"]): void {
    const atMs = this.#clock.now();
    this.#trace.push({ atMs, limit: this.limit, reason });
    this.#onChange?.(this.limit, atMs);
    if (this.#trace.length > TRACE_LENGTH) this.#trace.shift();
  }
}
