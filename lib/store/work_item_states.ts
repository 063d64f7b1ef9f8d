import { StateMachine } from "../core/state_machine.ts";

/** How far the work on one source and image is. */
export type WorkItemState =
  | "unplanned"
  | "cutout_missing_or_invalid"
  | "cutout_valid_measurement_missing"
  | "downloading"
  | "fitting"
  | "persisted"
  | "photometry_valid"
  | "calibration_missing"
  | "blocked_no_download"
  | "blocked_storage_backpressure"
  | "failed_download"
  | "failed_validation"
  | "failed_fit"
  | "not_covered"
  | "superseded";

/** What can happen to the work on one source and image. */
export type WorkItemEvent =
  | "found_current"
  | "found_cutout"
  | "found_no_cutout"
  | "found_no_calibration"
  | "download_forbidden"
  | "no_room"
  | "download_started"
  | "cutout_arrived"
  | "download_failed"
  | "cutout_rejected"
  | "target_off_image"
  | "fit_started"
  | "measured"
  | "fit_failed"
  | "interrupted"
  | "replaced";

/** The states of items that a run is busy with; none is left in them when a run has ended or another has begun. */
export const ACTIVE_WORK_ITEM_STATES: readonly WorkItemState[] = ["downloading", "fitting"];

const AT_REST: readonly WorkItemState[] = [
  "unplanned",
  "cutout_missing_or_invalid",
  "cutout_valid_measurement_missing",
  "persisted",
  "photometry_valid",
  "calibration_missing",
  "blocked_no_download",
  "blocked_storage_backpressure",
  "failed_download",
  "failed_validation",
  "failed_fit",
  "not_covered",
  "superseded",
];

/** The states in which an item needs nothing more. */
export const DONE_WORK_ITEM_STATES: readonly WorkItemState[] = ["persisted", "photometry_valid"];

/** The way of a work item, a source on an image, through the runs. All changes of stored states follow these rules. */
export const WORK_ITEM_MACHINE = new StateMachine<WorkItemState, WorkItemEvent>({
  subject: "work item",
  initial: "unplanned",
  states: {
    unplanned: "Discovered; no run has looked at it yet",
    cutout_missing_or_invalid: "Its cutout must be fetched",
    cutout_valid_measurement_missing: "Its cutout is on disk and valid, and waits for its fit",
    downloading: "Its cutout is being fetched",
    fitting: "Its cutout is being measured",
    persisted: "Measured, and the measurement is stored",
    photometry_valid: "An earlier measurement holds again, as its inputs have come back",
    calibration_missing: "A calibration file that it needs is not there; nothing is fetched for it",
    blocked_no_download: "Its cutout is missing and may not be fetched",
    blocked_storage_backpressure: "There was no room on disk for its cutout",
    failed_download: "Its cutout could not be fetched",
    failed_validation: "Its cutout arrived and was refused",
    failed_fit: "Its cutout could not be measured",
    not_covered: "Its image turned out to end before the target; it is left out",
    superseded: "A newer processing of the image has taken its place, or the archive no longer offers it",
  },
  events: {
    found_current: "the plan finds its measurement current",
    found_cutout: "the plan finds a valid cutout without a current measurement",
    found_no_cutout: "the plan finds no valid cutout",
    found_no_calibration: "the plan finds that calibration is missing",
    download_forbidden: "the configuration does not let it be fetched",
    no_room: "the limit of cutouts on disk is reached and nothing can be cleaned up",
    download_started: "its download starts",
    cutout_arrived: "its cutout is there and valid",
    download_failed: "its download fails after all retries",
    cutout_rejected: "its cutout fails validation",
    target_off_image: "its cutout shows that the image ends before the target",
    fit_started: "its fit starts",
    measured: "its measurement is stored",
    fit_failed: "its fit fails",
    interrupted: "the run stops or crashes, noticed at its end or by the next run",
    replaced: "discovery finds another image in its place, or none",
  },
  transitions: [
    // What the plan finds holds whatever an earlier run had made of the item.
    { from: ["persisted"], event: "found_current", to: "persisted" },
    {
      from: AT_REST.filter((state) => state !== "persisted"),
      event: "found_current",
      to: "photometry_valid",
    },
    { from: AT_REST, event: "found_cutout", to: "cutout_valid_measurement_missing" },
    { from: AT_REST, event: "found_no_cutout", to: "cutout_missing_or_invalid" },
    { from: AT_REST, event: "found_no_calibration", to: "calibration_missing" },
    { from: AT_REST, event: "replaced", to: "superseded" },
    { from: ["cutout_missing_or_invalid"], event: "download_forbidden", to: "blocked_no_download" },
    { from: ["cutout_missing_or_invalid"], event: "no_room", to: "blocked_storage_backpressure" },
    { from: ["cutout_missing_or_invalid"], event: "download_started", to: "downloading" },
    { from: ["downloading"], event: "cutout_arrived", to: "cutout_valid_measurement_missing" },
    { from: ["downloading"], event: "download_failed", to: "failed_download" },
    { from: ["downloading"], event: "cutout_rejected", to: "failed_validation" },
    { from: ["downloading"], event: "target_off_image", to: "not_covered" },
    { from: ["downloading"], event: "interrupted", to: "cutout_missing_or_invalid" },
    { from: ["cutout_valid_measurement_missing"], event: "fit_started", to: "fitting" },
    { from: ["fitting"], event: "measured", to: "persisted" },
    { from: ["fitting"], event: "fit_failed", to: "failed_fit" },
    { from: ["fitting"], event: "interrupted", to: "cutout_valid_measurement_missing" },
  ],
});
