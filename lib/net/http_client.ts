import { isTaggedError, TaggedError } from "../core/errors.ts";
import { AdaptiveLimiter, type LimiterOutcome, type Permit } from "./adaptive_limiter.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Exchange } from "./exchange.ts";
import { checkedUrl, redirectTarget } from "./host_rules.ts";
import { HostState } from "./host_state.ts";
import {
  DEFAULT_LIMITS,
  DEFAULT_RETRY,
  DEFAULT_TIMEOUTS,
  type HostLimits,
  type HttpClientOptions,
  type HttpRequestOptions,
  type HttpTimeouts,
  type RetryPolicy,
} from "./http_options.ts";
import { HttpResponse } from "./http_response.ts";
import type { HttpStatistics } from "./http_statistics.ts";
import { connectionError, statusError, timeoutError, withoutQuery } from "./net_error.ts";
import { ResponseBody } from "./response_body.ts";
import { parseRetryAfter } from "./retry_after.ts";
import { isRetryable, retryDelayMs } from "./retry_policy.ts";

/** The one way out to the network. */
export interface HttpClient {
  /**
   * Sends a request and gives the answer once its head is here; the body is still to be read or cancelled.
   *
   * Failures that may pass are retried as the policy says. Throws tagged errors `net/...`; a status outside
   * 200 to 299 is `net/status` (429: `net/rate-limited`) unless the options accept it. When the caller's signal
   * aborts, its reason is thrown.
   */
  request(url: string | URL, options?: HttpRequestOptions): Promise<HttpResponse>;
  /** Sends a request and reads the whole body; a body that breaks is retried too. */
  fetchBytes(url: string | URL, options?: HttpRequestOptions & { maxBytes?: number }): Promise<FetchedBody>;
  /** Asks whether the host of a URL may be sent one more repeat, and counts it. */
  spendRetry(url: string | URL): boolean;
  /** When this client repeats failed requests; callers that repeat by themselves keep to it. */
  readonly retryPolicy: RetryPolicy;
  /** What happened so far, host by host. */
  stats(): HttpStatistics;
  /** Closes all idle connections; the client cannot be used any more. */
  close(): void;
}

/** An answer with its body. */
export interface FetchedBody {
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** The status code. */
  readonly status: number;
  /** Header fields. */
  readonly headers: Headers;
  /** The whole body. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Makes a client: kept-alive connections, limits that adapt to each host, retries, timeouts and counters.
 * Proxies named by the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`) are used by the platform itself.
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return new FetchClient(options);
}

const DEFAULT_USER_AGENT = "spxcutdb/0.1.0";
const ERROR_BODY_BYTES = 2000;

class FetchClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #timeouts: HttpTimeouts;
  readonly retryPolicy: RetryPolicy;
  readonly #limits: HostLimits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hosts = new Map<string, HostState>();
  readonly #everywhere: AdaptiveLimiter;
  readonly #connections: Deno.HttpClient;
  #closed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.retryPolicy = { ...DEFAULT_RETRY, ...options.retry };
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#random = options.random ?? Math.random;
    const all = options.maxConcurrency ?? 2048;
    this.#everywhere = new AdaptiveLimiter({ start: all, max: all }, this.#clock);
    this.#connections = Deno.createHttpClient({
      poolMaxIdlePerHost: Math.min(256, this.#limits.maxConcurrency),
      poolIdleTimeout: 60_000,
    });
  }

  request(url: string | URL, options: HttpRequestOptions = {}): Promise<HttpResponse> {
    return this.#retrying(url, options, (attempt) => this.#attempt(url, options, attempt));
  }

  fetchBytes(
    url: string | URL,
    options: HttpRequestOptions & { maxBytes?: number } = {},
  ): Promise<FetchedBody> {
    return this.#retrying(url, options, async (attempt) => {
      const response = await this.#attempt(url, options, attempt);
      const bytes = await response.bytes(options.maxBytes);
      return { url: response.url, status: response.status, headers: response.headers, bytes };
    });
  }

  spendRetry(url: string | URL): boolean {
    const host = this.#host(new URL(url));
    if (!host.budget.spend()) return false;
    host.counters.retries++;
    return true;
  }

  stats(): HttpStatistics {
    return { hosts: [...this.#hosts.values()].map((host) => host.statistics()) };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const reason = closedError();
    this.#everywhere.close(reason);
    for (const host of this.#hosts.values()) host.close(reason);
    this.#connections.close();
  }

  async #retrying<T>(
    url: string | URL,
    options: HttpRequestOptions,
    work: (attempt: number) => Promise<T>,
  ): Promise<T> {
    const policy = { ...this.retryPolicy, ...options.retry };
    for (let attempt = 1;; attempt++) {
      try {
        return await work(attempt);
      } catch (error) {
        if (options.signal?.aborted) throw options.signal.reason;
        const mayRepeat = options.method !== "POST" || options.isRepeatable === true ||
          isTaggedError(error, "net/rate-limited");
        if (!mayRepeat || attempt >= policy.attempts || !isRetryable(error, policy)) throw error;
        if (!this.spendRetry(url)) throw error;
        const delayMs = retryDelayMs(policy, attempt, error, this.#random);
        options.onRetry?.({ attempt, delayMs, error: error as Error });
        await this.#clock.sleep(delayMs, options.signal);
      }
    }
  }

  /** One attempt with its redirects. */
  async #attempt(url: string | URL, options: HttpRequestOptions, attempt: number): Promise<HttpResponse> {
    let target = checkedUrl(url, this.#options.allowedHosts);
    if (attempt === 1 && options.isRepeat !== true) this.#host(target).budget.earn();
    const maxRedirects = this.#options.maxRedirects ?? 5;
    let sent = options;
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const response = await this.#send(target, sent);
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        response.attempts = attempt;
        return await this.#accept(response, options);
      }
      await response.cancel();
      sent = redirectedRequest(sent, response.status);
      target = redirectTarget(target, response.headers.get("location"), this.#options.allowedHosts);
    }
    throw new TaggedError(
      "net/redirect-loop",
      `${withoutQuery(url)} redirects more than ${maxRedirects} times`,
      {
        context: { url: withoutQuery(url), last: withoutQuery(target) },
      },
    );
  }

  /** Turns a status that is no answer into an error. */
  async #accept(response: HttpResponse, options: HttpRequestOptions): Promise<HttpResponse> {
    const { status, url } = response;
    if ((status >= 200 && status < 300) || options.acceptStatuses?.includes(status)) return response;
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), this.#clock.now());
    throw statusError(url, status, retryAfterMs, await excerptOf(response));
  }

  /** One request to one host, in its turn. */
  async #send(url: URL, options: HttpRequestOptions): Promise<HttpResponse> {
    if (this.#closed) throw closedError();
    const host = this.#host(url);
    const overall = await this.#everywhere.acquire(options.signal);
    let permit: Permit;
    try {
      permit = await host.limiter.acquire(options.signal);
    } catch (error) {
      overall.release("neutral");
      throw error;
    }
    const outcome: { value: LimiterOutcome; latencyMs?: number } = { value: "neutral" };
    const timeouts = { ...this.#timeouts, ...options.timeouts };
    try {
      await host.rate.pass(options.signal);
    } catch (error) {
      permit.release("neutral");
      overall.release("neutral");
      throw error;
    }
    const exchange = new Exchange(url.href, timeouts.totalMs, options.signal, () => {
      permit.release(outcome.value, outcome.latencyMs);
      overall.release("neutral");
    });
    return await this.#exchange(url, options, host, exchange, timeouts, outcome);
  }

  async #exchange(
    url: URL,
    options: HttpRequestOptions,
    host: HostState,
    exchange: Exchange,
    timeouts: HttpTimeouts,
    outcome: { value: LimiterOutcome; latencyMs?: number },
  ): Promise<HttpResponse> {
    const observer = {
      received: (bytes: number) => host.count("bytesReceived", bytes),
      broke: (error: unknown) => this.#blame(host, error, outcome, options.signal),
    };
    try {
      await host.reach(url, timeouts.connectMs, exchange.signal);
      const startMs = performance.now();
      host.count("requests");
      const response = await exchange.within(
        timeouts.readMs,
        () => timeoutError(url.href, "read", timeouts.readMs),
        fetch(url, this.#fetchInit(options, exchange.signal)),
      );
      const firstByteMs = performance.now() - startMs;
      this.#credit(host, response.status, firstByteMs, outcome);
      const contentLength = announcedLength(response.headers);
      const head = {
        url: url.href,
        status: response.status,
        headers: response.headers,
        contentLength,
        firstByteMs,
      };
      const body = new ResponseBody(url.href, response, contentLength, exchange, timeouts, observer);
      return new HttpResponse(head, body);
    } catch (error) {
      const reason = exchange.signal.aborted
        ? exchange.signal.reason
        : isTaggedError(error)
        ? error
        : connectionError(url.href, error);
      observer.broke(reason);
      exchange.finish();
      throw reason;
    }
  }

  #fetchInit(options: HttpRequestOptions, signal: AbortSignal): RequestInit & { client: Deno.HttpClient } {
    return {
      client: this.#connections,
      redirect: "manual",
      method: options.method ?? "GET",
      headers: {
        "user-agent": this.#options.userAgent ?? DEFAULT_USER_AGENT,
        "accept": "*/*",
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: options.body }),
      signal,
    };
  }

  /** Counts an answer's head. */
  #credit(
    host: HostState,
    status: number,
    firstByteMs: number,
    outcome: { value: LimiterOutcome; latencyMs?: number },
  ): void {
    outcome.latencyMs = firstByteMs;
    if (status === 429 || status === 503) {
      host.count("throttled");
      outcome.value = "throttled";
    } else {
      outcome.value = status >= 500 ? "failed" : "ok";
    }
    if (status >= 200 && status < 300) host.counters.successes++;
    else if (status >= 400) host.count("failures");
  }

  /** Counts an attempt that broke; what the caller stopped is nobody's fault. */
  #blame(
    host: HostState,
    error: unknown,
    outcome: { value: LimiterOutcome },
    callerSignal: AbortSignal | undefined,
  ): void {
    if (callerSignal?.aborted || !isTaggedError(error, "net")) {
      outcome.value = "neutral";
      return;
    }
    host.count("failures");
    outcome.value = error.code === "net/timeout" || error.code === "net/low-speed" ? "timeout" : "failed";
    if (error.code === "net/connection" || error.context.kind === "connect") host.lost();
  }

  #host(url: URL): HostState {
    const known = this.#hosts.get(url.host);
    if (known !== undefined) return known;
    const host = new HostState(url.host, this.#limits, this.#options.retriesPerRequest ?? 2, this.#clock);
    this.#hosts.set(url.host, host);
    return host;
  }
}

/** What is sent to where a redirect leads: after 303, and after 301 and 302 of a POST, a GET (RFC 9110, 15.4). */
function redirectedRequest(sent: HttpRequestOptions, status: number): HttpRequestOptions {
  const { method = "GET" } = sent;
  const becomesGet = status === 303
    ? method !== "HEAD"
    : method === "POST" && (status === 301 || status === 302);
  if (!becomesGet) return sent;
  const { body: _body, ...rest } = sent;
  const headers = Object.entries(rest.headers ?? {}).filter(([name]) =>
    name.toLowerCase() !== "content-type"
  );
  return { ...rest, method: "GET", headers: Object.fromEntries(headers) };
}

function closedError(): TaggedError {
  return new TaggedError("net/closed", "The HTTP client is closed");
}

function announcedLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  if (text === null || headers.has("content-encoding") || !/^\d+$/.test(text)) return undefined;
  return Number(text);
}

/** The first words of an error body, without markup; the rest is not read. */
async function excerptOf(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.chunks()) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= ERROR_BODY_BYTES) break;
    }
  } catch {
    // The status says enough when its explanation breaks off.
  }
  return text.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim().slice(0, 200);
}
