import type { Command } from "commander";
import type { CleanupPolicy, RunOptions, RunResult } from "../../workflow/run_options.ts";
import { EXIT } from "../exit_codes.ts";
import { bytesText, countedText, countText } from "../../core/number_text.ts";
import { choiceOption, countOption, numberOption, repeatedOption, shardOption } from "../option_values.ts";
import { estimateText, planText } from "../plan_text.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { discoveryOverrides, withDiscoveryOptions } from "./discover.ts";

/** Older names of cleanup policies. */
const POLICY_ALIASES: Readonly<Record<string, CleanupPolicy>> = {
  successful: "success-after-source",
  none: "never",
};

const policy = choiceOption(
  "never",
  "success-after-measurement",
  "success-after-source",
  "success-after-run",
);

/** Reads a cleanup policy, also under its older names. Throws OptionValueError. */
export const cleanupPolicyOption: typeof policy = Object.assign(
  (text: string): CleanupPolicy => POLICY_ALIASES[text] ?? policy(text),
  { choices: policy.choices },
);

function resultText({ runId, status, plan, counts, reportPath }: RunResult): string {
  const { sources, failed } = counts;
  return [
    `Run       ${runId}: ${status.replace("_", " ")}`,
    planText(plan),
    `Measured  ${countText(counts.measured)}, ${countText(counts.skippedValid)} were current`,
    `Fetched   ${countedText(counts.downloaded, "cutout")}, ${bytesText(counts.downloadedBytes)}${
      counts.foundOnDisk === 0 ? "" : `; ${countText(counts.foundOnDisk)} were on disk`
    }`,
    `Failed    ${failed.download} downloads, ${failed.validation} validations, ${failed.fit} fits, ${failed.output} outputs`,
    `Sources   ${sources.complete} complete, ${sources.partial} partial, ${
      sources.failed + sources.outputFailed
    } failed`,
    `Outputs   ${counts.published} written, ${counts.outputsCurrent} were current`,
    `Cleanup   ${countedText(counts.deletedCutouts, "cutout")}, ${bytesText(counts.deletedBytes)} freed`,
    ...(reportPath === null ? [] : [`Report    ${reportPath}`]),
  ].join("\n");
}

/** Options that say what a run works on, and what it does before planning. */
function withScopeOptions(command: Command): Command {
  command
    .option("--catalog <file>", "catalog of this run instead of the project's")
    .option("--source-name <name>", "work on this source only; may be repeated", repeatedOption)
    .option("--limit-sources <number>", "work on the first so many sources only", countOption)
    .option("--shard <k/n>", "work on the k-th of n parts of the sources; `merge` joins them", shardOption)
    .option("--resume", "take up discovery answers and partial downloads of earlier runs")
    .option("--update", "ask the archive again for every source, then process what is new or has changed")
    .option("--dry-run", "only tell what would be done and fetched: no request, no change")
    .option("--offline", "send no request at all, and do what can be done without")
    .option("--explain", "tell for each source what is to be done and why, down to what has changed")
    .optionsGroup("Finding images:")
    .option("--discover", "find the images first")
    .option("--force-discovery", "with --discover: ask for every source again");
  return withDiscoveryOptions(command)
    .optionsGroup("Calibration files and cutouts:")
    .option("--sync-calibration", "fetch missing calibration files first")
    .option("--no-sync-calibration", "do not fetch calibration files")
    .option("--download-missing", "fetch missing cutouts")
    .option("--no-download", "fetch no cutouts")
    .option(
      "--cleanup-cutouts <policy>",
      "when measured cutouts are deleted: never, success-after-measurement, success-after-source, success-after-run",
      cleanupPolicyOption,
    )
    .option("--keep-failed-cutouts", "keep cutouts whose measurement failed")
    .option("--delete-failed-cutouts", "delete cutouts whose measurement failed");
}

function withRunOptions(command: Command): Command {
  return withScopeOptions(command)
    .optionsGroup("Measurements and outputs:")
    .option("--skip-valid-measurements", "leave measurements alone that are current")
    .option("--no-skip-valid-measurements", "measure everything again")
    .option("--force-photometry-rerun", "the same as --no-skip-valid-measurements")
    .option("--regenerate-missing-outputs", "write outputs again that are missing or out of date")
    .option("--no-regenerate-missing-outputs", "leave outputs as they are")
    .option("--qa-level <level>", "minimal, standard or full", choiceOption("minimal", "standard", "full"))
    .option("--qa-workers <number>", "workers that draw full QA", countOption)
    .option("--qa-dpi <number>", "resolution of full QA, dots per inch", countOption)
    .option("--qa-colorbars", "colour bars in full QA")
    .optionsGroup("Limits:")
    .option("--max-download-workers <number>", "cutouts in transfer at once", countOption)
    .option("--max-fit-workers <number>", "workers that measure", countOption)
    .option("--max-source-workers <number>", "sources open at once", countOption)
    .option("--max-inflight-cutouts <number>", "cutouts between download and measurement", countOption)
    .option("--max-live-cutout-gb <number>", "space for cutouts on disk, 10^9 bytes", numberOption)
    .option("--max-open-fits-files <number>", "FITS files open at once", countOption);
}

/** Drops options that were not given, so that they do not stand in the way of the configuration. */
function given<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<
    Options
  >;
}

/** The options of a run as the library takes them. */
function runOptions(options: Record<string, never> & Record<string, unknown>): Omit<RunOptions, "project"> {
  const { sourceName, download, forceDiscovery, deleteFailedCutouts, discover, resume, ...others } = options;
  // How the terminal looks is no option of the run.
  const { json: _json, verbose: _verbose, quiet: _quiet, progress: _progress, color: _color, ...rest } =
    others;
  return given({
    ...rest,
    config: discoveryOverrides(options),
    sourceNames: sourceName,
    discover: discover === true || forceDiscovery === true ? true : undefined,
    resume: resume === true && forceDiscovery !== true,
    downloadMissing: download === false ? false : rest["downloadMissing"],
    keepFailedCutouts: deleteFailedCutouts === true ? false : rest["keepFailedCutouts"],
  }) as Omit<RunOptions, "project">;
}

/** `spxcutdb run`: plan, fetch, measure, publish, clean up. */
export function addRunCommand(program: Command, done: (session: Session) => void): void {
  withRunOptions(
    withProjectOptions(program.command("run").description("plan, fetch, measure, publish, clean up")),
  )
    .action(async (options) => {
      const session = new Session(options, { hasResume: true });
      const { run } = await import("../../workflow/run.ts");
      const result = await session.long((tools) =>
        run({ project: projectFolder(options.project), ...runOptions(options), ...tools })
      );
      session.print(
        result,
        (value) =>
          value.estimate === null
            ? resultText(value)
            : `${planText(value.plan)}\n${estimateText(value.estimate)}`,
      );
      for (const hint of result.hints) {
        session.terminal.message(`${session.terminal.style.cyan("hint:")} ${hint}`);
      }
      if (result.status !== "success") session.exitCode = EXIT.partial;
      done(session);
    });
}
