/** A message to a worker: one piece of work. */
export interface WorkerRequest<Job> {
  /** Number of the job, unique in the pool. */
  readonly id: number;
  /** What to do. */
  readonly job: Job;
}

/** An error as it travels between threads. */
export interface TransferredError {
  /** Error code when the error was tagged. */
  readonly code?: string;
  /** Sentence. */
  readonly message: string;
  /** Next step for the user. */
  readonly hint?: string | undefined;
  /** Numbers of the error. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where an unexpected error came from. */
  readonly stack?: string | undefined;
}

/** A worker's answer to one request. */
export type WorkerResponse<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: TransferredError };
