import type { Command } from "commander";
import { TaggedError } from "../../core/errors.ts";
import { bytesText, countedText } from "../../core/number_text.ts";
import type { ExportedTable } from "../../outputs/exported_columns.ts";
import type { ExportFormat, ExportResult } from "../../workflow/export_tables.ts";
import type { ExportManifestResult } from "../../workflow/export_manifest.ts";
import { choiceOption, numberOption, repeatedOption } from "../option_values.ts";
import { correctionsOf, withCorrectionOptions } from "../correction_options.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** The tables that there are; told here so that help needs nothing of what writes them. */
const TABLES = [
  "spectra",
  "measurements",
  "binned",
  "light_curves",
  "band_light_curves",
  "sources",
  "images",
  "cutouts",
  "failures",
  "manifests",
] as const satisfies readonly ExportedTable[];
const FORMATS = [
  "csv",
  "ecsv",
  "votable",
  "fits",
  "parquet",
  "ipac",
] as const satisfies readonly ExportFormat[];

function exportText({ table, files }: ExportResult): string {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = files.length > 5 ? [] : files.map((file) => `Written   ${file.path}`);
  const first = files[0];
  if (files.length > 5 && first !== undefined) lines.push(`Written   ${first.path} and others beside it`);
  return [
    ...lines,
    `Table     ${table}: ${countedText(rows, "row")} in ${countedText(files.length, "file")}, ${
      bytesText(bytes)
    }`,
  ].join("\n");
}

/** `spxcutdb export`: tables for other programs. */
export function addExportCommand(program: Command, done: (session: Session) => void): void {
  withCorrectionOptions(
    withProjectOptions(
      program.command("export").description("tables for other programs, with units and descriptions"),
    )
      .requiredOption(
        "--format <format>",
        "csv, ecsv, votable, fits, parquet or ipac",
        choiceOption(...FORMATS),
      )
      .option(
        "--table <table>",
        `${TABLES.slice(0, -1).join(", ")} or ${TABLES.at(-1)}`,
        choiceOption(...TABLES),
        "spectra",
      )
      .option("--source-name <name>", "export this source only; may be repeated", repeatedOption)
      .option("--per-source", "a file for each source instead of one for all")
      .option(
        "--clip-sigma <sigmas>",
        "binned: leave out measurements so far off the median of their channel",
        numberOption,
      )
      .option("--output <path>", "the file, or the folder of files; results/exports/ when left out"),
  )
    .action(async (options) => {
      const session = new Session(options);
      if (options.clipSigma !== undefined && !(options.table === "binned" && options.clipSigma > 0)) {
        throw new TaggedError(
          "usage/bad-arguments",
          "--clip-sigma takes a positive number, for --table binned",
          {
            hint: "Add --table binned, or leave out --clip-sigma",
          },
        );
      }
      const corrections = correctionsOf(options, options.table);
      const { exportTables } = await import("../../workflow/export_tables.ts");
      const { sourceName, barycentric: _, extinction: __, totalToSelective: ___, ...rest } = options;
      const result = await session.long(({ signal }) =>
        exportTables({
          ...rest,
          sourceNames: sourceName ?? [],
          corrections,
          project: projectFolder(options.project),
          signal,
        })
      );
      session.print(result, exportText);
      done(session);
    });
}

/** Adds a value to a list option whose values are of a few. */
function oneMore<Value extends string>(
  choice: (text: string) => Value,
): (text: string, previous?: readonly Value[]) => Value[] {
  return (text, previous = []) => [...previous, choice(text)];
}

/** `spxcutdb export-manifest`: lists of what the project has. */
export function addExportManifestCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("export-manifest").description("lists of sources, images, cutouts, failures and outputs"),
  )
    .option(
      "--table <table>",
      "this list only; may be repeated; sources, images, cutouts, failures and manifests when left out",
      oneMore(choiceOption(...TABLES)),
    )
    .option(
      "--format <format>",
      "csv, ecsv, votable, fits, parquet or ipac; may be repeated; csv when left out",
      oneMore(choiceOption(...FORMATS)),
    )
    .option("--output-dir <dir>", "folder of the files; results/exports/ when left out")
    .action(async (options) => {
      const session = new Session(options);
      const { exportManifest } = await import("../../workflow/export_manifest.ts");
      const { table, format, outputDir } = options;
      const result = await session.long(({ signal }) =>
        exportManifest({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          ...(table === undefined ? {} : { tables: table }),
          ...(format === undefined ? {} : { formats: format }),
          ...(outputDir === undefined ? {} : { outputDirectory: outputDir }),
          signal,
        })
      );
      session.print(result, (value: ExportManifestResult) => value.exports.map(exportText).join("\n"));
      done(session);
    });
}
