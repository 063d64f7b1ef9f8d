import { TaggedError } from "../core/errors.ts";
import type { SourceSelection } from "../store/sources.ts";
import type { PlanCounts } from "./events.ts";
import { discoveredSources } from "./plan_project.ts";
import type { Project } from "./project.ts";

/**
 * How many of the selected sources were never asked for. Throws discovery/missing when that is all of them; `hasAsked`
 * tells whether the archive was asked for them just now.
 */
export function requireDiscovery(project: Project, selection: SourceSelection, hasAsked: boolean): number {
  const sources = project.sources.count(selection);
  const discovered = discoveredSources(project, selection).reduce((count) => count + 1, 0);
  if (sources === 0 || discovered > 0) return sources - discovered;
  throw new TaggedError(
    "discovery/missing",
    hasAsked
      ? `Cannot plan the run: discovery failed for all ${sources} sources`
      : "Cannot plan the run: no source of this project has been discovered yet",
    {
      context: { sources },
      hint: hasAsked
        ? `Run \`spxcutdb summary --project ${project.root} --failed-only\` to see why, then run again`
        : `Run \`spxcutdb discover --project ${project.root} --resume\`, or \`spxcutdb run\` with --discover`,
    },
  );
}

/** The error for a plan of which nothing can be measured for want of calibration; undefined where something can. */
export function missingCalibration(root: string, plan: PlanCounts): TaggedError | undefined {
  if (plan.calibrationMissing === 0 || plan.calibrationMissing < plan.items) return undefined;
  return new TaggedError(
    "calibration/missing",
    `Cannot measure: required calibration is missing for ${
      plan.items === 1 ? "the only image" : `all ${plan.items} images`
    }`,
    {
      context: { images: plan.items },
      hint:
        `Run \`spxcutdb calibration sync --project ${root} --product required\`, or run again with --sync-calibration`,
    },
  );
}
