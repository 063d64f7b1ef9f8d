import type { Command } from "commander";
import { EXPORTED_TABLES } from "../../outputs/exported_columns.ts";
import type { SendResult } from "../../workflow/send/send.ts";
import { choiceOption, repeatedOption } from "../option_values.ts";
import { projectFolder, Session } from "../session.ts";

function sentText({ files }: SendResult): string {
  return files.map(({ path, receivers }) => `${path} to ${receivers.join(", ")}`).join("\n");
}

/** `spxcutdb send`: show tables and images in TOPCAT, Aladin and other programs. */
export function addSendCommand(program: Command, done: (session: Session) => void): void {
  program.command("send").description("show a table or image in a running TOPCAT or Aladin, by SAMP")
    .argument("[file...]", "VOTables and FITS files; a table of the project when left out")
    .option("--project <dir>", "project whose table is sent; else SPXCUTDB_PROJECT, else the nearest above")
    .option(
      "--table <table>",
      "which table of the project (default: spectra)",
      choiceOption(...EXPORTED_TABLES),
    )
    .option("--source-name <name>", "this source only; may be repeated", repeatedOption)
    .option("--to <program>", "send to this program only, such as topcat")
    .action(async (files: string[], options) => {
      const session = new Session(options);
      const { send } = await import("../../workflow/send/send.ts");
      const { table, sourceName: sourceNames, to } = options;
      const result = await session.long(({ signal }) =>
        send({
          signal,
          ...(files.length > 0 ? { files } : { project: projectFolder(options.project) }),
          ...(table === undefined ? {} : { table }),
          ...(sourceNames === undefined ? {} : { sourceNames }),
          ...(to === undefined ? {} : { to }),
        })
      );
      session.print(result, sentText);
      done(session);
    });
}
