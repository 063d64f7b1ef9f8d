import type { Command } from "commander";
import { explanationText } from "../explain_text.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** `spxcutdb explain`: every input of one number, or what there is of a source. */
export function addExplainCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("explain <measurement-or-source>")
      .description("every input of one number, or what there is of a source")
      .addHelpText(
        "after",
        "\nA measurement is named by its measurement_id, a column of the spectra; eight\ncharacters of it will do.",
      ),
  ).action(async (subject: string, options) => {
    const session = new Session(options);
    const { explain } = await import("../../workflow/explain.ts");
    const { batchConfig } = options;
    const found = await explain({ project: projectFolder(options.project), batchConfig, subject });
    session.print(found, explanationText);
    done(session);
  });
}
