import { statfsSync } from "node:fs";
import { join } from "node:path";
import { bytesText } from "../../core/number_text.ts";
import type { Project } from "../project.ts";
import { bad, type DoctorCheck, good, messageOf, skipped } from "./check.ts";

/** Below so many bytes nothing can be relied on. */
const LEAST_FREE_BYTES = 1e9;

/** Whether there is room for the cutouts that the configuration allows on disk. */
export function freeSpaceCheck(project: Project): DoctorCheck {
  const name = "free space";
  if (Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted") {
    return skipped("disk", name, "the program may not ask for it (--allow-sys=statfs)");
  }
  const { bsize, bavail } = statfsSync(project.root);
  const free = bsize * bavail;
  const wanted = Math.max(0, project.config.runtime.max_live_cutout_gb * 1e9 - project.cutouts.live().bytes);
  const finding = `${bytesText(free)} free, ${bytesText(wanted)} allowed for further cutouts`;
  if (free < LEAST_FREE_BYTES) {
    return bad("disk", name, finding, "Free some disk space before the next run");
  }
  return free >= wanted ? good("disk", name, finding) : bad(
    "disk",
    name,
    finding,
    "Free some disk space, or lower runtime.max_live_cutout_gb to what there is",
    "warning",
  );
}

/** Whether files can be written in each of the project's folders. */
export function permissionCheck(project: Project): DoctorCheck {
  const { root, data, results, runLogs, cache } = project.paths;
  const refused: string[] = [];
  for (const folder of [root, data, results, runLogs, cache]) {
    try {
      Deno.statSync(folder);
    } catch {
      // A folder that is not there yet is made when it is needed.
      continue;
    }
    const path = join(folder, `.doctor-${crypto.randomUUID()}.tmp`);
    try {
      Deno.writeTextFileSync(path, "written to see whether it can be\n", { createNew: true });
      Deno.removeSync(path);
    } catch (error) {
      refused.push(`${folder} (${messageOf(error)})`);
    }
  }
  const name = "permissions";
  return refused.length === 0 ? good("disk", name, "the project's folders can be written") : bad(
    "disk",
    name,
    `cannot write in ${refused.join(", ")}`,
    "Give yourself the right to write there, or work on a copy of the project",
  );
}
