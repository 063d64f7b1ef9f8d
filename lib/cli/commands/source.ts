import type { Command } from "commander";
import { TaggedError } from "../../core/errors.ts";
import type { Pipeline } from "../../workflow/pipeline/pipeline.ts";
import type { CatalogPipelineResult } from "../../workflow/pipeline/catalog_pipeline.ts";
import type { PipelineConfig, PipelineRunOptions } from "../../workflow/pipeline/pipeline_options.ts";
import type {
  PipelineProperMotion,
  PipelineStage,
  PipelineState,
} from "../../workflow/pipeline/pipeline_types.ts";
import { choiceOption, detectorsOption, listOption, OptionValueError } from "../option_values.ts";
import { declinationOption, rightAscensionOption } from "../position_options.ts";
import { EXIT } from "../exit_codes.ts";
import { type CommonOptions, Session } from "../session.ts";
import { alignCells, printable } from "../table_text.ts";

/** The options of the command. */
interface SourceOptions {
  readonly ra?: number;
  readonly dec?: number;
  readonly name?: string;
  readonly properMotion?: PipelineProperMotion;
  readonly catalog?: string;
  readonly targetIdColumn?: string;
  readonly raColumn?: string;
  readonly decColumn?: string;
  readonly output: string;
  readonly bands?: number[];
  readonly query?: "sia2" | "tap";
  readonly cutoutSize?: string;
  readonly cutoutCenter?: string;
  readonly calibrationDir?: string;
  readonly syncCalibration?: boolean;
  readonly stages?: PipelineStage[];
  readonly resume?: boolean;
  readonly parameters?: string;
  readonly printParameters?: boolean;
  readonly config?: string;
}

const STAGES: readonly PipelineStage[] = ["query", "download", "processing", "visualization"];

function stagesOption(text: string): PipelineStage[] {
  const stages = listOption(text);
  const unknown = stages.find((stage) => !(STAGES as readonly string[]).includes(stage));
  if (stages.length > 0 && unknown === undefined) return stages as PipelineStage[];
  throw new OptionValueError(text, `some of ${STAGES.join(",")}`);
}

/** Reads a proper motion, `1238.2,-16.2,2016.0`. Throws OptionValueError. */
function properMotionOption(text: string): PipelineProperMotion {
  const [ra_mas_per_yr, dec_mas_per_yr, epoch_yr] = listOption(text).map(Number);
  if (listOption(text).length === 3 && [ra_mas_per_yr, dec_mas_per_yr, epoch_yr].every(Number.isFinite)) {
    return { ra_mas_per_yr: ra_mas_per_yr!, dec_mas_per_yr: dec_mas_per_yr!, epoch_yr: epoch_yr! };
  }
  throw new OptionValueError(text, "two motions in mas a year and an epoch, such as 1238.2,-16.2,2016.0");
}

function usage(message: string): TaggedError {
  return new TaggedError("usage/bad-arguments", message, {
    hint: "Name the source with --ra and --dec, many with --catalog, or go on with --resume and --name",
  });
}

/** Values of a configuration file that differ from the defaults, for the state file to keep. */
async function configValues(file: string | undefined): Promise<Record<string, unknown>> {
  if (file === undefined) return {};
  const { diffConfigs } = await import("../../config/diff.ts");
  const { loadConfig } = await import("../../config/layers.ts");
  const { DEFAULT_CONFIG } = await import("../../config/schema.ts");
  const { config } = await loadConfig({ batchFile: file });
  return Object.fromEntries(diffConfigs(DEFAULT_CONFIG, config).map(({ key, after }) => [key, after]));
}

/** The values of an object that are given. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** What options and files say of how sources are measured; options win over the file of parameters. */
async function sharedConfig(options: SourceOptions): Promise<Omit<PipelineConfig, "ra" | "dec">> {
  const { readParameterFile } = await import("../../workflow/pipeline/parameter_file.ts");
  const parameters = options.parameters === undefined ? {} : await readParameterFile(options.parameters);
  const { bands, query: queryService, cutoutSize, cutoutCenter, calibrationDir, syncCalibration } = options;
  return {
    ...parameters,
    ...given({ bands, queryService, cutoutSize, cutoutCenter, calibrationDir, syncCalibration }),
    config: { ...await configValues(options.config), ...parameters.config },
    outputDir: options.output,
  };
}

/** Refuses what would change a source whose parameters come from its state file. Throws TaggedError. */
function refuseSavedOptions(options: SourceOptions): void {
  const { bands, query, cutoutSize, cutoutCenter, properMotion } = options;
  const { calibrationDir, syncCalibration, parameters, config } = options;
  const fixed = given({
    ...{ "--bands": bands, "--query": query, "--cutout-size": cutoutSize, "--cutout-center": cutoutCenter },
    ...{ "--proper-motion": properMotion, "--calibration-dir": calibrationDir },
    ...{ "--sync-calibration": syncCalibration, "--parameters": parameters, "--config": config },
  });
  const names = Object.keys(fixed);
  if (names.length === 0) return;
  throw new TaggedError(
    "usage/bad-arguments",
    `Cannot use ${names.join(", ")} with --resume and --name alone: all parameters come from the state file`,
    {
      hint: `Leave ${names.join(", ")} out, or name the source with --ra and --dec to change its parameters`,
    },
  );
}

/** The pipeline that the options ask for: a new one, or the one that a state file was written by. */
async function openPipeline(options: SourceOptions, work: PipelineRunOptions): Promise<Pipeline> {
  const { Pipeline } = await import("../../workflow/pipeline/pipeline.ts");
  const { ra, dec, name, output, stages } = options;
  const run = { ...work, stages };
  if (ra !== undefined && dec !== undefined) {
    const { properMotion } = options;
    return new Pipeline({ ...await sharedConfig(options), ra, dec, name, properMotion }, run);
  }
  if (options.resume !== true || name === undefined || ra !== undefined || dec !== undefined) {
    throw usage("The source has no position");
  }
  refuseSavedOptions(options);
  return await Pipeline.fromSavedState(name, output, run);
}

/** What a pipeline has done, as text for people. */
function stateText(state: PipelineState, folder: string): string {
  const { source } = state.parameters;
  const { query_results: found, downloaded_files, photometry_results: rows } = state;
  const measured = rows.filter((row) => row.flux !== null);
  const done = (stage: PipelineStage) => state.completed_stages.includes(stage);
  return alignCells([
    ["source", `${printable(source.name)} at ${source.ra}, ${source.dec}`],
    ["done", state.completed_stages.join(", ")],
    ...(found === null ? [] : [[
      "observations",
      `${found.observations.length} in ${found.time_span_days.toFixed(1)} days, about ${
        found.total_size_gb.toFixed(2)
      } GB`,
    ]]),
    ...(done("download") ? [["cutouts", String(downloaded_files.length)]] : []),
    ...(done("processing") ? [["measured", `${measured.length} of ${rows.length}`]] : []),
    ...(done("visualization") ? [["results", printable(`${folder}/results`)]] : []),
  ]).join("\n");
}

/** What came of a catalog, a line for each source. */
function catalogText({ sources, fields }: CatalogPipelineResult): string {
  const rows = sources.map(({ name, outputDir, stage, images, measured, error }) => [
    printable(name),
    stage === null || stage === "complete" ? stage ?? "" : `before ${stage}`,
    String(images ?? ""),
    String(measured ?? ""),
    error === null ? printable(outputDir) : error.code,
  ]);
  const table = alignCells([["source", "state", "images", "measured", "folder"], ...rows]);
  const complete = sources.filter(({ error }) => error === null).length;
  return [...table, "", `${complete} of ${sources.length} sources done, cutouts fetched in ${fields} fields`]
    .join("\n");
}

async function runCatalog(options: SourceOptions, session: Session): Promise<void> {
  const { ra, dec, name, properMotion, cutoutCenter, targetIdColumn: id, raColumn, decColumn } = options;
  if ([ra, dec, name, properMotion, cutoutCenter].some((value) => value !== undefined)) {
    throw usage(
      "A catalog names the sources: --ra, --dec, --name, --proper-motion and --cutout-center are of a single one",
    );
  }
  const { runCatalogPipeline } = await import("../../workflow/pipeline/catalog_pipeline.ts");
  const { config, ...shared } = await sharedConfig(options);
  const columns = given({
    "catalog.source_id_column": id,
    "catalog.source_name_column": id,
    "catalog.ra_column": raColumn,
    "catalog.dec_column": decColumn,
  });
  const result = await session.long(({ signal, onEvent }) =>
    runCatalogPipeline({
      ...shared,
      config: { ...config, ...columns },
      catalog: options.catalog!,
      stages: options.stages,
      resume: options.resume,
      signal,
      onEvent,
    })
  );
  session.print(result, catalogText);
  if (result.problems.length > 0 || result.sources.some(({ error }) => error !== null)) {
    session.exitCode = EXIT.partial;
  }
}

async function runSource(options: SourceOptions, session: Session): Promise<void> {
  let failures = 0;
  const state = await session.long(async ({ signal, onEvent }) => {
    const pipeline = await openPipeline(options, {
      signal,
      onEvent: (event) => {
        if (event.type.endsWith("_failed")) failures++;
        onEvent(event);
      },
    });
    return options.resume === true ? await pipeline.resume() : await pipeline.runFullPipeline();
  });
  session.print(state, (done) => stateText(done, options.output));
  if (failures > 0) session.exitCode = EXIT.partial;
}

async function printParameters(session: Session): Promise<void> {
  const { defaultParametersYaml } = await import("../../workflow/pipeline/parameter_file.ts");
  session.terminal.data(defaultParametersYaml().trimEnd());
}

/** `spxcutdb source`: sources by aperture photometry, in four stages. */
export function addSourceCommand(program: Command, done: (session: Session) => void): void {
  program.command("source").description("one source, or each of a catalog, by aperture photometry")
    .option("--ra <position>", "right ascension of the source, degrees or hours", rightAscensionOption)
    .option("--dec <position>", "declination of the source, degrees", declinationOption)
    .option("--name <name>", "name of the source; made from the position when left out")
    .option(
      "--proper-motion <list>",
      "motion in right ascension times cos(dec) and in declination, mas a year, and epoch: 1238.2,-16.2,2016.0",
      properMotionOption,
    )
    .option("--catalog <file>", "CSV with a row for each source, in place of one; near sources share cutouts")
    .option("--target-id-column <name>", "column of the catalog with the names; Name when left out")
    .option("--ra-column <name>", "column with the right ascension; RA_deg when left out")
    .option("--dec-column <name>", "column with the declination; DEC_deg when left out")
    .option("--output <dir>", "folder of the state file, data and results", "output")
    .option("--bands <list>", "bands such as D1,D2; all when left out", detectorsOption)
    .option(
      "--query <service>",
      "service that is asked for images: sia2 or tap; sia2 when left out",
      choiceOption("sia2", "tap"),
    )
    .option(
      "--cutout-size <size>",
      "side of the cutouts: 200px, 3arcmin, 0.1 (degrees), or two: 100,200px; 50px when left out",
    )
    .option("--cutout-center <ra,dec>", "centre of the cutouts, degrees; the source when left out")
    .option("--calibration-dir <dir>", "calibration products under the archive's names, in any folders below")
    .option(
      "--sync-calibration",
      "bring the calibration products that the images need, into that folder if named",
    )
    .option(
      "--stages <list>",
      "stages to run: query, download, processing, visualization; all when left out",
      stagesOption,
    )
    .option("--resume", "run only what is not done yet; with --name alone all else comes from the state file")
    .option(
      "--parameters <file>",
      "YAML with sections query, download, photometry, visualization; options win",
    )
    .option("--print-parameters", "print such a file with all keys, their meanings and defaults, and end")
    .option("--config <file>", "settings of archive and network, as for --batch-config of other commands")
    .action(async (options: SourceOptions & CommonOptions) => {
      const session = new Session(options, { hasResume: true });
      if (options.printParameters) await printParameters(session);
      else if (options.catalog !== undefined) await runCatalog(options, session);
      else await runSource(options, session);
      done(session);
    });
}
