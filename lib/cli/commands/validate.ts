import type { Command } from "commander";
import type { ValidateCutoutsResult } from "../../workflow/validate_cutouts.ts";
import type { ValidateResult } from "../../workflow/validate_project.ts";
import { countedText, countText } from "../../core/number_text.ts";
import { wordsOfName } from "../../core/text.ts";
import { EXIT } from "../exit_codes.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

function projectText(result: ValidateResult): string {
  const warnings = result.catalogProblems.filter((problem) => problem.severity === "warning").length;
  return [
    `Project   ${result.project}`,
    `Config    valid, ${result.configHash}`,
    `Catalog   ${result.catalog}: ${countedText(result.targets, "target")}, ${
      countedText(warnings, "warning")
    }`,
    `Database  ${result.databaseProblems.length === 0 ? "sound" : result.databaseProblems.join("; ")}`,
    `Limits    ${
      Object.entries(result.limits).map(([name, value]) => `${wordsOfName(name)} ${countText(value)}`).join(
        ", ",
      )
    }`,
  ].join("\n");
}

function cutoutsText(result: ValidateCutoutsResult): string {
  return [
    `${
      countedText(result.checked, "cutout")
    } checked, ${result.passed} passed, ${result.failed.length} failed`,
    ...result.failed.map((file) => `  ${file.status}  ${file.path}: ${file.reason}`),
    ...result.missing.map((path) => `  missing  ${path}`),
  ].join("\n");
}

async function checkCutouts(
  options: { project?: string; path?: string; batchConfig?: string; updateDb?: boolean },
  session: Session,
): Promise<void> {
  const { validateCutouts } = await import("../../workflow/validate_cutouts.ts");
  const result = await session.long(({ signal }) =>
    validateCutouts({
      project: projectFolder(options.project),
      batchConfig: options.batchConfig,
      ...(options.path === undefined ? {} : { path: options.path }),
      updateDatabase: options.updateDb ?? true,
      signal,
    })
  );
  session.print(result, cutoutsText);
  if (result.failed.length + result.missing.length > 0) session.exitCode = EXIT.partial;
}

/** `spxcutdb validate` and `spxcutdb validate-cutouts`: check a project before work, and the cutouts on disk. */
export function addValidateCommands(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("validate").description("check configuration, catalog, paths and database"),
  )
    .option("--catalog <file>", "check this catalog instead of the project's")
    .option("--path <path>", "check FITS cutouts at or below this path instead")
    .option("--no-update-db", "leave the database as it is when cutouts are checked")
    .action(async (options) => {
      const session = new Session(options);
      if (options.path !== undefined) await checkCutouts(options, session);
      else {
        const { validateProject } = await import("../../workflow/validate_project.ts");
        const result = await validateProject({ ...options, project: projectFolder(options.project) });
        for (const problem of result.catalogProblems) {
          if (problem.severity === "warning") {
            session.terminal.warning(`${result.catalog}:${problem.line ?? ""}: ${problem.message}`);
          }
        }
        if (result.error !== undefined) throw result.error;
        session.print(result, projectText);
        if (result.databaseProblems.length > 0) session.exitCode = EXIT.integrity;
      }
      done(session);
    });
  withProjectOptions(program.command("validate-cutouts").description("check the FITS cutouts on disk"))
    .option("--path <path>", "a file or folder instead of the project's cutouts")
    .option("--no-update-db", "leave the database as it is")
    .action(async (options) => {
      const session = new Session(options);
      await checkCutouts(options, session);
      done(session);
    });
}
