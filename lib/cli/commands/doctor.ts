import type { Command } from "commander";
import type { CheckArea, CheckStatus } from "../../workflow/doctor/check.ts";
import type { DoctorResult } from "../../workflow/doctor/doctor.ts";
import { EXIT, type ExitCode } from "../exit_codes.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { printable } from "../table_text.ts";
import type { TextStyle } from "../terminal.ts";

/** The exit code of a failed check; that of the first one is the program's. */
const EXIT_OF_AREA: Readonly<Record<CheckArea, ExitCode>> = {
  configuration: EXIT.invalidInput,
  database: EXIT.integrity,
  disk: EXIT.disk,
  files: EXIT.prerequisite,
  network: EXIT.remote,
  program: EXIT.internal,
};

function mark(status: CheckStatus, style: TextStyle): string {
  const text = status.padEnd(7);
  return status === "ok" ? style.green(text) : status === "failed" ? style.red(text) : style.yellow(text);
}

function doctorText({ project, checks, healthy }: DoctorResult, style: TextStyle): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(7 + 2 + width + 2);
  return [
    `Project  ${project}`,
    ...checks.flatMap(({ name, status, finding, hint }) => [
      `${mark(status, style)}  ${name.padEnd(width)}  ${printable(finding)}`,
      ...(hint === null ? [] : [`${indent}${style.cyan("hint:")} ${hint}`]),
    ]),
    healthy ? "Nothing stands in the way of a run" : "Something stands in the way of a run",
  ].join("\n");
}

/** `spxcutdb doctor`: looks at everything that a run depends on. */
export function addDoctorCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("doctor").description("look at everything that a run depends on, and say what to do"),
  )
    .option("--offline", "ask no host")
    .action(async (options) => {
      const session = new Session(options);
      const { doctor } = await import("../../workflow/doctor/doctor.ts");
      const { batchConfig, offline } = options;
      const project = projectFolder(options.project);
      const result = await session.long(({ signal }) =>
        doctor({ project, batchConfig, offline: offline === true, signal })
      );
      session.print(result, (found) => doctorText(found, session.terminal.outStyle));
      const failed = result.checks.find(({ status }) => status === "failed");
      if (failed !== undefined) session.exitCode = EXIT_OF_AREA[failed.area];
      done(session);
    });
}
