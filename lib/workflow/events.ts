import type { JsonValue } from "../core/errors.ts";
import type { PlanState } from "./plan_source.ts";
import type { AccessName } from "../spherex/cutout_origin.ts";
import { outwardJson } from "../core/outward_json.ts";

/** How many items of a plan are in each state. */
export interface PlanCounts {
  /** Sources in the plan. */
  readonly sources: number;
  /** Source and image pairs in the plan. */
  readonly items: number;
  /** Items whose measurement is current: nothing to do. */
  readonly photometryValid: number;
  /** Items whose cutout is on disk and valid, but not measured. */
  readonly cutoutValidMeasurementMissing: number;
  /** Items whose cutout must be fetched. */
  readonly cutoutMissingOrInvalid: number;
  /** Items that cannot be measured because a calibration product is missing. */
  readonly calibrationMissing: number;
}

/** What one run did. */
export interface RunCounts {
  /** Items measured in this run. */
  readonly measured: number;
  /** Items that were current already. */
  readonly skippedValid: number;
  /** Cutouts fetched. */
  readonly downloaded: number;
  /** Bytes of the cutouts fetched. */
  readonly downloadedBytes: number;
  /** Cutouts that were to be fetched and lay in their place already, such as after a crash. */
  readonly foundOnDisk: number;
  /** Images left out, because their cutouts show that they end before the target. */
  readonly leftOut: number;
  /** Items that failed, by kind. */
  readonly failed: {
    readonly download: number;
    readonly validation: number;
    readonly fit: number;
    readonly output: number;
  };
  /** Items left for another run, by kind. */
  readonly blocked: {
    readonly calibrationMissing: number;
    readonly noDownload: number;
    readonly storage: number;
  };
  /** Sources by the state that they ended in. */
  readonly sources: {
    readonly complete: number;
    readonly partial: number;
    readonly failed: number;
    readonly outputFailed: number;
  };
  /** Sources whose outputs were written. */
  readonly published: number;
  /** Sources whose outputs were current already. */
  readonly outputsCurrent: number;
  /** Cutouts deleted by the cleanup policy. */
  readonly deletedCutouts: number;
  /** Bytes freed. */
  readonly deletedBytes: number;
}

/** The stages that report how far they are. */
export type Stage =
  | "index"
  | "discover"
  | "calibration"
  | "plan"
  | "download"
  | "measure"
  | "publish"
  | "full_qa"
  | "merge";

/** How far a stage is. */
export interface StageProgress {
  /** Discriminant. */
  readonly type: "progress";
  /** The stage. */
  readonly stage: Stage;
  /** Items done. */
  readonly done: number;
  /** Items in all; grows while sources stream in. */
  readonly total: number;
  /** Items failed. */
  readonly failed: number;
  /** Bytes received, for stages that fetch. */
  readonly bytes?: number;
  /** Seconds an item cost in earlier runs, for the time left. */
  readonly expectedSecondsPerItem?: number | undefined;
}

/** What the long commands tell while they work; the progress line, the logs and the report read this one stream. */
export type WorkflowEvent =
  | StageProgress
  | {
    readonly type: "run_started";
    readonly runId: string;
    readonly command: string;
    readonly configHash: string;
  }
  | { readonly type: "workflow_runtime"; readonly limits: Readonly<Record<string, number>> }
  | {
    readonly type: "catalog_ingested";
    readonly path: string;
    readonly sources: number;
    readonly added: number;
    readonly changed: number;
    readonly retired: number;
  }
  | {
    readonly type: "discovery_answered";
    readonly sourceName: string;
    readonly collection: string;
    readonly products: number;
    readonly newMatches: number;
    readonly overflow: boolean;
  }
  | { readonly type: "discovery_skipped"; readonly sourceName: string; readonly collections: number }
  | {
    readonly type: "discovery_failed";
    readonly sourceName: string;
    readonly collection: string;
    readonly code: string;
    readonly message: string;
  }
  | { readonly type: "discovery_fallback"; readonly sourceName: string; readonly message: string }
  | { readonly type: "index_waiting"; readonly path: string; readonly holder: string }
  | {
    readonly type: "index_ready";
    readonly path: string;
    readonly rows: number;
    readonly footprints: number;
  }
  | {
    readonly type: "footprints_stored";
    readonly collection: string;
    readonly rows: number;
    readonly startMjd: number;
    readonly endMjd: number;
  }
  | {
    readonly type: "calibration_ready";
    readonly product: string;
    readonly release: string;
    readonly detector: number;
    readonly version: string;
    readonly downloaded: boolean;
    readonly bytes: number;
  }
  | {
    readonly type: "calibration_failed";
    readonly product: string;
    readonly release: string;
    readonly detector: number;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }
  | {
    readonly type: "plan_reason";
    readonly sourceName: string;
    readonly state: PlanState;
    readonly reason: string;
    readonly items: number;
  }
  | { readonly type: "workflow_plan"; readonly counts: PlanCounts }
  | {
    readonly type: "download_planned";
    readonly sourceName: string;
    /** Cutouts to fetch. */
    readonly cutouts: number;
    /** About how many bytes they have. */
    readonly bytes: number;
    /** Cutouts that are there already. */
    readonly existing: number;
  }
  | {
    readonly type: "download_completed";
    readonly sourceName: string;
    readonly cutoutKey: string;
    readonly bytes: number;
    readonly attempts: number;
    readonly access: AccessName;
    readonly bytesReceived: number;
  }
  | {
    readonly type: "download_retry";
    readonly sourceName: string;
    readonly cutoutKey: string;
    readonly attempt: number;
    readonly delaySeconds: number;
    readonly code: string;
    readonly message: string;
    readonly access: AccessName;
    readonly nextAccess: AccessName;
  }
  | {
    readonly type: "download_failed";
    readonly sourceName: string;
    readonly cutoutKey: string;
    readonly phase: "download" | "validation";
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }
  | {
    readonly type: "image_left_out";
    readonly sourceName: string;
    readonly cutoutKey: string;
    readonly message: string;
  }
  | { readonly type: "fit_queued"; readonly sourceName: string; readonly cutoutKey: string }
  | {
    readonly type: "measurement_done";
    readonly sourceName: string;
    readonly measurementId: string;
    readonly wavelengthMicron: number | null;
    readonly fluxMicroJy: number | null;
    readonly fluxErrorMicroJy: number | null;
    readonly detectionStatus: string;
    readonly scienceRecommended: boolean;
  }
  | {
    readonly type: "fit_failed";
    readonly sourceName: string;
    readonly cutoutKey: string;
    readonly code: string;
    readonly message: string;
  }
  | {
    readonly type: "backpressure";
    readonly liveCutouts: number;
    readonly liveBytes: number;
    readonly waiting: number;
  }
  | {
    readonly type: "blocked_storage_backpressure";
    readonly sourceName: string;
    readonly items: number;
    readonly hint: string;
  }
  | {
    readonly type: "outputs_written";
    readonly sourceName: string;
    readonly rows: number;
    readonly manifest: string;
  }
  | {
    readonly type: "output_failed";
    readonly sourceName: string;
    readonly code: string;
    readonly message: string;
  }
  | {
    readonly type: "full_qa_missing_no_cutout";
    readonly sourceName: string;
    readonly items: number;
    readonly hint: string;
  }
  | { readonly type: "full_qa_written"; readonly sourceName: string; readonly plots: number }
  | {
    readonly type: "source_finalized";
    readonly sourceName: string;
    readonly state: string;
    readonly measured: number;
    readonly recommended: number;
    readonly failed: number;
  }
  | {
    readonly type: "cleanup";
    readonly sourceName: string;
    readonly deleted: number;
    readonly bytes: number;
    readonly kept: number;
  }
  | {
    readonly type: "source_failed";
    readonly sourceName: string;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }
  | {
    readonly type: "report_written";
    readonly path: string;
    readonly sources: number;
    readonly dataFiles: number;
  }
  | {
    readonly type: "shard_merged";
    readonly shard: string;
    readonly sources: number;
    readonly measurements: number;
    readonly refused: number;
  }
  | { readonly type: "warning"; readonly message: string; readonly hint?: string }
  | {
    readonly type: "run_failed";
    readonly status: "failed" | "interrupted";
    readonly code: string | null;
    readonly message: string;
  }
  | { readonly type: "workflow_complete"; readonly status: string; readonly counts: RunCounts };

/** Called with each event as it happens. It must not throw. */
export type EventListener = (event: WorkflowEvent) => void;

/** An event as a plain JSON object with names in snake case, as the logs keep it. */
export function eventAsJson(event: WorkflowEvent): Record<string, JsonValue> {
  return outwardJson(JSON.parse(JSON.stringify(event))) as Record<string, JsonValue>;
}
