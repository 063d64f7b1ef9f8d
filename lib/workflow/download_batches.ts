import type { DownloadEvent } from "../archive/download_event.ts";
import { iterDownloadPlanResults } from "../archive/downloader.ts";
import { downloadItem, downloadOptions } from "./cutout_downloads.ts";
import type { WorkflowEvent } from "./events.ts";
import { advanceItem } from "./item_events.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PlanItem } from "./plan_source.ts";
import type { RunContext } from "./run_context.ts";

/** Batches that run side by side, so that one slow file does not hold up the next batch. */
const MAX_BATCHES = 4;
/** Size of a whole cutout, most of it the PSF; until a run has fetched some. */
const EXPECTED_CUTOUT_BYTES = 5_100_000;

/** What downloading needs of a run. */
export type DownloadContext = Pick<
  RunContext,
  "project" | "client" | "runId" | "tally" | "limits" | "planner" | "access"
>;

/** What batches tell the loop that handles all messages in turn. */
export type BatchMessage =
  | { readonly type: "download"; readonly item: PlanItem; readonly event: DownloadEvent }
  | { readonly type: "batch_ended" }
  | { readonly type: "failed"; readonly error: unknown };

/**
 * Fetches items in batches, as many as the limits of work under way and of bytes on disk allow.
 *
 * Whoever reads the messages says with {@linkcode DownloadBatches.arrived} and {@linkcode DownloadBatches.lost} how
 * each item ended, so that the limits are counted in one place.
 */
export class DownloadBatches {
  readonly #context: DownloadContext;
  readonly #mailbox: Pick<Mailbox<BatchMessage>, "post" | "hasRoom">;
  readonly #signal: AbortSignal;
  readonly #pumps = new Set<Promise<void>>();
  readonly #waiting: PlanItem[] = [];
  #underWay = 0;
  #isWaitingForSpace = false;
  #liveBytes: number;

  /** Nothing is fetched before {@linkcode DownloadBatches.start}; `signal` cuts off what is on its way. */
  constructor(
    context: DownloadContext,
    mailbox: Pick<Mailbox<BatchMessage>, "post" | "hasRoom">,
    signal: AbortSignal,
  ) {
    this.#context = context;
    this.#mailbox = mailbox;
    this.#signal = signal;
    this.#liveBytes = context.project.cutouts.live().bytes;
  }

  /** Items that wait to be fetched. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether nothing is being fetched. */
  get isIdle(): boolean {
    return this.#underWay + this.#pumps.size === 0;
  }

  /** Bytes of cutouts on disk. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Lets an item wait for its turn. */
  add(item: PlanItem): void {
    this.#waiting.push(item);
  }

  /** Takes all items that wait. */
  giveUp(): PlanItem[] {
    return this.#waiting.splice(0);
  }

  /** An item has come. */
  arrived(bytes: number): void {
    this.#ended();
    this.#liveBytes += bytes;
  }

  /** An item will not come. */
  lost(): void {
    this.#ended();
  }

  /** Cutouts were removed: counts again what is on disk. */
  recount(): void {
    this.#liveBytes = this.#context.project.cutouts.live().bytes;
  }

  /** Starts batches as far as the limits allow; `unmeasured` cutouts have come and are not measured yet. */
  *start(unmeasured: number): Generator<WorkflowEvent> {
    const { limits } = this.#context;
    const usualSize = Math.max(1, Math.ceil(limits.inflightCutouts / MAX_BATCHES));
    while (this.#waiting.length > 0 && this.#pumps.size < MAX_BATCHES) {
      const byBytes = this.#roomOnDisk();
      const byCount = limits.inflightCutouts - this.#underWay - unmeasured;
      const size = Math.min(byCount, byBytes, this.#waiting.length, usualSize);
      // Batches are no smaller than needed to keep the workers busy, unless little is left.
      const worthwhile = Math.min(this.#waiting.length, limits.downloadWorkers, 8, usualSize);
      if (size < worthwhile && this.#pumps.size > 0) return;
      if (size <= 0) {
        if (byBytes <= 0) yield* this.#waitForSpace();
        return;
      }
      this.#isWaitingForSpace = false;
      this.#startBatch(this.#takeBatch(size));
    }
  }

  #ended(): void {
    this.#underWay--;
    if (this.#underWay === 0) this.#context.access.times.rest();
  }

  /** Resolves once no batch runs any more. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#pumps);
  }

  /** How many more cutouts may be fetched before the limit of bytes on disk is reached. */
  #roomOnDisk(): number {
    const { limits, tally: { counts: { downloaded, downloadedBytes } } } = this.#context;
    const expectedBytes = downloaded === 0 ? EXPECTED_CUTOUT_BYTES : downloadedBytes / downloaded;
    return Math.floor((limits.liveCutoutBytes - this.#liveBytes) / expectedBytes) - this.#underWay;
  }

  /** Tells, once each time, that downloads wait for space. */
  *#waitForSpace(): Generator<WorkflowEvent> {
    if (this.#isWaitingForSpace) return;
    this.#isWaitingForSpace = true;
    const liveCutouts = this.#context.project.cutouts.live().count;
    yield { type: "backpressure", liveCutouts, liveBytes: this.#liveBytes, waiting: this.#waiting.length };
  }

  /** The next items; those that are cut out of one parent file go together when that file itself may be read. */
  #takeBatch(size: number): PlanItem[] {
    const { access } = this.#context.project.config.cutouts;
    if (access !== "cloud" && access !== "auto") return this.#waiting.splice(0, size);
    const byProduct = Map.groupBy(this.#waiting, (item) => item.product.productId);
    const ordered = [...byProduct.values()].flat();
    this.#waiting.splice(0, this.#waiting.length, ...ordered.slice(size));
    return ordered.slice(0, size);
  }

  #startBatch(items: readonly PlanItem[]): void {
    this.#context.access.times.begin();
    this.#underWay += items.length;
    for (const item of items) advanceItem(this.#context, item, "download_started");
    // A batch is no longer counted when its end is told, so that the loop sees at once whether anything moves.
    const ended = (message: BatchMessage) => {
      this.#pumps.delete(pump);
      this.#mailbox.post(message);
    };
    const pump = this.#pump(items).then(
      () => ended({ type: "batch_ended" }),
      (error) => ended({ type: "failed", error }),
    );
    this.#pumps.add(pump);
  }

  async #pump(items: readonly PlanItem[]): Promise<void> {
    const { project, access } = this.#context;
    const plan = items.map((item) => downloadItem(item, project, access));
    const byKey = new Map(items.map((item) => [item.cutoutKey, item]));
    const options = downloadOptions(this.#context, this.#signal);
    access.join(items);
    for await (const event of iterDownloadPlanResults(plan, options)) {
      const item = byKey.get(event.key)!;
      if (event.type === "download_completed" || event.type === "download_failed") access.leave(item);
      await this.#mailbox.hasRoom();
      this.#mailbox.post({ type: "download", item, event });
    }
  }
}
