import type { Config } from "./schema.ts";

/** What a run may use of machine and network: the ceilings of the configuration brought together. */
export interface RuntimeLimits {
  /** Cutouts in transfer at once. */
  readonly downloadWorkers: number;
  /** Workers that measure. */
  readonly fitWorkers: number;
  /** Targets whose outputs are open at once. */
  readonly sourceWorkers: number;
  /** Images of one target measured at once. */
  readonly imageWorkersPerSource: number;
  /** Workers that draw full QA images. */
  readonly plotWorkers: number;
  /** Cutouts between download and measurement. */
  readonly inflightCutouts: number;
  /** Bytes that cutouts on disk may take. */
  readonly liveCutoutBytes: number;
  /** FITS files open at once. */
  readonly openFitsFiles: number;
  /** Requests open at once, all hosts together. */
  readonly networkRequests: number;
  /** Requests open to one host at once. */
  readonly networkRequestsPerHost: number;
}

/**
 * The limits that hold when all ceilings are taken together; each is at least 1.
 *
 * @param config The effective configuration.
 * @param processorCount Processors of the machine: more workers than that only get in each other's way.
 */
export function runtimeLimits(
  { runtime, download, photometry }: Config,
  processorCount: number,
): RuntimeLimits {
  const openFitsFiles = Math.min(runtime.max_open_fits_files, runtime.global_max_open_fits_files);
  const networkRequests = Math.min(runtime.global_max_network_requests, download.concurrency);
  const computing = Math.max(1, processorCount);
  return {
    downloadWorkers: Math.min(
      runtime.max_download_workers,
      download.max_workers,
      networkRequests,
      runtime.max_inflight_cutouts,
    ),
    fitWorkers: Math.min(runtime.max_fit_workers, computing, openFitsFiles),
    sourceWorkers: runtime.max_source_workers,
    imageWorkersPerSource: runtime.max_image_workers_per_source,
    plotWorkers: Math.min(photometry.qa.full_plot_workers, computing),
    inflightCutouts: runtime.max_inflight_cutouts,
    liveCutoutBytes: Math.max(1, Math.floor(runtime.max_live_cutout_gb * 1e9)),
    openFitsFiles,
    networkRequests,
    networkRequestsPerHost: Math.min(download.per_host_max_concurrency, networkRequests),
  };
}
