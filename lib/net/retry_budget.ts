/** Retries allowed to a host before it has answered anything. */
const ALLOWANCE = 20;

/**
 * Bounds the repeats sent to one host, so that a failing service never sees a storm:
 * each first attempt earns `ratio` repeats, and a small allowance lets the first requests be repeated at all.
 */
export class RetryBudget {
  readonly #ratio: number;
  #earned = ALLOWANCE;

  /** A budget of `ratio` repeats for each first attempt. */
  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  /** Counts a first attempt. */
  earn(): void {
    this.#earned += this.#ratio;
  }

  /** Takes one repeat; false when none is left. */
  spend(): boolean {
    if (this.#earned < 1) return false;
    this.#earned -= 1;
    return true;
  }
}
