import type { Command } from "commander";
import { countedText } from "../../core/number_text.ts";
import { TaggedError } from "../../core/errors.ts";
import type { DrawResult } from "../../workflow/draw_figures.ts";
import { correctionsOf, withCorrectionOptions } from "../correction_options.ts";
import { choiceOption, countOption, numberOption, repeatedOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

function plotText({ figures, files }: DrawResult): string {
  const shown = files.length > 10 ? [`${files[0]} and others beside it`] : files;
  return [...shown.map((file) => `Written   ${file}`), countedText(figures, "figure")].join("\n");
}

/** `spxcutdb plot`: figures for papers. */
export function addPlotCommand(program: Command, done: (session: Session) => void): void {
  const kinds = choiceOption("sed", "qa", "light_curve", "overview", "sky");
  withCorrectionOptions(
    withProjectOptions(program.command("plot").description("figures as SVG and PNG"))
      .argument(
        "<figure>",
        "sed, qa, light_curve, overview (all spectra, small) or sky (where sources are)",
        kinds,
      )
      .option("--source-name <name>", "this source only; may be repeated", repeatedOption)
      .option(
        "--scale <scale>",
        "sed: linear, log or magnitude; linear unless given",
        choiceOption("linear", "log", "magnitude"),
      )
      .option("--binned", "sed: the means of the 102 channels over the measurements")
      .option(
        "--clip-sigma <sigmas>",
        "sed --binned: leave out measurements so far off their channel",
        numberOption,
      )
      .option(
        "--quantity <quantity>",
        "light_curve: relative or flux; relative where it is known unless given",
        choiceOption("relative", "flux"),
      )
      .option("--channel <number>", "light_curve: this channel only, 1 to 102", countOption)
      .option("--output <dir>", "folder for the figures; results/figures of the project unless given"),
  )
    .action(async (kind: DrawResult["kind"], options) => {
      const session = new Session(options);
      if (options.clipSigma !== undefined && !(options.clipSigma > 0)) {
        throw new TaggedError(
          "usage/bad-arguments",
          `--clip-sigma takes a positive number, not ${options.clipSigma}`,
          {
            hint: "Try --clip-sigma 5",
          },
        );
      }
      const { sourceName, barycentric: _, extinction: __, totalToSelective: ___, ...rest } = options;
      const corrections = correctionsOf(options, "spectra");
      const { drawFigures } = await import("../../workflow/draw_figures.ts");
      const result = await session.long(({ signal }) =>
        drawFigures({
          ...rest,
          kind,
          sourceNames: sourceName ?? [],
          corrections,
          project: projectFolder(options.project),
          signal,
        })
      );
      session.print(result, plotText);
      done(session);
    });
}
