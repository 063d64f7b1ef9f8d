import { Command, CommanderError, Option } from "commander";
import { PACKAGE_VERSION } from "../workflow/package_version.ts";
import { addArchiveCommand } from "./commands/archive.ts";
import { addCalibrationCommand } from "./commands/calibration.ts";
import { addCleanPartialsCommand } from "./commands/clean_partials.ts";
import { addCompareCommand } from "./commands/compare.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addCleanCommand } from "./commands/clean.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addCoverageCommand } from "./commands/coverage.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDiscoverCommand } from "./commands/discover.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addDownloadCommands } from "./commands/download.ts";
import { addExportCommand, addExportManifestCommand } from "./commands/export.ts";
import { addInitCommand } from "./commands/init.ts";
import { addInjectCommand } from "./commands/inject.ts";
import { addInspectCommand } from "./commands/inspect.ts";
import { addLogsCommand } from "./commands/logs.ts";
import { addMeasureCommand } from "./commands/measure.ts";
import { addMergeCommand } from "./commands/merge.ts";
import { addPlanCommand } from "./commands/plan.ts";
import { addPlotCommand } from "./commands/plot.ts";
import { addReportCommand } from "./commands/report.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSendCommand } from "./commands/send.ts";
import { addSourceCommand } from "./commands/source.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addSummaryCommand } from "./commands/summary.ts";
import { addValidateCommands } from "./commands/validate.ts";
import { errorJson, errorText } from "./error_text.ts";
import { EXIT, exitCodeOf } from "./exit_codes.ts";
import { addCommonOptions, COMMON_OPTIONS, type Session } from "./session.ts";
import { type ColorChoice, processTerminal } from "./terminal.ts";
import { nameValuesInErrors, usageError } from "./usage_error.ts";

const EPILOGUE = `
First steps:
  spxcutdb demo
  spxcutdb init --project ./project --catalog input_catalog.csv
  spxcutdb run --project ./project \\
    --discover --sync-calibration --download-missing --resume

Exit codes:
  0  done                      5  a service failed after all retries
  1  some items failed         6  data do not agree with their checksums
  2  usage                     7  another process works on the project
  3  configuration, catalog    70 a bug    74 the disk
  4  something must be done    130 and 143 stopped by SIGINT and SIGTERM
     first; the hint says what`;

/** The program with all its commands; `done` learns of the exit code of each. */
function buildProgram(done: (session: Session) => void): Command {
  const program = new Command("spxcutdb")
    .description("From a target catalog to SPHEREx spectra")
    .version(PACKAGE_VERSION, "-V, --version", "print the version")
    .addHelpText("after", EPILOGUE);
  addInitCommand(program);
  addConfigCommand(program);
  addValidateCommands(program, done);
  addDiscoverCommand(program, done);
  addCalibrationCommand(program, done);
  addRunCommand(program, done);
  addPlanCommand(program, done);
  addDownloadCommands(program, done);
  addCleanPartialsCommand(program, done);
  addCoverageCommand(program, done);
  addMergeCommand(program, done);
  addStatusCommand(program, done);
  addDoctorCommand(program, done);
  addCleanCommand(program, done);
  addSummaryCommand(program, done);
  addReportCommand(program, done);
  addExplainCommand(program, done);
  addLogsCommand(program, done);
  addExportCommand(program, done);
  addExportManifestCommand(program, done);
  addCompareCommand(program, done);
  addPlotCommand(program, done);
  addSendCommand(program, done);
  addMeasureCommand(program, done);
  addSourceCommand(program, done);
  addInjectCommand(program, done);
  addInspectCommand(program, done);
  addArchiveCommand(program);
  addCompletionCommand(program);
  addDemoCommand(program);
  return program;
}

/** Help has no colours: left to itself, the library asks the environment for a dozen variables to find that out. */
const PLAIN_HELP = { getOutHasColors: () => false, getErrHasColors: () => false };

/**
 * Gives a command and all below it the options that every command has, and makes them throw this program's own errors
 * instead of printing and ending the process.
 */
function setUp(command: Command): void {
  const helpOption = new Option("-h, --help", "show this help");
  if (command.commands.length === 0) {
    addCommonOptions(command);
    helpOption.helpGroup(COMMON_OPTIONS);
  }
  if (command.parent === null) command.helpCommand("help [command]", "show the help of a command");
  else command.helpCommand(false);
  command
    .addHelpOption(helpOption)
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({ outputError: () => {}, ...PLAIN_HELP })
    .exitOverride((error) => {
      const isHelp = error.exitCode === 0 || error.code === "commander.help";
      throw isHelp ? error : usageError(error, command);
    });
  nameValuesInErrors(command);
  command.commands.forEach(setUp);
}

/** Whether an option stands among the arguments, before any `--`. */
function has(args: readonly string[], option: string): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes(option);
}

/** When to colour, as far as the arguments say it: they may be what is wrong. */
function colorOf(args: readonly string[]): ColorChoice {
  const [, choice] = /(?:^|\0)--color[=\0](always|never)(?:\0|$)/.exec(args.join("\0")) ?? [];
  return choice === "always" || choice === "never" ? choice : "auto";
}

/**
 * Runs the program with the given arguments and returns its exit code. Errors are told on stderr, or, with `--json`,
 * as one JSON document on stdout.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.success;
  const program = buildProgram((session) => exitCode = session.exitCode);
  setUp(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    const terminal = processTerminal({ color: colorOf(args) });
    const document = { schema_version: 1, error: errorJson(error) };
    if (has(args, "--jsonl")) terminal.data(JSON.stringify({ type: "error", ...document }));
    else if (has(args, "--json")) terminal.json(document);
    terminal.error(errorText(error, terminal.style, has(args, "--verbose")));
    return exitCodeOf(error);
  }
}
