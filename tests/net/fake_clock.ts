import type { Clock } from "../../lib/net/clock.ts";

/** A clock on which waiting takes no time: it notes what was waited for and jumps ahead. */
export class FakeClock implements Clock {
  /** Every wait, in milliseconds, in the order of the calls. */
  readonly sleeps: number[] = [];
  #nowMs: number;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(milliseconds);
    // Others get their turn, as they would while time passes.
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    this.advance(milliseconds);
  }
}
