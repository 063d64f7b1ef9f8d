import { isTaggedError } from "../core/errors.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpTimeouts } from "./http_options.ts";
import { lowSpeedError, timeoutError, truncatedError } from "./net_error.ts";

/** What the reader of a body reports. */
export interface BodyObserver {
  /** Bytes arrived. */
  received(bytes: number): void;
  /** The body broke; called before the error is thrown. */
  broke(error: unknown): void;
}

/** Pulls the pieces of a body and gives up when they come too slowly; time the reader takes itself does not count. */
export class ResponseBody {
  readonly #url: string;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  readonly #exchange: Exchange;
  readonly #timeouts: HttpTimeouts;
  readonly #observer: BodyObserver;
  readonly #contentLength: number | undefined;
  #received = 0;
  #windowMs = 0;
  #windowBytes = 0;

  /** A body that is read through `exchange`. */
  constructor(
    url: string,
    response: Response,
    contentLength: number | undefined,
    exchange: Exchange,
    timeouts: HttpTimeouts,
    observer: BodyObserver,
  ) {
    this.#url = url;
    this.#reader = response.body?.getReader();
    this.#contentLength = contentLength;
    this.#exchange = exchange;
    this.#timeouts = timeouts;
    this.#observer = observer;
    if (this.#reader === undefined) exchange.finish();
  }

  /** The next piece, or undefined at the end. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#reader === undefined) return undefined;
    const startMs = performance.now();
    try {
      const { value } = await this.#exchange.within(
        this.#patienceMs(),
        () => this.#tooSlow(performance.now() - startMs),
        this.#reader.read(),
      );
      if (value === undefined) {
        this.#exchange.finish();
        return undefined;
      }
      this.#count(value.length, performance.now() - startMs);
      return value;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /** Gives up the rest. */
  async cancel(): Promise<void> {
    try {
      await this.#reader?.cancel();
    } catch {
      // A body that broke is as good as cancelled.
    } finally {
      this.#exchange.finish();
    }
  }

  #patienceMs(): number {
    const { readMs, lowSpeedBytesPerSecond, lowSpeedMs } = this.#timeouts;
    if (lowSpeedBytesPerSecond <= 0 || lowSpeedMs <= 0) return readMs;
    const untilLowSpeed = Math.max(1, lowSpeedMs - this.#windowMs);
    return readMs > 0 ? Math.min(readMs, untilLowSpeed) : untilLowSpeed;
  }

  #tooSlow(silentMs: number): Error {
    const { readMs, lowSpeedBytesPerSecond } = this.#timeouts;
    if (readMs > 0 && silentMs >= readMs * 0.999) return timeoutError(this.#url, "read", readMs);
    return lowSpeedError(this.#url, this.#windowBytes, this.#windowMs + silentMs, lowSpeedBytesPerSecond);
  }

  #count(bytes: number, waitedMs: number): void {
    this.#received += bytes;
    this.#observer.received(bytes);
    const { lowSpeedBytesPerSecond, lowSpeedMs } = this.#timeouts;
    if (lowSpeedBytesPerSecond <= 0 || lowSpeedMs <= 0) return;
    this.#windowMs += waitedMs;
    this.#windowBytes += bytes;
    if (this.#windowMs < lowSpeedMs) return;
    if (this.#windowBytes < lowSpeedBytesPerSecond * this.#windowMs / 1000) {
      throw lowSpeedError(this.#url, this.#windowBytes, this.#windowMs, lowSpeedBytesPerSecond);
    }
    this.#windowMs = 0;
    this.#windowBytes = 0;
  }

  #broken(error: unknown): unknown {
    const { signal } = this.#exchange;
    const reason = signal.aborted
      ? signal.reason
      : isTaggedError(error)
      ? error
      : truncatedError(this.#url, this.#received, this.#contentLength, error);
    this.#exchange.abort(reason);
    // Closes the connection; a body that broke by itself says so once more.
    this.#reader?.cancel(reason).catch(() => {});
    this.#observer.broke(reason);
    this.#exchange.finish();
    return reason;
  }
}
