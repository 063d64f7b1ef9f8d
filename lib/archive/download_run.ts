import { isTaggedError, TaggedError } from "../core/errors.ts";
import { SYSTEM_CLOCK } from "../net/clock.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { isRetryable, retryDelayMs } from "../net/retry_policy.ts";
import type { AccessName, AccessRoute } from "./access_route.ts";
import { attemptDownload, type DownloadTask, routeOf } from "./download_attempt.ts";
import type { DownloadEvent, DownloadFailed } from "./download_event.ts";
import type { DownloadItem } from "./download_item.ts";
import type { DownloadOptions } from "./download_options.ts";
import { readResumePoint, removeIfThere } from "./partial_file.ts";

/** Events that may wait for the reader before no new item is begun. */
const MAX_WAITING_EVENTS = 256;

/** Works through a plan; see `iterDownloadPlanResults`. */
export class DownloadRun<Expected> {
  readonly #plan: readonly DownloadItem<Expected>[];
  readonly #options: DownloadOptions<Expected>;
  readonly #policy: RetryPolicy;
  readonly #maxWorkers: number;
  readonly #stop = new AbortController();
  readonly #active = new Set<Promise<void>>();
  readonly #sleeping = new Set<Promise<void>>();
  readonly #ready: DownloadTask<Expected>[] = [];
  readonly #events: DownloadEvent[] = [];
  #next = 0;
  #fatal: Error | undefined;
  #wake: () => void = () => {};

  /** A run over a checked plan. */
  constructor(plan: readonly DownloadItem<Expected>[], options: DownloadOptions<Expected>) {
    this.#plan = plan;
    this.#options = options;
    this.#policy = { ...options.client.retryPolicy, ...options.retry };
    this.#maxWorkers = Math.max(1, options.maxWorkers ?? 32);
  }

  /** Tells what happens until every item is done, the caller stops, or the disk refuses. */
  async *events(): AsyncGenerator<DownloadEvent, void, undefined> {
    const { signal } = this.#options;
    const onAbort = () => {
      this.#stop.abort(signal!.reason);
      this.#wake();
    };
    if (signal?.aborted) throw interruptedError(signal.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      yield* this.#work();
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#stop.abort(new TaggedError("interrupted/aborted", "The download has ended"));
      await Promise.allSettled([...this.#active, ...this.#sleeping]);
    }
  }

  async *#work(): AsyncGenerator<DownloadEvent, void, undefined> {
    for (;;) {
      if (this.#stop.signal.aborted) throw interruptedError(this.#stop.signal.reason);
      this.#startWaiting();
      const event = this.#events.shift();
      if (event !== undefined) {
        if (event.type === "download_completed" || event.type === "download_failed") {
          await this.#options.record?.(event);
        }
        yield event;
      } else if (this.#fatal !== undefined) {
        throw this.#fatal;
      } else if (this.#active.size === 0 && this.#sleeping.size === 0) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    }
  }

  /** Begins items in the order of the plan; those that are due again go before those not begun. */
  #startWaiting(): void {
    while (
      this.#fatal === undefined && this.#active.size < this.#maxWorkers &&
      this.#events.length < MAX_WAITING_EVENTS
    ) {
      const task = this.#ready.shift() ?? this.#nextTask();
      if (task === undefined) return;
      const work: Promise<void> = this.#run(task).finally(() => {
        this.#active.delete(work);
        this.#wake();
      });
      this.#active.add(work);
    }
  }

  #nextTask(): DownloadTask<Expected> | undefined {
    const order = this.#next;
    const item = this.#plan[order];
    if (item === undefined) return undefined;
    this.#next++;
    return {
      item,
      order,
      attempts: 0,
      route: undefined,
      routesLeft: [],
      routeFailures: 0,
      refusals: 0,
      refusal: undefined,
      validation: null,
      quarantinePath: null,
      startedMs: undefined,
    };
  }

  async #run(task: DownloadTask<Expected>): Promise<void> {
    const startMs = performance.now();
    const told = (isSuccess: boolean) =>
      this.#options.onRoute?.({
        name: routeOf(task).name,
        isSuccess,
        durationMs: performance.now() - startMs,
      });
    try {
      const event = await attemptDownload(
        task,
        this.#options,
        this.#stop.signal,
        (progress) => this.#emit(progress),
      );
      if (event.attempts > 0) told(true);
      this.#emit(event);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (isTaggedError(error)) told(false);
      await this.#fail(task, error);
    }
  }

  async #fail(task: DownloadTask<Expected>, error: unknown): Promise<void> {
    if (!isTaggedError(error)) {
      // A mistake in the program or in the validator is no failure of an item.
      this.#fatal = error instanceof Error ? error : new Error(String(error));
      return;
    }
    // The answer was good, and would be the same again.
    if (error.code === "archive/target-off-image") {
      this.#emit(failed(task, error));
      return;
    }
    if (isTaggedError(error, "storage")) {
      this.#emit(failed(task, error));
      this.#fatal = error;
      return;
    }
    task.routeFailures++;
    const { name: access, url } = routeOf(task);
    if (this.#mayFallBack(task, error)) {
      fallBack(task, error);
      this.#retryLater(task, error, access, 0);
      return;
    }
    if (this.#mayRetry(task, error)) {
      const delayMs = retryDelayMs(
        this.#policy,
        task.attempts,
        error,
        this.#options.random ?? Math.random,
      );
      this.#retryLater(task, error, access, delayMs);
      return;
    }
    try {
      if (await readResumePoint(task.item.partialPath, url) === undefined) {
        await removeIfThere(task.item.partialPath);
      }
    } catch {
      // What is left over is cleaned by: spxcutdb clean-partials
    }
    // A file that was refused lies there to be looked at: it says more than what other routes had to say.
    this.#emit(failed(task, task.refusal ?? error));
  }

  #mayRetry(task: DownloadTask<Expected>, error: TaggedError): boolean {
    return this.#isWorthRepeating(task, error) && task.attempts < this.#policy.attempts &&
      this.#options.client.spendRetry(routeOf(task).url);
  }

  /** Whether the same request may bring a good file the next time. */
  #isWorthRepeating(task: DownloadTask<Expected>, error: TaggedError): boolean {
    if (error.code === "archive/invalid-cutout") {
      return task.refusals < (this.#options.validationAttempts ?? 2);
    }
    return isTaggedError(error, "archive") || isTaggedError(error, "fits") ||
      isRetryable(error, this.#policy);
  }

  /** A route is left for the next one when it cannot work, and when it failed twice. */
  #mayFallBack(task: DownloadTask<Expected>, error: TaggedError): boolean {
    if (task.routesLeft.length === 0) return false;
    const isLost = task.routeFailures > 1 || !this.#isWorthRepeating(task, error);
    return isLost && this.#options.client.spendRetry(nextRoute(task, error).url);
  }

  /** Gives up the worker; the item comes back by itself when its time has come. */
  #retryLater(task: DownloadTask<Expected>, error: TaggedError, access: AccessName, delayMs: number): void {
    const clock = this.#options.clock ?? SYSTEM_CLOCK;
    this.#emit({
      type: "download_retry",
      key: task.item.key,
      attempt: task.attempts,
      maxAttempts: Math.max(this.#policy.attempts, task.attempts + 1),
      delayMs,
      code: error.code,
      message: error.message,
      status: statusOf(error),
      access,
      nextAccess: routeOf(task).name,
    });
    const sleep: Promise<void> = clock.sleep(delayMs, this.#stop.signal).then(() => {
      this.#ready.push(task);
      this.#ready.sort((a, b) => a.order - b.order);
    }, () => {}).finally(() => {
      this.#sleeping.delete(sleep);
      this.#wake();
    });
    this.#sleeping.add(sleep);
  }

  #emit(event: DownloadEvent): void {
    this.#events.push(event);
    this.#wake();
  }
}

/**
 * The next route: where a service failed one of another service, where it answered and the answer was no good another
 * one of the same service, if there is such a one.
 */
function nextRoute(task: DownloadTask<unknown>, error: TaggedError): AccessRoute {
  const isCloud = task.route!.name === "cloud";
  const wantsCloud = isTaggedError(error, "net") ? !isCloud : isCloud;
  return task.routesLeft.find((route) => (route.name === "cloud") === wantsCloud) ?? task.routesLeft[0]!;
}

function fallBack(task: DownloadTask<unknown>, error: TaggedError): void {
  const next = nextRoute(task, error);
  task.routesLeft = task.routesLeft.filter((route) => route !== next);
  task.route = next;
  task.routeFailures = 0;
  task.refusals = 0;
}

function failed(task: DownloadTask<unknown>, error: TaggedError): DownloadFailed {
  return {
    type: "download_failed",
    key: task.item.key,
    phase: error.code === "archive/invalid-cutout" || error.code === "archive/target-off-image"
      ? "validation"
      : "download",
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    status: statusOf(error),
    attempts: task.attempts,
    validation: task.validation,
    quarantinePath: task.quarantinePath,
  };
}

function statusOf(error: TaggedError): number | null {
  return isTaggedError(error, "net") && typeof error.context.status === "number"
    ? error.context.status
    : null;
}

function interruptedError(reason: unknown): TaggedError {
  return new TaggedError(
    "interrupted/aborted",
    "The download was stopped; unfinished files have the suffix .part",
    {
      cause: reason,
      hint: "Run the same command again: it goes on where it stopped",
    },
  );
}
