import type { Command } from "commander";
import { EVENT_LEVELS } from "../../workflow/event_level.ts";
import { choiceOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** `spxcutdb logs`: the log of a run. */
export function addLogsCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(program.command("logs").description("the log of the last run, or of another"))
    .option("--run-id <id>", "log of this run; the beginning of its identity will do")
    .option(
      "--level <level>",
      "leave out what matters less: debug, info, warning, error",
      choiceOption(...EVENT_LEVELS),
      "info",
    )
    .option("--follow", "go on while the run is at work")
    .addHelpText("after", "\nWith --json or --jsonl the lines are JSON documents, one for each event.")
    .action(async (options) => {
      const session = new Session(options);
      const { runLog } = await import("../../workflow/run_logs.ts");
      const { runId, level, follow, batchConfig } = options;
      const project = projectFolder(options.project);
      const format = options.json || options.jsonl ? "json" as const : "text" as const;
      for await (const line of runLog({ project, batchConfig, runId, level, follow, format })) {
        session.terminal.data(line);
      }
      done(session);
    });
}
