import { isTaggedError, TaggedError } from "../core/errors.ts";
import { type Clock, SYSTEM_CLOCK } from "../net/clock.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { withoutQuery } from "../net/net_error.ts";
import { votableRecords } from "./votable_records.ts";

/** Where a job stands (UWS 1.1, section 2.1.3). */
export type JobPhase =
  | "PENDING"
  | "QUEUED"
  | "EXECUTING"
  | "COMPLETED"
  | "ERROR"
  | "ABORTED"
  | "UNKNOWN"
  | "HELD"
  | "SUSPENDED"
  | "ARCHIVED";

/** How a job is waited for. */
export interface JobOptions {
  /** Wait before the second look at the phase; each wait is half as long again, up to 15 seconds. @default {1000} */
  readonly firstPollMs?: number;
  /** Wait for the end of the job at most. @default {1_800_000} */
  readonly timeoutMs?: number;
  /** Replaces parts of the client's retry policy. */
  readonly retry?: Partial<RetryPolicy>;
  /** Stops the wait; the job is deleted. */
  readonly signal?: AbortSignal;
  /** Told of each phase that is new. */
  readonly onPhase?: (phase: JobPhase) => void;
  /** Time; tests pass their own. */
  readonly clock?: Clock;
}

const MAX_POLL_MS = 15_000;
const POLL_GROWTH = 1.5;
/** How long the deletion of a job may keep a program that was told to stop. */
const DELETE_TIMEOUT_MS = 5000;
const MAX_ERROR_BYTES = 1024 * 1024;
const FORM = { "content-type": "application/x-www-form-urlencoded" } as const;

/** A job on a service that follows the Universal Worker Service pattern. Delete it when its results have been read. */
export class UwsJob {
  /** Where the job is. */
  readonly url: string;
  readonly #http: HttpClient;
  readonly #options: JobOptions;
  readonly #clock: Clock;

  private constructor(http: HttpClient, url: string, options: JobOptions) {
    this.#http = http;
    this.url = url.replace(/\/$/, "");
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /**
   * Makes a job with parameters; it does not run yet. Throws `net/...`, and `discovery/bad-answer` when the service does
   * not lead to a job.
   */
  static async create(
    http: HttpClient,
    listUrl: string,
    parameters: Readonly<Record<string, string>>,
    options: JobOptions = {},
  ): Promise<UwsJob> {
    const answer = await http.fetchBytes(listUrl, {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams(parameters).toString(),
      // A job that was made and never run expires by itself.
      isRepeatable: true,
      maxBytes: MAX_ERROR_BYTES,
      ...requestOptions(options),
    });
    if (withoutQuery(answer.url) === withoutQuery(listUrl)) {
      throw new TaggedError("discovery/bad-answer", `${withoutQuery(listUrl)} made no job of the query`, {
        context: { url: withoutQuery(listUrl), status: answer.status },
        hint: "The service may be down for maintenance; try again later",
      });
    }
    return new UwsJob(http, withoutQuery(answer.url), options);
  }

  /** Where the job stands. */
  async phase(): Promise<JobPhase> {
    const answer = await this.#get("/phase");
    return new TextDecoder().decode(answer).trim().toUpperCase() as JobPhase;
  }

  /**
   * Runs the job to its end. Throws `discovery/job-failed` with the service's reason, `discovery/job-timeout`, and
   * `net/...`. Whenever it throws, also when the signal aborts, the job is deleted.
   */
  async run(): Promise<void> {
    try {
      await this.#start();
      await this.#wait();
    } catch (error) {
      await this.delete();
      throw error;
    }
  }

  /** The bytes of a result; a query has one, named `result`. */
  result(name = "result", maxBytes?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#get(`/results/${name}`, maxBytes);
  }

  /** Removes the job from the service. A service that does not answer removes it by itself after some time. */
  async delete(): Promise<void> {
    try {
      await this.#http.fetchBytes(this.url, {
        method: "DELETE",
        signal: AbortSignal.timeout(DELETE_TIMEOUT_MS),
        retry: { attempts: 1 },
        maxBytes: MAX_ERROR_BYTES,
      });
    } catch (error) {
      if (!isTaggedError(error, "net") && !(error instanceof DOMException)) throw error;
    }
  }

  async #start(): Promise<void> {
    try {
      const url = `${this.url}/phase`;
      const body = "PHASE=RUN";
      await this.#http.fetchBytes(url, {
        method: "POST",
        headers: FORM,
        body,
        ...requestOptions(this.#options),
      });
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      // The answer may have been lost and not the request.
      if (!isTaggedError(error, "net") || await this.phase() === "PENDING") throw error;
    }
  }

  async #wait(): Promise<void> {
    const { timeoutMs = 1_800_000, firstPollMs = 1000, signal, onPhase } = this.#options;
    const end = this.#clock.now() + timeoutMs;
    let last: JobPhase | undefined;
    for (let waitMs = firstPollMs;; waitMs = Math.min(MAX_POLL_MS, waitMs * POLL_GROWTH)) {
      const phase = await this.phase();
      if (phase !== last) onPhase?.(phase);
      last = phase;
      if (phase === "COMPLETED") return;
      if (["ERROR", "ABORTED", "ARCHIVED"].includes(phase)) throw await this.#failure(phase);
      if (this.#clock.now() >= end) throw this.#timeout(phase, timeoutMs);
      await this.#clock.sleep(waitMs, signal);
    }
  }

  async #failure(phase: JobPhase): Promise<TaggedError> {
    const reason = phase === "ERROR" ? await this.#reason() : "the service stopped it";
    return new TaggedError("discovery/job-failed", `The job ${this.url} ended in phase ${phase}: ${reason}`, {
      context: { url: this.url, phase, reason },
      hint: "Try again later; if it fails again, the service's operators can look the job up by its address",
    });
  }

  #timeout(phase: JobPhase, timeoutMs: number): TaggedError {
    return new TaggedError(
      "discovery/job-timeout",
      `The job ${this.url} was still in phase ${phase} after ${timeoutMs / 1000} s`,
      { context: { url: this.url, phase, timeoutMs }, hint: "The service is busy: try again later" },
    );
  }

  /** Why the job failed, in the service's words. */
  async #reason(): Promise<string> {
    const bytes = await this.#get("/error", MAX_ERROR_BYTES);
    try {
      votableRecords(bytes);
    } catch (error) {
      if (isTaggedError(error, "votable/query-error")) return String(error.context.message);
    }
    const text = new TextDecoder().decode(bytes).replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    return text.trim().slice(0, 300) || "it gives no reason";
  }

  async #get(path: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>> {
    const size = maxBytes === undefined ? {} : { maxBytes };
    const answer = await this.#http.fetchBytes(this.url + path, {
      ...size,
      ...requestOptions(this.#options),
    });
    return answer.bytes;
  }
}

function requestOptions({ signal, retry }: JobOptions) {
  return { ...(signal === undefined ? {} : { signal }), ...(retry === undefined ? {} : { retry }) };
}
