import type { WorkItemState } from "../../lib/store/work_item_states.ts";

/** What holds for one source on one processing of an image. */
export interface ModelItem {
  readonly source: string;
  readonly image: string;
  readonly processing: number;
  state: WorkItemState;
  /** The cutout that was fetched last for each row that the source has had: its pixels, and whether it is still there. */
  readonly cutouts: Map<number, { readonly pixels: number; isOnDisk: boolean }>;
  /** What the stored measurements were made from, with the identity that each got, and the current one of them. */
  readonly measured: Map<string, string>;
  current: string | undefined;
  /** Whether its image turned out to end before the target. */
  isLeftOut: boolean;
}

/**
 * The whole project as a few numbers: what the catalog, the configuration and the calibration say now, and each item.
 * It knows no identities, no tables and no rules of a machine: only what an astronomer would expect.
 */
export class ProjectModel {
  readonly items: ModelItem[] = [];
  readonly rows = new Map<string, number>();
  readonly newest = new Map<string, number>();
  config = 0;
  /** Version of the calibration; undefined while it is missing. */
  calibration: number | undefined = 0;
  pixels = 0;

  constructor(sources: readonly string[], images: readonly string[]) {
    for (const source of sources) {
      this.rows.set(source, 0);
      for (const image of images) this.offer(source, image, 0);
    }
  }

  /** The archive offers a processing of an image for a source. */
  offer(source: string, image: string, processing: number): void {
    this.newest.set(`${source} ${image}`, processing);
    const isKnown = this.items.some((item) =>
      item.source === source && item.image === image && item.processing === processing
    );
    if (!isKnown) {
      const rest = { state: "unplanned" as const, cutouts: new Map(), current: undefined, isLeftOut: false };
      this.items.push({ source, image, processing, measured: new Map(), ...rest });
    }
  }

  /** Whether the image covers the source and the archive offers nothing newer. */
  isNewest({ source, image, processing, isLeftOut }: ModelItem): boolean {
    return !isLeftOut && this.newest.get(`${source} ${image}`) === processing;
  }

  /** The row of a source changes: its images may cover the new place. */
  changeRow(source: string, row: number): void {
    if (this.rows.get(source) === row) return;
    this.rows.set(source, row);
    for (const item of this.items) if (item.source === source) item.isLeftOut = false;
  }

  /** The cutout of an item at the place where its source is now. */
  cutout(item: ModelItem): { readonly pixels: number; isOnDisk: boolean } | undefined {
    return item.cutouts.get(this.rows.get(item.source)!);
  }

  /** What a measurement of an item would be made from now; undefined while that is not known. */
  inputs(item: ModelItem): string | undefined {
    const row = this.rows.get(item.source)!;
    const cutout = this.cutout(item);
    if (this.calibration === undefined || cutout === undefined) return undefined;
    return [item.source, item.image, item.processing, row, this.config, this.calibration, cutout.pixels]
      .join();
  }

  /** What a plan must say of an item now. */
  plan(item: ModelItem): WorkItemState {
    if (this.calibration === undefined) return "calibration_missing";
    const inputs = this.inputs(item);
    if (inputs === undefined) return "cutout_missing_or_invalid";
    if (item.measured.has(inputs)) return "photometry_valid";
    return this.cutout(item)!.isOnDisk ? "cutout_valid_measurement_missing" : "cutout_missing_or_invalid";
  }

  /** A run begins: what was cut off is taken back, and the newest processings are planned. */
  beginRun(): void {
    for (const item of this.items) {
      if (item.state === "downloading") item.state = "cutout_missing_or_invalid";
      if (item.state === "fitting") item.state = "cutout_valid_measurement_missing";
    }
    for (const item of this.items.filter((each) => this.isNewest(each))) {
      const plan = this.plan(item);
      if (plan === "photometry_valid") item.current = this.inputs(item)!;
      item.state = plan === "photometry_valid" && item.state === "persisted" ? "persisted" : plan;
    }
  }
}
