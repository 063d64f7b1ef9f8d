/** Lets a limited number of tasks run at once; the others wait in line, or are turned away. */
export class ConcurrencyGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `limit` tasks at once; Infinity for no limit. */
  constructor(readonly limit: number, readonly overLimit: "queue" | "refuse") {}

  /** Waits for a place; false when the task is turned away. Every true must be followed by {@linkcode leave}. */
  async enter(): Promise<boolean> {
    if (this.#running < this.limit) {
      this.#running++;
      return true;
    }
    if (this.overLimit === "refuse") return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  /** Gives a place back: to the first in line, if there is one. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }

  /** Lets all who wait go on. */
  open(): void {
    for (const resolve of this.#waiting.splice(0)) {
      this.#running++;
      resolve();
    }
  }
}
