import { relative, resolve } from "node:path";
import type { Shard } from "../core/shard.ts";
import type { EventListener, PlanCounts, RunCounts } from "./events.ts";
import type { PlanReason } from "./plan_project.ts";
import type { ProjectOptions } from "./project.ts";
import type { TransferEstimate } from "./transfer_estimate.ts";

/** When a measured cutout is removed. */
export type CleanupPolicy =
  | "never"
  | "success-after-measurement"
  | "success-after-source"
  | "success-after-run";

/** What a run does. Options that name a configuration key win over the project's and the batch's configuration. */
export interface RunOptions extends ProjectOptions {
  /** Catalog, `catalog.path`; relative paths start at the working directory. */
  readonly catalog?: string;
  /** Work on these sources only, by name or identity. */
  readonly sourceNames?: readonly string[];
  /** Work on at most so many sources, in catalog order. */
  readonly limitSources?: number;
  /**
   * Work on this part of the sources only, with a database of its own, while other processes or machines work on the
   * other parts; `merge` joins them. With `dryRun` no such database is made.
   */
  readonly shard?: Shard;
  /** Discover before planning; sources that were answered before are not asked again when `resume` is set. */
  readonly discover?: boolean;
  /** Ask the archive again for every source, so that new and reprocessed images are found. */
  readonly update?: boolean;
  /** Fetch missing calibration files before planning. */
  readonly syncCalibration?: boolean;
  /** Take up discovery answers and partial downloads of earlier runs. */
  readonly resume?: boolean;
  /** `workflow.download_missing`. */
  readonly downloadMissing?: boolean;
  /** `workflow.skip_valid_measurements`. */
  readonly skipValidMeasurements?: boolean;
  /** `workflow.regenerate_missing_outputs`. */
  readonly regenerateMissingOutputs?: boolean;
  /** Measure everything again whose cutout can be had. */
  readonly forcePhotometryRerun?: boolean;
  /** `cleanup.cutouts`. */
  readonly cleanupCutouts?: CleanupPolicy;
  /** `cleanup.keep_failed_cutouts`. */
  readonly keepFailedCutouts?: boolean;
  /** `photometry.qa_level`. */
  readonly qaLevel?: "minimal" | "standard" | "full";
  /** `photometry.qa.full_plot_workers`. */
  readonly qaWorkers?: number;
  /** `photometry.qa.measurement_plot_dpi`. */
  readonly qaDpi?: number;
  /** `photometry.qa.measurement_plot_colorbars`. */
  readonly qaColorbars?: boolean;
  /** `runtime.max_download_workers`. */
  readonly maxDownloadWorkers?: number;
  /** `runtime.max_fit_workers`. */
  readonly maxFitWorkers?: number;
  /** `runtime.max_source_workers`. */
  readonly maxSourceWorkers?: number;
  /** `runtime.max_inflight_cutouts`. */
  readonly maxInflightCutouts?: number;
  /** `runtime.max_live_cutout_gb`. */
  readonly maxLiveCutoutGb?: number;
  /** `runtime.max_open_fits_files`. */
  readonly maxOpenFitsFiles?: number;
  /** Plan only: no request is sent and nothing in the project changes. */
  readonly dryRun?: boolean;
  /** Send no request at all: discovery, calibration and downloads are left out, all else is done. */
  readonly offline?: boolean;
  /** Tell for each source what is to be done and why, down to the inputs that have changed. */
  readonly explain?: boolean;
  /** Stops the run; what was done stays, and the next run goes on from there. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What a run did. */
export interface RunResult {
  /** Identity of the run; null for a dry run, which leaves no record. */
  readonly runId: string | null;
  /** Whether all work is done (`success`), some of it (`partial_success`) or none (`failed`). */
  readonly status: "success" | "partial_success" | "failed";
  /** The plan as it was before the work. */
  readonly plan: PlanCounts;
  /** Why, source by source, when `explain` asked for it. */
  readonly reasons: readonly PlanReason[];
  /** What would be fetched; null unless the run was dry. */
  readonly estimate: TransferEstimate | null;
  /** What was done. */
  readonly counts: RunCounts;
  /** Absolute path of the report of the run; null when none was written. */
  readonly reportPath: string | null;
  /** What the user should know or do next. */
  readonly hints: readonly string[];
}

/** The project of a run, with the configuration that its options make. */
export function runProjectOptions(options: RunOptions): ProjectOptions {
  const config = runOverrides(options);
  if (options.catalog !== undefined) {
    config["catalog.path"] = relative(resolve(options.project), resolve(options.catalog));
  }
  return { project: options.project, batchConfig: options.batchConfig, config };
}

/** The configuration values that options stand for, by key. */
function runOverrides(options: RunOptions): Record<string, unknown> {
  const values: Record<string, unknown> = {
    ...options.config,
    "workflow.download_missing": options.downloadMissing,
    "workflow.skip_valid_measurements": options.forcePhotometryRerun === true
      ? false
      : options.skipValidMeasurements,
    "workflow.regenerate_missing_outputs": options.regenerateMissingOutputs,
    "cleanup.cutouts": options.cleanupCutouts,
    "cleanup.keep_failed_cutouts": options.keepFailedCutouts,
    "photometry.qa_level": options.qaLevel,
    "photometry.qa.full_plot_workers": options.qaWorkers,
    "photometry.qa.measurement_plot_dpi": options.qaDpi,
    "photometry.qa.measurement_plot_colorbars": options.qaColorbars,
    "runtime.max_download_workers": options.maxDownloadWorkers,
    "runtime.max_fit_workers": options.maxFitWorkers,
    "runtime.max_source_workers": options.maxSourceWorkers,
    "runtime.max_inflight_cutouts": options.maxInflightCutouts,
    "runtime.max_live_cutout_gb": options.maxLiveCutoutGb,
    "runtime.max_open_fits_files": options.maxOpenFitsFiles,
  };
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => value !== undefined || key in (options.config ?? {})),
  );
}

/** What a run leaves out when it is offline, in words; none when nothing of it was asked for. */
export function leftOutOffline(options: RunOptions): string[] {
  if (options.offline !== true) return [];
  return [
    ...(options.discover === true || options.update === true ? ["discovery"] : []),
    ...(options.syncCalibration === true ? ["fetching calibration files"] : []),
    "downloads",
  ];
}

/** The options of a run without what would send requests, when it is offline. */
export function withoutRequests(options: RunOptions): RunOptions {
  if (options.offline !== true) return options;
  return { ...options, discover: false, update: false, syncCalibration: false, downloadMissing: false };
}
