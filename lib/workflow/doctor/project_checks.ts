import { countedText } from "../../core/number_text.ts";
import { projectLockHolder } from "../../files/project_lock.ts";
import { calibrationStatus } from "../calibration_status.ts";
import { cutoutFile } from "../cleanup_conditions.ts";
import { PACKAGE_VERSION } from "../package_version.ts";
import type { Project, ProjectOptions } from "../project.ts";
import { recordedSourceOutputs } from "../source_outputs.ts";
import { validateProject } from "../validate_project.ts";
import { bad, type DoctorCheck, good, messageOf } from "./check.ts";

/** What the program consists of. */
export function versionCheck(project: Project): DoctorCheck {
  const { sqlite } = project.database.first<{ sqlite: string }>("SELECT sqlite_version() AS sqlite")!;
  const { deno, v8 } = Deno.version;
  const parts = [
    `spxcutdb ${PACKAGE_VERSION}`,
    `Deno ${deno}`,
    `V8 ${v8}`,
    `SQLite ${sqlite}`,
    Deno.build.target,
  ];
  return good("program", "versions", parts.join(", "));
}

/** Who works on the project. */
export function lockCheck(project: Project): DoctorCheck {
  const holder = projectLockHolder(project.root);
  return holder === undefined ? good("program", "lock", "nobody works on the project") : bad(
    "program",
    "lock",
    `process ${holder.pid} works on the project: ${holder.command}, since ${holder.startedAt}`,
    "Wait until it has finished before you start another run",
    "warning",
  );
}

/** Whether the catalog can be used, and whether every page and every reference of the database is sound. */
export async function validationChecks(project: Project, options: ProjectOptions): Promise<DoctorCheck[]> {
  const { error, targets, databaseProblems } = await validateProject(options);
  const [first] = databaseProblems;
  const hint = `Run \`spxcutdb validate --project ${project.root}\` for all of it`;
  return [
    error === undefined
      ? good("configuration", "configuration", `it can be used, and so can ${countedText(targets, "target")}`)
      : bad("configuration", "configuration", messageOf(error).split("\n")[0]!, hint),
    first === undefined ? good("database", "database", "every page and every reference is sound") : bad(
      "database",
      "database",
      `${countedText(databaseProblems.length, "problem")}, first: ${first}`,
      `Restore ${project.paths.database} from a backup`,
    ),
  ];
}

/** Whether the calibration files are there that the discovered images need. */
export async function calibrationCheck(options: ProjectOptions, root: string): Promise<DoctorCheck> {
  const { files, missing } = await calibrationStatus(options);
  const lost = files.filter(({ state }) => state !== "ok");
  const name = "calibration files";
  const hint = `Run \`spxcutdb calibration sync --project ${root} --product required\``;
  if (missing.length > 0) {
    const [{ product, release, detector }] = missing as [typeof missing[number]];
    const finding = `${
      countedText(missing.length, "file")
    } that images need missing, first: ${release} ${product} D${detector}`;
    return bad("files", name, finding, hint);
  }
  return lost.length === 0 ? good("files", name, `${countedText(files.length, "file")}, all there`) : bad(
    "files",
    name,
    `${countedText(lost.length, "file")} missing or damaged, first: ${lost[0]!.path}`,
    hint,
    "warning",
  );
}

/** Whether the cutouts that count as being on disk are there. */
export function cutoutCheck(project: Project): DoctorCheck {
  const cutouts = project.cutouts.valid();
  const gone = cutouts.filter(({ localPath }) => cutoutFile(project, localPath)?.isFile !== true);
  const name = "cutouts";
  return gone.length === 0
    ? good("files", name, `${countedText(cutouts.length, "cutout")} on disk, all there`)
    : bad(
      "files",
      name,
      `${countedText(gone.length, "cutout")} gone, first: ${gone[0]!.localPath}`,
      `Nothing is lost: the next \`spxcutdb run --project ${project.root} --resume\` fetches what it needs`,
      "warning",
    );
}

/** Whether the outputs that were published are there, by name alone. */
export function outputCheck(project: Project): DoctorCheck {
  const published = [...project.sources.iterate()].filter(({ sourceId }) =>
    project.runs.outputs(sourceId) !== undefined
  );
  const lacking = published.filter((source) => recordedSourceOutputs(project, source).lacksFiles);
  const name = "outputs";
  return lacking.length === 0
    ? good("files", name, `outputs of ${countedText(published.length, "source")}, all there`)
    : bad(
      "files",
      name,
      `outputs of ${countedText(lacking.length, "source")} missing, first: ${lacking[0]!.sourceName}`,
      `Run \`spxcutdb summary --project ${project.root} --rebuild-missing-outputs\``,
    );
}
