import { timeoutError } from "./net_error.ts";

/**
 * The life of one attempt: a signal that stops it, fed by the caller's signal and by the total timeout,
 * and a finish that runs exactly once when nothing more will be read.
 */
export class Exchange {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #totalTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #onFinish: () => void;
  #finished = false;

  /** Begins to count the total time now. */
  constructor(url: string, totalMs: number, callerSignal: AbortSignal | undefined, onFinish: () => void) {
    this.#callerSignal = callerSignal;
    this.#onFinish = onFinish;
    if (totalMs > 0 && totalMs < 2 ** 31) {
      this.#totalTimer = setTimeout(() => this.abort(timeoutError(url, "total", totalMs)), totalMs);
    }
    callerSignal?.addEventListener("abort", this.#abortByCaller, { once: true });
    if (callerSignal?.aborted) this.#abortByCaller();
  }

  readonly #abortByCaller = (): void => this.abort(this.#callerSignal!.reason);

  /** Stops the request and its body. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the attempt for a reason that its reader will see. */
  abort(reason: unknown): void {
    if (!this.#finished) this.#controller.abort(reason);
  }

  /**
   * Waits for `work`; stops the attempt when it takes longer than `limitMs` (0 waits forever). Throws the reason as
   * soon as the attempt is stopped, whether `work` hears of it or not: the platform may forget the signal of a request
   * while its body is being read, when its request object is collected as garbage.
   */
  async within<T>(limitMs: number, reason: () => unknown, work: Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    const timer = limitMs > 0 && limitMs < 2 ** 31
      ? setTimeout(() => this.abort(reason()), limitMs)
      : undefined;
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await Promise.race([work, stopped.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends the attempt; later calls do nothing. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#totalTimer);
    this.#callerSignal?.removeEventListener("abort", this.#abortByCaller);
    this.#onFinish();
  }
}
