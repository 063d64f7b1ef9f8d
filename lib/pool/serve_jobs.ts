import { isTaggedError } from "../core/errors.ts";
import type { TransferredError, WorkerRequest, WorkerResponse } from "./worker_protocol.ts";

/** The part of a worker's global scope that {@linkcode serveJobs} uses. */
export interface WorkerScope {
  /** Called for each message from the pool. */
  onmessage: ((event: MessageEvent) => void) | null;
  /** Sends a message to the pool. */
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

function transferred(error: unknown): TransferredError {
  if (isTaggedError(error)) {
    return { code: error.code, message: error.message, hint: error.hint, context: error.context };
  }
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

/**
 * Makes the current worker answer the jobs of a {@linkcode WorkerPool}, one after the other.
 * `work` does one job; `transferables` names the buffers of a result that are handed over instead of copied.
 */
export function serveJobs<Job, Result>(
  scope: WorkerScope,
  work: (job: Job) => Result | Promise<Result>,
  transferables: (result: Result) => Transferable[] = () => [],
): void {
  let queue: Promise<void> = Promise.resolve();
  scope.onmessage = (event: MessageEvent) => {
    const { id, job } = event.data as WorkerRequest<Job>;
    queue = queue.then(async () => {
      try {
        const result = await work(job);
        const response: WorkerResponse<Result> = { id, result };
        scope.postMessage(response, transferables(result));
      } catch (error) {
        const response: WorkerResponse<Result> = { id, error: transferred(error) };
        scope.postMessage(response);
      }
    });
  };
}
