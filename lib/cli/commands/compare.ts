import type { Command } from "commander";
import type { FluxAgreement } from "../../spectrum/compare_fluxes.ts";
import { countedText } from "../../core/number_text.ts";
import type { CompareResult } from "../../workflow/compare/compare.ts";
import { choiceOption, numberOption, repeatedOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableText, type TextColumn } from "../table_text.ts";

function right(heading: string, cell: (band: FluxAgreement) => string): TextColumn<FluxAgreement> {
  return { heading, cell, isRightAligned: true };
}

const COLUMNS: readonly TextColumn<FluxAgreement>[] = [
  {
    heading: "band",
    cell: ({ detector }) => detector === null ? "all" : detector === 0 ? "?" : `D${detector}`,
  },
  right("pairs", ({ pairs }) => String(pairs)),
  right("ratios", ({ ratios }) => String(ratios)),
  right("median ratio", ({ ratioMedian }) => ratioMedian?.toFixed(4) ?? ""),
  right("MAD", ({ ratioMad }) => ratioMad?.toFixed(4) ?? ""),
  right("mean pull", ({ pullMean }) => pullMean?.toFixed(2) ?? ""),
  right("pull width", ({ pullWidth }) => pullWidth?.toFixed(2) ?? ""),
  right("beyond 5", ({ pullsBeyondFive }) => String(pullsBeyondFive)),
];

function compareText({ bands, matchedBy, otherKind, sources, files }: Omit<CompareResult, "pairs">): string {
  const what = matchedBy === "observation" ? "fluxes of the same image" : "means of channels";
  return [
    `Compared ${what} of ${countedText(sources, "source")} with ${otherKind}`,
    tableText(bands, COLUMNS).trimEnd(),
    ...files.map((file) => `Written   ${file}`),
  ].join("\n");
}

/** `spxcutdb compare`: ratio and pull against another program's table, or another project. */
export function addCompareCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("compare").description(
      "compare spectra with a table of another program, or with another project",
    ),
  )
    .argument(
      "<other>",
      "table of the IRSA Spectrophotometry Tool, SPXQuery or SPIFF, or folder of a project",
    )
    .option("--source-name <name>", "compare this source only; may be repeated", repeatedOption)
    .option("--radius <arcsec>", "how far off a row may be to belong to a source", numberOption, 3)
    .option(
      "--by <what>",
      "observation (same image) or channel (means); observation where possible unless given",
      choiceOption("observation", "channel"),
    )
    .option("--flagged", "compare flagged fluxes too")
    .option("--min-snr <number>", "fainter pairs have a pull but no ratio", numberOption, 10)
    .option(
      "--output <dir>",
      "folder for table, plots and JSON; results/comparison of the project unless given",
    )
    .action(async (other: string, options) => {
      const session = new Session(options);
      const { compareSpectra } = await import("../../workflow/compare/compare.ts");
      const result = await session.long(({ signal }) =>
        compareSpectra({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          other,
          sourceNames: options.sourceName ?? [],
          radiusArcsec: options.radius,
          ...(options.by === undefined ? {} : { by: options.by }),
          flagged: options.flagged === true,
          minimumSignalToNoise: options.minSnr,
          ...(options.output === undefined ? {} : { outputDirectory: options.output }),
          signal,
        })
      );
      // The pairs stand in comparison.csv; one document of them all would be too long to read.
      const { pairs: _, ...summary } = result;
      session.print(summary, compareText);
      done(session);
    });
}
