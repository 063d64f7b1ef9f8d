import { isTaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import { explainedAnswerError } from "./answer_error.ts";
import { type JobOptions, UwsJob } from "./uws_job.ts";
import { type AnsweredRecords, votableRecords } from "./votable_records.ts";

/** A question to a TAP service. */
export interface TapQuery {
  /** The query in ADQL. */
  readonly adql: string;
  /** Most rows that are wanted; the service's own limit when left out. */
  readonly maxRecords?: number;
}

/** How a query is asked: retries, the stop signal, and how a job is waited for. */
export type TapOptions = JobOptions;

const EXPLAINED_STATUSES = [400, 422];
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

/** Asks a TAP service (TAP 1.1), either at once or by a job; answers are VOTables, so that overflow is told. */
export class TapClient {
  readonly #http: HttpClient;
  readonly #endpoint: string;

  /** A client of the service at `endpoint`, such as `https://irsa.ipac.caltech.edu/TAP`. */
  constructor(http: HttpClient, endpoint: string) {
    this.#http = http;
    this.#endpoint = endpoint.replace(/\/$/, "");
  }

  /** Where the service is. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /**
   * Asks and waits for the answer in one request. Throws `discovery/query-refused` when the service reports an error of
   * the query, `discovery/bad-answer` when the answer cannot be read, and `net/...`.
   */
  async querySync(query: TapQuery, options: TapOptions = {}): Promise<AnsweredRecords> {
    const url = `${this.#endpoint}/sync`;
    const { signal, retry } = options;
    const answer = await this.#http.fetchBytes(`${url}?${new URLSearchParams(parametersOf(query))}`, {
      acceptStatuses: EXPLAINED_STATUSES,
      maxBytes: MAX_ANSWER_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(retry === undefined ? {} : { retry }),
    });
    return records(answer.bytes, query, url, answer.status);
  }

  /**
   * Asks by a job, which a service gives more time; the job is deleted afterwards, also when the signal aborts. Throws
   * as {@linkcode querySync} does, and `discovery/job-failed` and `discovery/job-timeout`.
   */
  async queryAsync(query: TapQuery, options: TapOptions = {}): Promise<AnsweredRecords> {
    const job = await UwsJob.create(this.#http, `${this.#endpoint}/async`, parametersOf(query), options);
    await job.run();
    try {
      return records(await job.result("result", MAX_ANSWER_BYTES), query, job.url, 200);
    } finally {
      await job.delete();
    }
  }

  /** Asks at once and, when the service does not manage that, by a job. A refused query is not asked again. */
  async query(query: TapQuery, options: TapOptions = {}): Promise<AnsweredRecords> {
    try {
      return await this.querySync(query, options);
    } catch (error) {
      if (options.signal?.aborted || !mayPassAsJob(error)) throw error;
      return await this.queryAsync(query, options);
    }
  }
}

/** Whether a job may be answered where the request at once was not: the service took too long or broke. */
function mayPassAsJob(error: unknown): boolean {
  return isTaggedError(error, "discovery/bad-answer") || isTaggedError(error, "net/timeout") ||
    isTaggedError(error, "net/low-speed") || isTaggedError(error, "net/truncated") ||
    (isTaggedError(error, "net/status") && Number(error.context["status"]) >= 500);
}

function parametersOf({ adql, maxRecords }: TapQuery): Record<string, string> {
  return {
    REQUEST: "doQuery",
    LANG: "ADQL",
    FORMAT: "votable",
    ...(maxRecords === undefined ? {} : { MAXREC: String(maxRecords) }),
    QUERY: adql,
  };
}

function records(body: Uint8Array, { maxRecords }: TapQuery, url: string, status: number): AnsweredRecords {
  try {
    const answer = votableRecords(body);
    const isFull = maxRecords !== undefined && maxRecords > 0 && answer.records.length >= maxRecords;
    return { records: answer.records, overflow: answer.overflow || isFull };
  } catch (error) {
    throw explainedAnswerError(error, "TAP", url, status);
  }
}
