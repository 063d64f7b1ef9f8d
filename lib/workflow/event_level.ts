import type { WorkflowEvent } from "./events.ts";

/** How much an event matters. */
export type EventLevel = "debug" | "info" | "warning" | "error";

/** All levels, from least to most. */
export const EVENT_LEVELS: readonly EventLevel[] = ["debug", "info", "warning", "error"];

/** Events that are not simply of interest. */
const LEVELS: Partial<Record<WorkflowEvent["type"], EventLevel>> = {
  progress: "debug",
  fit_queued: "debug",
  discovery_failed: "error",
  calibration_failed: "error",
  download_retry: "warning",
  download_failed: "error",
  fit_failed: "error",
  backpressure: "warning",
  blocked_storage_backpressure: "warning",
  output_failed: "error",
  full_qa_missing_no_cutout: "warning",
  warning: "warning",
  run_failed: "error",
};

/** How much an event matters. */
export function eventLevel(event: WorkflowEvent): EventLevel {
  return LEVELS[event.type] ?? "info";
}

/** Whether a level is as high as another. */
export function isAtLeast(level: EventLevel, least: EventLevel): boolean {
  return EVENT_LEVELS.indexOf(level) >= EVENT_LEVELS.indexOf(least);
}
