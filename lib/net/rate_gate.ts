import type { Clock } from "./clock.ts";

/** Requests may bunch within this time without breaking the rate. */
const BURST_MS = 100;

/** Spaces the starts of requests: at most so many in a second (generic cell rate algorithm, ITU-T I.371). */
export class RateGate {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #theoreticalStart = -Infinity;

  /** A gate for `perSecond` requests a second; Infinity lets all pass. */
  constructor(perSecond: number, clock: Clock) {
    if (!(perSecond > 0)) throw new RangeError(`A rate of ${perSecond} requests a second is not positive`);
    this.#intervalMs = 1000 / perSecond;
    this.#clock = clock;
  }

  /** Waits until the next request may start. */
  async pass(signal?: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const start = Math.max(now, this.#theoreticalStart);
    this.#theoreticalStart = start + this.#intervalMs;
    const waitMs = start - now - BURST_MS;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }
}
