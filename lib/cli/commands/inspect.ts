import type { Command } from "commander";
import { EXIT } from "../exit_codes.ts";
import { parseHduOption, parsePixelOption, parseRowsOption, parseSkyOption } from "../inspect_arguments.ts";
import { Session } from "../session.ts";

/** Problems that do not make a file a damaged one: a header saved alone, odd cards, what has no statistics. */
const NO_DAMAGE: ReadonlySet<string> = new Set([
  "fits/card",
  "fits/header-only",
  "fits/not-image",
  "fits/unsupported-codec",
]);

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
      const asksMore = stats === true ||
        ["header", "rows", "hdu"].some((name) => options[name] !== undefined);
      session.print(inspection, (found) => renderInspection(found, !asksMore));
      const isDamaged = "problems" in inspection &&
        inspection.problems.some(({ code }) => !NO_DAMAGE.has(code));
      if (isDamaged) session.exitCode = EXIT.integrity;
      done(session);
    });
}
