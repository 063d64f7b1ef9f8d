import type { Command } from "commander";
import { bytesText, countedText } from "../../core/number_text.ts";
import type { CleanResult } from "../../workflow/clean.ts";
import { repeatedOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { alignCells, printable } from "../table_text.ts";
import { cleanupPolicyOption } from "./run.ts";

/** The most cutouts that are listed one by one; --json has all. */
const MOST_LISTED = 50;

function keptLines({ cutouts }: CleanResult): string[] {
  const kept = cutouts.filter((cutout) => !cutout.isDeleted);
  const lines = kept.slice(0, MOST_LISTED).flatMap(({ path, unmet }) => [
    `  ${printable(path)}`,
    ...alignCells(unmet.map(({ meaning, reason }) => [`    not met: ${meaning}`, printable(reason)])),
  ]);
  const rest = kept.length - MOST_LISTED;
  return [...lines, ...(rest > 0 ? [`  and ${rest} more: --json lists all`] : [])];
}

function goneLines({ cutouts, dryRun }: CleanResult): string[] {
  const gone = cutouts.filter((cutout) => cutout.isDeleted);
  if (!dryRun) return [];
  const rest = gone.length - MOST_LISTED;
  return [
    ...gone.slice(0, MOST_LISTED).map(({ path, bytes }) => `  ${printable(path)}  ${bytesText(bytes)}`),
    ...(rest > 0 ? [`  and ${rest} more: --json lists all`] : []),
  ];
}

function cleanText(result: CleanResult): string {
  return [
    `${result.dryRun ? "To delete" : "Deleted  "} ${countedText(result.deleted, "cutout")}, ${
      bytesText(result.bytes)
    }`,
    ...goneLines(result),
    `Kept      ${countedText(result.kept, "cutout")}`,
    ...keptLines(result),
  ].join("\n");
}

/** `spxcutdb clean`: deletes cutouts that are no longer needed, or tells which and why not the others. */
export function addCleanCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("clean").description("delete cutouts that are no longer needed"),
  )
    .option("--dry-run", "tell what would be deleted, and which of the seven conditions the others fail")
    .option(
      "--source-name <name>",
      "cutouts of this source only, also of one that has left the catalog; may be repeated",
      repeatedOption,
    )
    .option(
      "--cleanup-cutouts <policy>",
      "another policy for this call: never, success-after-measurement, success-after-source, success-after-run",
      cleanupPolicyOption,
    )
    .option("--keep-failed-cutouts", "keep cutouts whose measurement failed")
    .option("--delete-failed-cutouts", "delete cutouts whose measurement failed")
    .addHelpText(
      "after",
      "\nOnly cutouts are deleted: calibration files, results, logs and records stay.",
    )
    .action(async (options) => {
      const session = new Session(options);
      const { clean } = await import("../../workflow/clean.ts");
      const keepFailed = options.deleteFailedCutouts === true ? false : options.keepFailedCutouts;
      const result = await session.long((tools) =>
        clean({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          dryRun: options.dryRun === true,
          ...(options.sourceName === undefined ? {} : { sourceNames: options.sourceName }),
          ...(options.cleanupCutouts === undefined ? {} : { cleanupCutouts: options.cleanupCutouts }),
          ...(keepFailed === undefined ? {} : { keepFailedCutouts: keepFailed }),
          ...tools,
        })
      );
      session.print(result, cleanText);
      done(session);
    });
}
