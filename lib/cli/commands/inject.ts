import type { Command } from "commander";
import { countedText } from "../../core/number_text.ts";
import type { InjectResult } from "../../workflow/inject.ts";
import type { InjectionBin } from "../../workflow/injection_statistics.ts";
import { countOption, numberOption, OptionValueError } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableText, type TextColumn } from "../table_text.ts";

function percentText(value: number | null, digits: number): string {
  return value === null ? "" : `${(100 * value).toFixed(digits)} %`;
}

function biasText({ bias, biasError }: InjectionBin): string {
  if (bias === null) return "";
  return biasError === null
    ? percentText(bias, 2)
    : `${percentText(bias, 2)} ± ${(100 * biasError).toFixed(2)}`;
}

function withError(value: number | null, error: number | null): string {
  if (value === null) return "";
  return error === null ? value.toFixed(2) : `${value.toFixed(2)} ± ${error.toFixed(2)}`;
}

function right(heading: string, cell: (bin: InjectionBin) => string): TextColumn<InjectionBin> {
  return { heading, cell, isRightAligned: true };
}

const COLUMNS: readonly TextColumn<InjectionBin>[] = [
  { heading: "detector", cell: ({ detector }) => detector === null ? "all" : `D${detector}` },
  right("flux µJy", (bin) => String(bin.trueFluxMicroJy)),
  right("sources", (bin) => String(bin.count)),
  right("S/N", (bin) => bin.snr?.toFixed(1) ?? ""),
  right("bias", biasText),
  right("pull", (bin) => withError(bin.pullMedian, bin.pullMedianError)),
  right("width", (bin) => withError(bin.pullWidth, bin.pullWidthError)),
  right("detected", (bin) => percentText(bin.completeness, 1)),
  right("flagged", (bin) => percentText(bin.flaggedFraction, 1)),
  right("failed", (bin) => String(bin.failed)),
];

function injectText(result: InjectResult): string {
  const skipped = result.skipped === 0 ? "" : `; ${countedText(result.skipped, "cutout")} skipped`;
  return [
    result.bins.length === 0 ? "No cutout on disk has room for a source" : tableText(result.bins, COLUMNS),
    `${countedText(result.injected, "source")} put into ${countedText(result.cutouts, "cutout")}${skipped}`,
    ...result.files.map((file) => `Written to ${file}`),
  ].join("\n");
}

function fluxesOption(text: string): number[] {
  const fluxes = text.split(",").map((part) => Number(part.trim()));
  if (fluxes.every((flux) => flux > 0 && flux < Infinity)) return fluxes;
  throw new OptionValueError(text, "positive fluxes in microjansky, separated by commas");
}

/** `spxcutdb inject`: what the photometry is worth on the project's own images. */
export function addInjectCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("inject").description(
      "put sources of known flux into copies of the cutouts and measure them",
    ),
  )
    .option("--per-image <number>", "sources for each cutout, each in a copy of its own", countOption, 4)
    .option("--flux <list>", "fluxes to draw from, microjansky", fluxesOption, [100, 300, 1000, 3000])
    .option("--seed <number>", "seed of places, fluxes and noise", numberOption, 1)
    .option(
      "--output <dir>",
      "folder for table, plot and JSON; results/injection of the project unless given",
    )
    .option(
      "--keep-copies <dir>",
      "keep the altered cutouts as FITS files, one for each source, with a list for measure --list",
    )
    .action(async (options) => {
      const session = new Session(options);
      const { inject } = await import("../../workflow/inject.ts");
      const result = await session.long((tools) =>
        inject({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          perImage: options.perImage,
          fluxesMicroJy: options.flux,
          seed: options.seed,
          keepCopies: options.keepCopies,
          ...(options.output === undefined ? {} : { outputDirectory: options.output }),
          ...tools,
        })
      );
      session.print(result, injectText);
      done(session);
    });
}
