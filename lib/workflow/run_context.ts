import type { RuntimeLimits } from "../config/runtime_limits.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { WorkerPool } from "../pool/worker_pool.ts";
import { CutoutAccess } from "./cutout_access.ts";
import type { PlanCounts } from "./events.ts";
import type { FitJob, FitResult } from "./fit_job.ts";
import { MeasureJobs } from "./measure_jobs.ts";
import { Planner } from "./planner.ts";
import type { Project } from "./project.ts";
import type { RunTally } from "./run_tally.ts";

/** What a run is made of. */
export interface RunParts {
  /** The project, open for writing. */
  readonly project: Project;
  /** The program's client. */
  readonly client: HttpClient;
  /** Workers that measure. */
  readonly fitPool: WorkerPool<FitJob, FitResult>;
  /** Workers that draw. */
  readonly drawPool: WorkerPool<FitJob, FitResult>;
  /** Identity of the run. */
  readonly runId: string;
  /** What the run has done so far. */
  readonly tally: RunTally;
  /** The plan as it was before the work. */
  readonly plan: PlanCounts;
  /** What the run may use of the machine. */
  readonly limits: RuntimeLimits;
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
}

/** Everything that the parts of a run share. */
export interface RunContext extends RunParts {
  /** Plans the work on a source. */
  readonly planner: Planner;
  /** What is measured in a cutout, and with what. */
  readonly jobs: MeasureJobs;
  /** The ways to the cutouts. */
  readonly access: CutoutAccess;
}

/** Adds to what a run is made of what follows from it. Throws config/invalid-value for a mask with an unknown flag. */
export function runContext(parts: RunParts): RunContext {
  const { project, client } = parts;
  const planner = new Planner(project);
  return {
    ...parts,
    planner,
    jobs: new MeasureJobs(project, planner),
    access: new CutoutAccess(project, client, planner.calibrationChoice),
  };
}
