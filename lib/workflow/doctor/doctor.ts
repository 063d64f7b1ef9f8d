import { Project, type ProjectOptions } from "../project.ts";
import { type DoctorCheck, skipped } from "./check.ts";
import { freeSpaceCheck, permissionCheck } from "./disk_checks.ts";
import { networkChecks } from "./network_checks.ts";
import {
  calibrationCheck,
  cutoutCheck,
  lockCheck,
  outputCheck,
  validationChecks,
  versionCheck,
} from "./project_checks.ts";

/** What to look at. */
export interface DoctorOptions extends ProjectOptions {
  /** Ask no host. @default {false} */
  readonly offline?: boolean;
  /** Stops waiting for hosts. */
  readonly signal?: AbortSignal;
}

/** What was found. */
export interface DoctorResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Whether nothing failed; warnings are no failures. */
  readonly healthy: boolean;
  /** What was looked at, in order. */
  readonly checks: readonly DoctorCheck[];
}

/**
 * Looks at everything that a run depends on: program, disk, database, files, clock and network. A problem is a finding
 * with a hint and not an error; nothing is changed. Throws config/… and project/… when there is no project to look at.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorResult> {
  using project = await Project.open(options);
  const checks = [
    versionCheck(project),
    lockCheck(project),
    ...await validationChecks(project, options),
    permissionCheck(project),
    freeSpaceCheck(project),
    await calibrationCheck(options, project.root),
    cutoutCheck(project),
    outputCheck(project),
    ...(options.offline === true
      ? [skipped("network", "hosts", "not asked, as wished")]
      : await networkChecks(project.config, options.signal)),
  ];
  return { project: project.root, healthy: checks.every(({ status }) => status !== "failed"), checks };
}
