import { WorkerPool } from "../pool/worker_pool.ts";
import type { FitJob, FitResult } from "./fit_job.ts";

/**
 * The file that workers start with: the entry beside this one, or, in a bundle where all modules are one file,
 * that file itself, which starts a worker when it finds itself in one.
 */
function workerUrl(): URL {
  return import.meta.url.endsWith("/workflow/fit_pool.ts")
    ? new URL("./fit_worker_entry.ts", import.meta.url)
    : new URL(import.meta.url);
}

/** A pool of workers that measure and draw. */
export function openFitPool(size: number): WorkerPool<FitJob, FitResult> {
  return new WorkerPool({ size, start: () => new Worker(workerUrl(), { type: "module" }) });
}
