import type { Command } from "commander";
import { countedText } from "../../core/number_text.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** `spxcutdb report`: one HTML page with everything the project has to show. */
export function addReportCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("report").description(
      "an HTML page of the project as it is now, with interactive spectra",
    ),
  )
    .option("--output <file>", "the page; results/report.html when left out")
    .action(async (options) => {
      const session = new Session(options);
      const { writeReport } = await import("../../workflow/report.ts");
      const result = await session.long(({ signal }) =>
        writeReport({ ...options, project: projectFolder(options.project), signal })
      );
      session.print(
        result,
        ({ path, sources, dataFiles, isUnchanged }) =>
          `Report    ${path}${isUnchanged ? " (unchanged)" : ""}\nSources   ${
            countedText(sources, "source")
          }${
            dataFiles === 0
              ? ""
              : `, ${countedText(dataFiles, "file")} of spectra beside the page: keep them together`
          }`,
      );
      done(session);
    });
}
