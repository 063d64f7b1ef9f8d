import { type ErrorCode, type JsonValue, TaggedError } from "../core/errors.ts";
import type { TransferredError, WorkerRequest, WorkerResponse } from "./worker_protocol.ts";

/** How a pool is set up. */
export interface WorkerPoolOptions {
  /** Number of workers. */
  readonly size: number;
  /** Starts one worker. */
  readonly start: () => Worker;
  /** How many jobs wait inside a worker, so that it never idles between two. @default {2} */
  readonly jobsPerWorker?: number;
  /** A worker that works longer than this on one job is replaced, milliseconds. @default {120000} */
  readonly jobTimeoutMs?: number;
}

interface PendingJob<Job, Result> {
  readonly request: WorkerRequest<Job>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

interface Slot<Job, Result> {
  worker: Worker;
  readonly jobs: PendingJob<Job, Result>[];
  timer: ReturnType<typeof setTimeout> | undefined;
}

function revive(error: TransferredError): Error {
  if (error.code !== undefined) {
    return new TaggedError(error.code as ErrorCode, error.message, {
      context: (error.context ?? {}) as Record<string, JsonValue>,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
  return new TaggedError("internal/worker-job", `A worker failed: ${error.message}`, {
    context: { stack: error.stack ?? "" },
    hint: "This is a bug: please report it with the run's log",
  });
}

/**
 * A fixed number of workers that share one queue of jobs.
 *
 * A worker that crashes or hangs is replaced, and only the job it was on fails. Workers start with the first job.
 */
export class WorkerPool<Job, Result> implements Disposable {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot<Job, Result>[] = [];
  readonly #waiting: PendingJob<Job, Result>[] = [];
  #nextId = 1;
  #closed = false;

  /** Throws RangeError when the size is not a positive integer. */
  constructor(options: WorkerPoolOptions) {
    if (!Number.isInteger(options.size) || options.size < 1) {
      throw new RangeError(`A pool needs at least one worker: size is ${options.size}`);
    }
    this.#options = options;
  }

  /** Jobs handed in that have no answer yet. */
  get pendingCount(): number {
    return this.#waiting.length + this.#slots.reduce((sum, slot) => sum + slot.jobs.length, 0);
  }

  /** Does one job on some worker. Rejects with the job's error, or internal/worker-crashed. */
  submit(job: Job): Promise<Result> {
    if (this.#closed) return Promise.reject(new TypeError("Cannot submit a job to a closed pool"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { id: this.#nextId++, job }, resolve, reject });
      this.#dispatch();
    });
  }

  /** Stops the workers that have nothing to do, and gives their memory back; the next job starts one anew. */
  dismissIdle(): void {
    for (const slot of this.#slots.splice(0)) {
      if (slot.jobs.length > 0) this.#slots.push(slot);
      else slot.worker.terminate();
    }
  }

  /** Stops all workers; jobs without an answer are rejected. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#slots) {
      clearTimeout(slot.timer);
      slot.worker.terminate();
    }
    const unanswered = [...this.#slots.flatMap((slot) => slot.jobs), ...this.#waiting];
    this.#slots.length = 0;
    this.#waiting.length = 0;
    for (const pending of unanswered) {
      pending.reject(
        new TaggedError("interrupted/pool-closed", "The work was stopped before this job was done"),
      );
    }
  }

  /** Stops all workers at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  #dispatch(): void {
    const depth = this.#options.jobsPerWorker ?? 2;
    while (this.#waiting.length > 0) {
      let slot = this.#slots.reduce<Slot<Job, Result> | undefined>(
        (best, candidate) =>
          best === undefined || candidate.jobs.length < best.jobs.length ? candidate : best,
        undefined,
      );
      if (this.#slots.length < this.#options.size && (slot === undefined || slot.jobs.length > 0)) {
        slot = this.#addSlot();
      }
      if (slot === undefined || slot.jobs.length >= depth) return;
      const pending = this.#waiting.shift()!;
      slot.jobs.push(pending);
      if (slot.jobs.length === 1) this.#startTimer(slot);
      slot.worker.postMessage(pending.request);
    }
  }

  #addSlot(): Slot<Job, Result> {
    const slot: Slot<Job, Result> = { worker: this.#options.start(), jobs: [], timer: undefined };
    this.#listen(slot);
    this.#slots.push(slot);
    return slot;
  }

  #listen(slot: Slot<Job, Result>): void {
    slot.worker.onmessage = (event: MessageEvent<WorkerResponse<Result>>) => {
      clearTimeout(slot.timer);
      const pending = slot.jobs.shift();
      if (slot.jobs.length > 0) this.#startTimer(slot);
      if (pending !== undefined) {
        if ("error" in event.data) pending.reject(revive(event.data.error));
        else pending.resolve(event.data.result);
      }
      this.#dispatch();
    };
    slot.worker.onerror = (event) => {
      event.preventDefault();
      this.#replace(slot, `crashed: ${event.message}`);
    };
  }

  #startTimer(slot: Slot<Job, Result>): void {
    const limit = this.#options.jobTimeoutMs ?? 120_000;
    slot.timer = setTimeout(() => this.#replace(slot, `did not answer within ${limit / 1000} s`), limit);
  }

  #replace(slot: Slot<Job, Result>, reason: string): void {
    clearTimeout(slot.timer);
    slot.worker.terminate();
    if (this.#closed) return;
    const failed = slot.jobs.shift();
    this.#waiting.unshift(...slot.jobs.splice(0));
    slot.worker = this.#options.start();
    this.#listen(slot);
    failed?.reject(
      new TaggedError("internal/worker-crashed", `A worker ${reason}`, {
        hint: "The other work goes on; run the command again to try this item once more",
      }),
    );
    this.#dispatch();
  }
}
