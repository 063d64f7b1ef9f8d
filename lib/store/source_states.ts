import { StateMachine } from "../core/state_machine.ts";

/** How far a source is. */
export type SourceState =
  | "not_run"
  | "planned"
  | "source_complete"
  | "source_partial"
  | "source_failed"
  | "source_output_failed";

/** What can happen to a source in a run. */
export type SourceEvent = "opened" | "all_done" | "some_done" | "none_done" | "outputs_failed";

const ALL: readonly SourceState[] = [
  "not_run",
  "planned",
  "source_complete",
  "source_partial",
  "source_failed",
  "source_output_failed",
];

/** The way of a source through the runs. All changes of stored states follow these rules. */
export const SOURCE_MACHINE = new StateMachine<SourceState, SourceEvent>({
  subject: "source",
  initial: "not_run",
  states: {
    not_run: "No run has worked on it yet",
    planned: "A run is at work on it, or stopped before its end",
    source_complete: "All its images are measured and its outputs are written",
    source_partial: "Some of its images are measured, and its outputs are written",
    source_failed: "None of its images could be measured",
    source_output_failed: "Its outputs could not be written",
  },
  events: {
    opened: "a run takes it up",
    all_done: "all its items are measured",
    some_done: "some of its items are measured, others are blocked or failed",
    none_done: "all its items are blocked or failed",
    outputs_failed: "writing its outputs fails",
  },
  transitions: [
    { from: ALL, event: "opened", to: "planned" },
    { from: ["planned"], event: "all_done", to: "source_complete" },
    { from: ["planned"], event: "some_done", to: "source_partial" },
    { from: ["planned"], event: "none_done", to: "source_failed" },
    { from: ["planned"], event: "outputs_failed", to: "source_output_failed" },
  ],
});
