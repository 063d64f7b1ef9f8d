import { type BatchMessage, DownloadBatches, type DownloadContext } from "./download_batches.ts";
import { downloadTold } from "./download_told.ts";
import type { WorkflowEvent } from "./events.ts";
import { ItemRecords } from "./item_records.ts";
import { Mailbox } from "./mailbox.ts";
import { PLAN_EVENTS, type PlanItem } from "./plan_source.ts";

type Message = BatchMessage | { readonly type: "stopped" };

/** Fetches cutouts and leaves them on disk for a later run to measure. */
export class CutoutFetch {
  readonly #context: DownloadContext;
  readonly #total: number;
  readonly #records: ItemRecords;
  readonly #mailbox = new Mailbox<Message>(256);
  readonly #stop = new AbortController();
  readonly #batches: DownloadBatches;
  #done = 0;

  /** Prepares to fetch `total` items; nothing is fetched before {@linkcode CutoutFetch.run}. */
  constructor(context: DownloadContext, total: number) {
    this.#context = context;
    this.#total = total;
    this.#records = new ItemRecords(context);
    this.#batches = new DownloadBatches(context, this.#mailbox, this.#stop.signal);
  }

  /** Fetches the items until all have come, failed or found no room. Stops when the signal aborts. */
  async *run(items: Iterator<PlanItem>, signal: AbortSignal | undefined): AsyncGenerator<WorkflowEvent> {
    const stop = () => this.#mailbox.post({ type: "stopped" });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        this.#take(items);
        yield* this.#batches.start(0);
        if (this.#batches.isIdle) return yield* this.#giveUp();
        const message = await this.#mailbox.take();
        if (message.type === "failed") throw message.error;
        if (message.type === "download") yield* this.#handle(message);
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#stop.abort();
      this.#mailbox.close();
      await this.#batches.ended();
      this.#context.access.times.store(this.#context.project.runs);
      this.#context.project.database.flush();
    }
  }

  /** Lets items wait, no more than can be under way. */
  #take(items: Iterator<PlanItem>): void {
    while (this.#batches.waiting < this.#context.limits.inflightCutouts) {
      const next = items.next();
      if (next.done) return;
      this.#records.tell(next.value, PLAN_EVENTS[next.value.state], next.value.reason);
      this.#batches.add(next.value);
    }
  }

  *#handle({ item, event }: Extract<Message, { type: "download" }>): Generator<WorkflowEvent> {
    if (event.type === "download_completed") {
      this.#batches.arrived(event.bytes);
      this.#records.arrived(item, event);
      const { sourceId } = item.source;
      this.#context.project.runs.resolveFailures(sourceId, item.product.productId, new Date().toISOString());
    } else if (event.type === "download_failed") {
      this.#batches.lost();
      this.#records.downloadFailed(item, event);
    }
    const told = downloadTold(item, event);
    if (told === undefined) return;
    yield told;
    if (told.type === "download_retry") return;
    const { failed, downloadedBytes: bytes } = this.#context.tally.counts;
    yield {
      type: "progress",
      stage: "download",
      done: ++this.#done,
      total: this.#total,
      failed: failed.download + failed.validation,
      bytes,
    };
  }

  /** What still waits when nothing moves has no room on disk. */
  *#giveUp(): Generator<WorkflowEvent> {
    for (const [sourceName, items] of Map.groupBy(this.#batches.giveUp(), (item) => item.source.sourceName)) {
      this.#context.tally.counts.blocked.storage += items.length;
      for (const item of items) {
        this.#records.tell(item, "no_room", "the limit of cutouts on disk is reached");
      }
      const hint =
        "Raise runtime.max_live_cutout_gb, or measure what is there with `spxcutdb run` and go on then";
      yield { type: "blocked_storage_backpressure", sourceName, items: items.length, hint };
    }
  }
}
