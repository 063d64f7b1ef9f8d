import type { RunCounts } from "./events.ts";
import type { SourceState } from "../store/source_states.ts";

type Counter = {
  -readonly [Key in keyof RunCounts]: RunCounts[Key] extends number ? number
    : { -readonly [Inner in keyof RunCounts[Key]]: number };
};

/** What a run has done so far. */
export class RunTally {
  readonly #counts: Counter = {
    measured: 0,
    skippedValid: 0,
    downloaded: 0,
    downloadedBytes: 0,
    foundOnDisk: 0,
    leftOut: 0,
    failed: { download: 0, validation: 0, fit: 0, output: 0 },
    blocked: { calibrationMissing: 0, noDownload: 0, storage: 0 },
    sources: { complete: 0, partial: 0, failed: 0, outputFailed: 0 },
    published: 0,
    outputsCurrent: 0,
    deletedCutouts: 0,
    deletedBytes: 0,
  };

  /** The counts, to be raised in place. */
  get counts(): Counter {
    return this.#counts;
  }

  /** Counts a source that has come to its end. */
  addSource(state: SourceState): void {
    const { sources } = this.#counts;
    if (state === "source_complete") sources.complete++;
    else if (state === "source_partial") sources.partial++;
    else if (state === "source_output_failed") sources.outputFailed++;
    else sources.failed++;
  }

  /** A copy that no longer changes. */
  snapshot(): RunCounts {
    return structuredClone(this.#counts);
  }

  /** How the run ended as a whole. */
  status(): "success" | "partial_success" | "failed" {
    const { sources } = this.#counts;
    const bad = sources.partial + sources.failed + sources.outputFailed;
    if (bad === 0) return "success";
    return sources.complete + sources.partial > 0 ? "partial_success" : "failed";
  }
}
