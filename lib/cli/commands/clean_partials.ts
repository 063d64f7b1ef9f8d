import { type Command, Option } from "commander";
import { bytesText, countedText, countText } from "../../core/number_text.ts";
import type { CleanPartialsResult } from "../../workflow/clean_partials.ts";
import { OptionValueError } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

function hoursOption(text: string): number {
  const hours = Number(text);
  if (text.trim() === "" || !(hours >= 0) || hours === Infinity) {
    throw new OptionValueError(text, "a number of hours, 0 for all files");
  }
  return hours;
}

function resultText({ files, kept, freedBytes, isDryRun }: CleanPartialsResult): string {
  const deleted = files.filter(({ action }) => action === "deleted").length;
  const would = isDryRun ? "would be " : "";
  return [
    ...files.map(({ path, bytes, action }) => `  ${would}${action}  ${path}, ${bytesText(bytes)}`),
    `${countedText(deleted, "file")} ${would}deleted, ${bytesText(freedBytes)}; ${
      countText(files.length - deleted)
    } ${would}quarantined; ${countedText(kept, "partial file")} younger and kept`,
  ].join("\n");
}

/** `spxcutdb clean-partials`: removes what downloads left behind. */
export function addCleanPartialsCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("clean-partials").description("remove partial downloads that nothing goes on with"),
  )
    .option("--older-than-hours <hours>", "keep those written to in the last so many hours", hoursOption, 24)
    .addOption(
      new Option("--quarantine-invalid", "move cutouts that failed a validation into data/quarantine")
        .conflicts("deleteInvalid"),
    )
    .option("--delete-invalid", "delete cutouts that failed a validation, and the quarantine")
    .option("--dry-run", "only tell what would be done")
    .action(async (options) => {
      const session = new Session(options);
      const { cleanPartials } = await import("../../workflow/clean_partials.ts");
      const result = await session.long(({ signal }) =>
        cleanPartials({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          olderThanHours: options.olderThanHours,
          invalid: options.deleteInvalid ? "delete" : options.quarantineInvalid ? "quarantine" : "keep",
          dryRun: options.dryRun === true,
          signal,
        })
      );
      session.print(result, resultText);
      done(session);
    });
}
