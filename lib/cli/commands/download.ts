import type { Command } from "commander";
import { bytesText, countedText, countText } from "../../core/number_text.ts";
import type { DownloadCutoutsOptions, DownloadCutoutsResult } from "../../workflow/download_cutouts.ts";
import { EXIT } from "../exit_codes.ts";
import { choiceOption, countOption, repeatedOption } from "../option_values.ts";
import { estimateText } from "../plan_text.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

type Phase = "download" | "validation";

/** What commander makes of the options. */
interface GivenOptions {
  readonly project?: string;
  readonly batchConfig?: string;
  readonly sourceName?: readonly string[];
  readonly limitSources?: number;
  readonly maxDownloads?: number;
  readonly maxDownloadWorkers?: number;
  readonly dryRun?: boolean;
}

function resultText(result: DownloadCutoutsResult): string {
  const { runId, status, wanted, downloaded, downloadedBytes, foundOnDisk, failed } = result;
  const { blockedByStorage, calibrationMissing, estimate } = result;
  const left = calibrationMissing === 0
    ? []
    : [`Left out  ${countedText(calibrationMissing, "image")} without calibration`];
  if (estimate !== null) return [estimateText(estimate), ...left].join("\n");
  return [
    `Download  ${runId}: ${status.replace("_", " ")}`,
    `Fetched   ${countText(downloaded)} of ${countedText(wanted, "cutout")}, ${bytesText(downloadedBytes)}${
      foundOnDisk === 0 ? "" : `; ${countText(foundOnDisk)} were on disk`
    }`,
    `Failed    ${failed.download} downloads, ${failed.validation} validations`,
    ...(blockedByStorage === 0 ? [] : [`Waiting   ${countText(blockedByStorage)} for room on disk`]),
    ...left,
  ].join("\n");
}

function withDownloadOptions(command: Command): Command {
  return withProjectOptions(command)
    .option("--source-name <name>", "fetch for this source only; may be repeated", repeatedOption)
    .option("--limit-sources <number>", "fetch for the first so many sources only", countOption)
    .option("--max-downloads <number>", "fetch at most so many cutouts", countOption)
    .option("--max-download-workers <number>", "cutouts in transfer at once", countOption)
    .option("--dry-run", "only tell what would be fetched: no request, no change");
}

async function fetchCutouts(
  options: GivenOptions,
  phases: readonly Phase[] | undefined,
  session: Session,
): Promise<void> {
  const { downloadCutouts } = await import("../../workflow/download_cutouts.ts");
  const { sourceName, limitSources, maxDownloads, maxDownloadWorkers, dryRun } = options;
  const chosen: Partial<DownloadCutoutsOptions> = {
    ...(sourceName === undefined ? {} : { sourceNames: sourceName }),
    ...(limitSources === undefined ? {} : { limitSources }),
    ...(maxDownloads === undefined ? {} : { maxDownloads }),
    ...(maxDownloadWorkers === undefined ? {} : { maxDownloadWorkers }),
    ...(phases === undefined ? {} : { failedPhases: phases }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
  const result = await session.long((tools) =>
    downloadCutouts({
      project: projectFolder(options.project),
      batchConfig: options.batchConfig,
      ...chosen,
      ...tools,
    })
  );
  session.print(result, resultText);
  if (result.status !== "success") session.exitCode = EXIT.partial;
}

/** `spxcutdb download` and `spxcutdb retry-failed`: fetch cutouts without measuring them. */
export function addDownloadCommands(program: Command, done: (session: Session) => void): void {
  withDownloadOptions(
    program.command("download").description(
      "fetch missing cutouts and leave them for a later run to measure",
    ),
  )
    .option("--retry-failed-only", "only those whose last try failed")
    .action(async (options) => {
      const session = new Session(options);
      await fetchCutouts(
        options,
        options.retryFailedOnly === true ? ["download", "validation"] : undefined,
        session,
      );
      done(session);
    });
  withDownloadOptions(
    program.command("retry-failed").description("fetch again what failed to come or was refused"),
  )
    .option(
      "--phase <phase>",
      "what failed: download, validation or all",
      choiceOption("download", "validation", "all"),
      "all",
    )
    .action(async (options) => {
      const session = new Session(options);
      const phases: Phase[] = options.phase === "all" ? ["download", "validation"] : [options.phase];
      await fetchCutouts(options, phases, session);
      done(session);
    });
}
