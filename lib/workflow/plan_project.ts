import { countedText } from "../core/number_text.ts";
import type { SourceRecord, SourceSelection } from "../store/sources.ts";
import type { ChangedInput } from "./changed_inputs.ts";
import { hasOutdatedAnswer } from "./discovery_questions.ts";
import type { PlanCounts, WorkflowEvent } from "./events.ts";
import { addPlanCounts, countPlan, OUT_OF_DATE, type PlanItem, type PlanState } from "./plan_source.ts";
import { Planner } from "./planner.ts";
import type { Project } from "./project.ts";

const NO_PLAN: PlanCounts = {
  sources: 0,
  items: 0,
  photometryValid: 0,
  cutoutValidMeasurementMissing: 0,
  cutoutMissingOrInvalid: 0,
  calibrationMissing: 0,
};

/** What is to be done with some images of a source, and why. */
export interface PlanReason {
  /** Name of the source. */
  readonly sourceName: string;
  /** What is to be done. */
  readonly state: PlanState;
  /** Why, in a few words. */
  readonly reason: string;
  /** How many images that concerns. */
  readonly items: number;
  /** The inputs that have changed since they were measured, as they are for the first of them. */
  readonly changes: readonly ChangedInput[];
}

/** The plan of a project. */
export interface ProjectPlan {
  /** Items by state. */
  readonly counts: PlanCounts;
  /** Why, source by source; empty unless asked for. */
  readonly reasons: readonly PlanReason[];
}

/** The selected sources that the archive has been asked for, in catalog order. */
export function* discoveredSources(project: Project, selection: SourceSelection): Generator<SourceRecord> {
  for (const source of project.sources.iterate(selection)) {
    if (project.products.answeredQueries(source.sourceId).size > 0) yield source;
  }
}

/** What is to be done with the images of a source, alike ones together. */
export function planReasons(source: SourceRecord, items: readonly PlanItem[]): PlanReason[] {
  const alike = Map.groupBy(items, (item) => `${item.state} ${item.reason}`);
  return [...alike.values()].map(([first, ...rest]) => ({
    sourceName: source.sourceName,
    state: first!.state,
    reason: first!.reason,
    items: rest.length + 1,
    changes: first!.changes,
  }));
}

/** What to tell of a plan beside its counts. */
export interface PlanTelling {
  /** Whether to tell why, source by source. */
  readonly explain?: boolean;
  /** Shown each item. */
  readonly look?: (item: PlanItem) => void;
}

/** Plans source by source: counts what there is to do and, with `explain`, tells why. */
export function* planProject(
  project: Project,
  selection: SourceSelection,
  { explain = false, look }: PlanTelling = {},
): Generator<WorkflowEvent, ProjectPlan> {
  const planner = new Planner(project);
  const outOfDate = new Map<string, number>();
  const reasons: PlanReason[] = [];
  let counts = NO_PLAN;
  let moved = 0;
  for (const source of discoveredSources(project, selection)) {
    if (hasOutdatedAnswer(source, project)) moved++;
    const items = planner.planSource(source);
    counts = addPlanCounts(counts, countPlan(items, 1));
    for (const { reason } of items) {
      if (reason.startsWith(OUT_OF_DATE)) outOfDate.set(reason, (outOfDate.get(reason) ?? 0) + 1);
    }
    if (look !== undefined) items.forEach(look);
    if (!explain) continue;
    for (const { changes, ...reason } of planReasons(source, items)) {
      reasons.push({ ...reason, changes });
      yield { type: "plan_reason", ...reason };
    }
  }
  if (moved > 0) {
    yield {
      type: "warning",
      message: `The archive was asked for ${countedText(moved, "source")} at another place, or in another ` +
        "circle: images may be missing, and others may not cover the target",
      hint:
        `Run \`spxcutdb discover --project ${project.root} --resume\`, or run again with --discover --resume`,
    };
  }
  for (const [reason, items] of outOfDate) {
    yield { type: "warning", message: `${items} measurements are ${reason}` };
  }
  yield { type: "workflow_plan", counts };
  return { counts, reasons };
}
