import type { Stage, WorkflowEvent } from "./events.ts";

/** How long one stage took and how much it did. */
export interface StageTime {
  /** The stage. */
  readonly stage: Stage;
  /** Seconds from its first sign to its last. */
  readonly seconds: number;
  /** Items done. */
  readonly items: number;
}

/** Reads from a stream of events how long each stage takes. */
export class StageClock {
  readonly #now: () => number;
  readonly #stages = new Map<Stage, { from: number; to: number; items: number }>();
  #previous: number;

  /** Starts now; `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#previous = now();
  }

  /** Passes events on and notes when they come. */
  async *watch(events: AsyncIterable<WorkflowEvent>): AsyncGenerator<WorkflowEvent> {
    for await (const event of events) {
      this.note(event);
      yield event;
    }
  }

  /** Notes one event. */
  note(event: WorkflowEvent): void {
    const now = this.#now();
    if (event.type === "progress") {
      const known = this.#stages.get(event.stage);
      // What a stage did before its first sign took the time since the event before that.
      if (known === undefined) {
        this.#stages.set(event.stage, { from: this.#previous, to: now, items: event.done });
      } else {
        known.to = now;
        known.items = Math.max(known.items, event.done);
      }
    }
    this.#previous = now;
  }

  /** The stages seen so far, in the order of their beginning. */
  get times(): StageTime[] {
    return [...this.#stages].map(([stage, { from, to, items }]) => ({
      stage,
      seconds: (to - from) / 1000,
      items,
    }));
  }
}
