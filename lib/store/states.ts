import { withoutSecrets } from "../core/public_text.ts";
import type { Database } from "./database.ts";
import { IS_NEWEST_MATCH } from "./products.ts";
import { SOURCE_MACHINE, type SourceEvent, type SourceState } from "./source_states.ts";
import {
  ACTIVE_WORK_ITEM_STATES,
  WORK_ITEM_MACHINE,
  type WorkItemEvent,
  type WorkItemState,
} from "./work_item_states.ts";

/** A source on a product. */
export interface WorkItemKey {
  /** The source. */
  readonly sourceId: string;
  /** The product. */
  readonly productId: string;
}

/** What is stored beside a state. */
export interface StateNote {
  /** Why, where the state does not say it all. */
  readonly reason?: string | null | undefined;
  /** The measurement that came of it. */
  readonly measurementId?: string | undefined;
}

/** The states of work items and sources. They change by events alone, along the rules of their machines. */
export class StateTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The state of a work item. */
  workItem({ sourceId, productId }: WorkItemKey): WorkItemState {
    return this.#database.first<{ state: WorkItemState }>(
      "SELECT state FROM work_items WHERE source_id = ? AND product_id = ?",
      sourceId,
      productId,
    )?.state ?? WORK_ITEM_MACHINE.initial;
  }

  /** The state of a source. */
  source(sourceId: string): SourceState {
    return this.#database.first<{ state: SourceState }>(
      "SELECT state FROM source_states WHERE source_id = ?",
      sourceId,
    )?.state ?? SOURCE_MACHINE.initial;
  }

  /** Tells a work item what happened; its new state is stored and returned. Throws store/illegal-transition. */
  advanceWorkItem(
    item: WorkItemKey,
    event: WorkItemEvent,
    now: string,
    runId: string,
    note: StateNote = {},
  ): WorkItemState {
    const { sourceId, productId } = item;
    const before = this.workItem(item);
    const state = WORK_ITEM_MACHINE.next(before, event, `${sourceId} on ${productId}`);
    // An item that was measured and is found so again has nothing new to store.
    if (state === before && state === "persisted") return state;
    this.#database.write(
      `INSERT INTO work_items (source_id, product_id, state, reason, measurement_id, updated_at, run_id)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason,
         measurement_id = excluded.measurement_id, updated_at = excluded.updated_at, run_id = excluded.run_id`,
      sourceId,
      productId,
      state,
      withoutSecrets(note.reason ?? null),
      note.measurementId ?? null,
      now,
      runId,
    );
    return state;
  }

  /** Tells a source what happened; its new state is stored and returned. Throws store/illegal-transition. */
  advanceSource(
    sourceId: string,
    event: SourceEvent,
    now: string,
    runId: string,
    reason: string | null = null,
  ): SourceState {
    const state = SOURCE_MACHINE.next(this.source(sourceId), event, sourceId);
    this.#database.write(
      `INSERT INTO source_states (source_id, state, reason, updated_at, run_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason,
         updated_at = excluded.updated_at, run_id = excluded.run_id`,
      sourceId,
      state,
      withoutSecrets(reason),
      now,
      runId,
    );
    return state;
  }

  /** Whether a run is busy with the item of a cutout, as far as is stored. */
  isInUse(cutoutKey: string): boolean {
    return this.#database.first(
      `SELECT 1 FROM cutouts JOIN work_items USING (source_id, product_id)
       WHERE cutout_key = ? AND work_items.state IN (SELECT value FROM json_each(?))`,
      cutoutKey,
      JSON.stringify(ACTIVE_WORK_ITEM_STATES),
    ) !== undefined;
  }

  /** Takes back what a run was in the middle of when it stopped or crashed. Returns how many items that were. */
  recover(now: string, runId: string): number {
    const items = this.#database.all<WorkItemKey>(
      `SELECT source_id AS sourceId, product_id AS productId FROM work_items
       WHERE state IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ACTIVE_WORK_ITEM_STATES),
    );
    for (const item of items) this.advanceWorkItem(item, "interrupted", now, runId);
    return items.length;
  }

  /** Ends the work on products that are no longer the newest, or no longer offered, for a source. */
  replaceOutdated(sourceId: string, now: string, runId: string): number {
    const items = this.#database.all<WorkItemKey>(
      `SELECT work_items.source_id AS sourceId, work_items.product_id AS productId
       FROM work_items JOIN matches USING (source_id, product_id) JOIN products USING (product_id)
       WHERE work_items.source_id = ? AND work_items.state <> 'superseded' AND matches.covers = 1 AND NOT (${IS_NEWEST_MATCH})`,
      sourceId,
    );
    for (const item of items) this.advanceWorkItem(item, "replaced", now, runId);
    return items.length;
  }
}
