import { dirname } from "node:path";
import type { TaggedError } from "../core/errors.ts";
import { commitFile } from "../files/atomic_write.ts";
import { sha256File } from "../files/sha256.ts";
import { storageError } from "../files/storage_error.ts";
import { SYSTEM_CLOCK } from "../net/clock.ts";
import { withoutQuery } from "../net/net_error.ts";
import { type AccessRoute, wholeFileRoute } from "./access_route.ts";
import {
  type DownloadCompleted,
  type DownloadEvent,
  isAccepted,
  type ValidationOutcome,
} from "./download_event.ts";
import type { DownloadItem } from "./download_item.ts";
import type { DownloadOptions } from "./download_options.ts";
import type { FetchedPartial } from "./fetch_partial.ts";
import { removeIfThere, resumePointPath } from "./partial_file.ts";
import { invalidCutoutError, isOffImage, offImageError, quarantine, type RefusedFile } from "./quarantine.ts";

/** An item on its way: what has been tried so far. */
export interface DownloadTask<Expected> {
  /** What to fetch. */
  readonly item: DownloadItem<Expected>;
  /** Its place in the plan; earlier ones go first. */
  readonly order: number;
  /** Attempts made. */
  attempts: number;
  /** The route in use; undefined before the first attempt. */
  route: AccessRoute | undefined;
  /** Routes to fall back to, in order. */
  routesLeft: readonly AccessRoute[];
  /** Attempts in a row that failed on the route in use. */
  routeFailures: number;
  /** Files that the validator refused. */
  refusals: number;
  /** The last refusal. */
  refusal: TaggedError | undefined;
  /** What the validator said last. */
  validation: ValidationOutcome | null;
  /** Where the last refused file is. */
  quarantinePath: string | null;
  /** When the first attempt began, milliseconds since the Unix epoch; undefined before. */
  startedMs: number | undefined;
}

/**
 * Tries once to bring an item in: fetch, validate, name. A valid file that is there already needs no request.
 *
 * Throws the errors of the route, `archive/invalid-cutout` and `storage/...`.
 */
export async function attemptDownload<Expected>(
  task: DownloadTask<Expected>,
  options: DownloadOptions<Expected>,
  signal: AbortSignal,
  emit: (event: DownloadEvent) => void,
): Promise<DownloadCompleted> {
  const { item } = task;
  const clock = options.clock ?? SYSTEM_CLOCK;
  task.startedMs ??= clock.now();
  if (task.attempts === 0 && options.overwriteExisting !== true) {
    const bytes = sizeOf(item.localPath);
    const existing = bytes === undefined ? undefined : await takeExisting(task, options, bytes, clock.now());
    if (existing !== undefined) return existing;
  }
  task.attempts++;
  emit({ type: "download_started", key: item.key, attempt: task.attempts });
  const route = routeOf(task);
  const fetched = await route.fetch({
    client: options.client,
    partialPath: item.partialPath,
    isRepeat: task.attempts > 1,
    signal,
    timeouts: options.timeouts,
    onProgress: progressReporter(item.key, options, emit),
  });
  const validation = await options.validate(item.partialPath, item);
  task.validation = validation;
  if (isOffImage(validation)) {
    await removeIfThere(item.partialPath);
    throw offImageError(validation);
  }
  if (!isAccepted(validation)) await refuse(task, options, item.partialPath, fetched.sha256, validation);
  signal.throwIfAborted();
  await putInPlace(item);
  return completed(task, validation, fetched, clock.now());
}

/** The route in use; the first one of the item before the first attempt. */
export function routeOf<Expected>(task: DownloadTask<Expected>): AccessRoute {
  if (task.route !== undefined) return task.route;
  const [first, ...others] = task.item.routes?.() ?? [wholeFileRoute(task.item.url)];
  task.routesLeft = others;
  return task.route = first;
}

/** Length of a file that may not be there; asked at once, so that items begin in the order of the plan. */
function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storageError(error, "look at", path);
  }
}

/** A file that an earlier run left in its place counts when it is valid, and goes to the quarantine when not. */
async function takeExisting<Expected>(
  task: DownloadTask<Expected>,
  options: DownloadOptions<Expected>,
  bytes: number,
  nowMs: number,
): Promise<DownloadCompleted | undefined> {
  const { localPath } = task.item;
  const validation = await options.validate(localPath, task.item);
  if (!isAccepted(validation)) {
    await quarantine(options.quarantineDirectory, refusedFile(task, localPath, null, validation));
    return undefined;
  }
  const sha256 = await sha256File(localPath);
  const { name: access } = routeOf(task);
  return completed(task, validation, { bytes, sha256, bytesReceived: 0, resumedFromBytes: 0, access }, nowMs);
}

async function refuse<Expected>(
  task: DownloadTask<Expected>,
  options: DownloadOptions<Expected>,
  path: string,
  sha256: string,
  validation: ValidationOutcome,
): Promise<never> {
  task.refusals++;
  task.quarantinePath = await quarantine(
    options.quarantineDirectory,
    refusedFile(task, path, sha256, validation),
  );
  await removeIfThere(resumePointPath(path));
  task.refusal = invalidCutoutError(validation, task.quarantinePath);
  throw task.refusal;
}

function refusedFile<Expected>(
  task: DownloadTask<Expected>,
  path: string,
  sha256: string | null,
  validation: ValidationOutcome,
): RefusedFile {
  const { key } = task.item;
  const { url } = routeOf(task);
  return { path, key, url: withoutQuery(url), attempt: task.attempts, sha256, validation };
}

async function putInPlace(item: DownloadItem<unknown>): Promise<void> {
  try {
    await Deno.mkdir(dirname(item.localPath), { recursive: true });
  } catch (error) {
    throw storageError(error, "make", dirname(item.localPath));
  }
  await commitFile(item.partialPath, item.localPath);
  await removeIfThere(resumePointPath(item.partialPath));
}

function completed<Expected>(
  task: DownloadTask<Expected>,
  validation: ValidationOutcome,
  fetched: FetchedPartial,
  nowMs: number,
): DownloadCompleted {
  return {
    type: "download_completed",
    key: task.item.key,
    path: task.item.localPath,
    ...fetched,
    validation,
    attempts: task.attempts,
    startedAt: new Date(task.startedMs!).toISOString(),
    completedAt: new Date(nowMs).toISOString(),
    durationMs: nowMs - task.startedMs!,
  };
}

/** Lets through one progress event in each interval. */
function progressReporter<Expected>(
  key: string,
  options: DownloadOptions<Expected>,
  emit: (event: DownloadEvent) => void,
): (bytes: number, totalBytes: number | null) => void {
  const intervalMs = options.progressIntervalMs ?? 500;
  let lastMs = performance.now();
  return (bytes, totalBytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < intervalMs) return;
    lastMs = nowMs;
    emit({ type: "download_progress", key, bytes, totalBytes });
  };
}
