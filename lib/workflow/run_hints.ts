import type { RunCounts } from "./events.ts";
import type { Project } from "./project.ts";

/** What the user should know or do after a run, a sentence each with the command to run. */
export function runHints(
  project: Project,
  counts: RunCounts,
  undiscovered: number,
  isOffline = false,
): string[] {
  const at = `--project ${project.root}`;
  const { failed, blocked } = counts;
  const hints: string[] = [];
  if (undiscovered > 0) {
    hints.push(`${undiscovered} sources have not been discovered: run \`spxcutdb discover ${at} --resume\``);
  }
  if (blocked.calibrationMissing > 0) {
    hints.push(
      `${blocked.calibrationMissing} items lack calibration: run \`spxcutdb calibration sync ${at} --product required\``,
    );
  }
  if (blocked.noDownload > 0) {
    hints.push(
      `${blocked.noDownload} cutouts are missing: run \`spxcutdb run ${at} --download-missing --resume\`${
        isOffline ? " when there is a connection" : ""
      }`,
    );
  }
  if (blocked.storage > 0) {
    hints.push(
      `${blocked.storage} items wait for room on disk: raise runtime.max_live_cutout_gb or clean up, and run again`,
    );
  }
  if (failed.download + failed.validation + failed.fit + failed.output > 0) {
    hints.push(
      `Some items failed: run \`spxcutdb summary ${at} --failed-only\` to see them; running again tries them once more`,
    );
  }
  return hints;
}
