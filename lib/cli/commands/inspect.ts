import type { Command } from "commander";
import { EXIT } from "../exit_codes.ts";
import { parseHduOption, parsePixelOption, parseRowsOption, parseSkyOption } from "../inspect_arguments.ts";
import { Session } from "../session.ts";

/** `spxcutdb inspect`: opens any FITS file or VOTable. */
export function addInspectCommand(program: Command, done: (session: Session) => void): void {
  program.command("inspect <file>").description("open any FITS file or VOTable")
    .option("--hdu <number-or-name>", "this HDU only", parseHduOption)
    .option("--header", "all header cards")
    .option(
      "--stats",
      "minimum, maximum, mean, standard deviation and blanks of each image and numeric column",
    )
    .option("--rows <a:b>", "table rows from a up to but not including b", parseRowsOption)
    .option("--pixel <x,y>", "what is at this 0-based pixel", parsePixelOption)
    .option("--sky <ra,dec>", "what is at this position, degrees", parseSkyOption)
    .action(async (file: string, { stats, ...options }) => {
      const session = new Session(options);
      const { inspectFile } = await import("../../workflow/inspect_file.ts");
      const inspection = await session.long(({ signal }) =>
        inspectFile(file, { ...options, statistics: stats === true, signal })
      );
      const { renderInspection } = await import("../inspect_text.ts");
      session.print(inspection, renderInspection);
      // A header that was saved alone is no damage.
      const isDamaged = "problems" in inspection &&
        inspection.problems.some(({ code }) => code !== "fits/header-only");
      if (isDamaged) session.exitCode = EXIT.integrity;
      done(session);
    });
}
