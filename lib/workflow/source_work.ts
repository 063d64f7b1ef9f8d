import type { SourceRecord } from "../store/sources.ts";
import type { SourceEvent } from "../store/source_states.ts";
import type { PlanItem } from "./plan_source.ts";

/** Why items of a source were not measured in this run. */
export interface ItemTroubles {
  /** Items whose download, validation or fit failed. */
  failed: number;
  /** Items without calibration. */
  calibrationMissing: number;
  /** Items that were not to be downloaded. */
  noDownload: number;
  /** Items for whose cutouts there was no room. */
  storage: number;
}

/** The work on one source while a run is at it. */
export class SourceWork {
  /** The source. */
  readonly source: SourceRecord;
  /** Its items. */
  readonly items: readonly PlanItem[];
  /** Items that are neither done nor given up. */
  pending = 0;
  /** Items measured in this run. */
  measured = 0;
  /** What kept items from being measured. */
  readonly troubles: ItemTroubles = { failed: 0, calibrationMissing: 0, noDownload: 0, storage: 0 };

  /** Starts the work on a source. */
  constructor(source: SourceRecord, items: readonly PlanItem[]) {
    this.source = source;
    this.items = items;
  }

  /** Items that were current before this run. */
  get valid(): number {
    return this.items.filter((item) => item.state === "photometry_valid").length;
  }

  /** What has become of the source, and why. */
  outcome(): { event: SourceEvent; reason: string | null } {
    const { failed, calibrationMissing, noDownload, storage } = this.troubles;
    const parts = [
      failed > 0 ? `${failed} failed` : "",
      calibrationMissing > 0 ? `${calibrationMissing} without calibration` : "",
      noDownload > 0 ? `${noDownload} without cutout` : "",
      storage > 0 ? `${storage} without room on disk` : "",
    ].filter((part) => part !== "");
    if (parts.length === 0) {
      return {
        event: "all_done",
        reason: this.items.length === 0 ? "no image covers the source" : null,
      };
    }
    const event = this.measured + this.valid > 0 ? "some_done" : "none_done";
    return { event, reason: `${parts.join(", ")} of ${this.items.length}` };
  }
}
