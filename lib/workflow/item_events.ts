import type { StateNote } from "../store/states.ts";
import type { WorkItemEvent } from "../store/work_item_states.ts";
import type { PlanItem } from "./plan_source.ts";
import type { RunContext } from "./run_context.ts";

/** Tells the state of a planned item what happened to it in a run. Throws store/illegal-transition. */
export function advanceItem(
  { project, runId }: Pick<RunContext, "project" | "runId">,
  { source, product }: PlanItem,
  event: WorkItemEvent,
  note: StateNote = {},
): void {
  const item = { sourceId: source.sourceId, productId: product.productId };
  project.states.advanceWorkItem(item, event, new Date().toISOString(), runId, note);
}
