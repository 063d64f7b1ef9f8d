import type { Command } from "commander";
import { countedText } from "../../core/number_text.ts";
import { numberOption } from "../option_values.ts";
import { Session } from "../session.ts";

/** `spxcutdb init`: makes a project. */
export function addInitCommand(program: Command): void {
  program.command("init [project]").description("make a project from a catalog")
    .option("--project <dir>", "folder of the new project (or name it as the argument)")
    .option("--catalog <file>", "target catalog (CSV)")
    .option("--target-id-column <name>", "column with the identity and name of each target", "Name")
    .option("--ra-column <name>", "column with the right ascension", "RA_deg")
    .option("--dec-column <name>", "column with the declination", "DEC_deg")
    .option("--default-cutout-size-arcsec <number>", "side of the cutouts", numberOption, 60)
    .option("--no-include-deep", "leave the deep collections out")
    .option("--force", "replace the configuration of an existing project; its data stays")
    .action(async (argument: string | undefined, options) => {
      const session = new Session(options);
      const { init } = await import("../../workflow/init.ts");
      const result = await init({ ...options, project: options.project ?? argument ?? "." });
      for (const warning of result.catalog?.warnings ?? []) session.terminal.warning(warning);
      session.print(result, ({ project, configFile, database, catalog }) =>
        [
          `Project   ${project}`,
          `Config    ${configFile}`,
          `Database  ${database}`,
          ...(catalog === null
            ? []
            : [`Catalog   ${catalog.path}, ${countedText(catalog.targets, "target")}`]),
        ].join("\n"));
      session.terminal.message(
        `\n${session.terminal.style.cyan("hint:")} ` +
          (result.catalog === null
            ? `Put your targets into ${result.project}/input_catalog.csv, or set catalog.path in spherex_cutoutdb.yaml`
            : `Find the images next: \`spxcutdb discover --project ${result.project} --resume\``),
      );
    });
}
