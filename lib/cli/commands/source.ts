import type { Command } from "commander";
import { TaggedError } from "../../core/errors.ts";
import type { Pipeline } from "../../workflow/pipeline/pipeline.ts";
import type { PipelineRunOptions } from "../../workflow/pipeline/pipeline_options.ts";
import type { PipelineStage, PipelineState } from "../../workflow/pipeline/pipeline_types.ts";
import { detectorsOption, listOption, OptionValueError } from "../option_values.ts";
import { declinationOption, rightAscensionOption } from "../position_options.ts";
import { EXIT } from "../exit_codes.ts";
import { type CommonOptions, Session } from "../session.ts";
import { alignCells, printable } from "../table_text.ts";

/** The options of the command. */
interface SourceOptions {
  readonly ra?: number;
  readonly dec?: number;
  readonly name?: string;
  readonly output: string;
  readonly bands?: number[];
  readonly cutoutSize?: string;
  readonly cutoutCenter?: string;
  readonly stages?: PipelineStage[];
  readonly resume?: boolean;
  readonly config?: string;
}

const STAGES: readonly PipelineStage[] = ["query", "download", "processing", "visualization"];

function stagesOption(text: string): PipelineStage[] {
  const stages = listOption(text);
  const unknown = stages.find((stage) => !(STAGES as readonly string[]).includes(stage));
  if (stages.length > 0 && unknown === undefined) return stages as PipelineStage[];
  throw new OptionValueError(text, `some of ${STAGES.join(",")}`);
}

function usage(message: string): TaggedError {
  return new TaggedError("usage/bad-arguments", message, {
    hint: "Name the source with --ra and --dec, or go on with --resume and --name",
  });
}

/** Values of a configuration file that differ from the defaults, for the state file to keep. */
async function configValues(file: string | undefined): Promise<Record<string, unknown> | undefined> {
  if (file === undefined) return undefined;
  const { diffConfigs } = await import("../../config/diff.ts");
  const { loadConfig } = await import("../../config/layers.ts");
  const { DEFAULT_CONFIG } = await import("../../config/schema.ts");
  const { config } = await loadConfig({ batchFile: file });
  return Object.fromEntries(diffConfigs(DEFAULT_CONFIG, config).map(({ key, after }) => [key, after]));
}

/** The pipeline that the options ask for: a new one, or the one that a state file was written by. */
async function openPipeline(
  options: SourceOptions,
  work: Pick<PipelineRunOptions, "signal" | "onEvent">,
): Promise<Pipeline> {
  const { Pipeline } = await import("../../workflow/pipeline/pipeline.ts");
  const { ra, dec, name, output: outputDir, stages, bands, cutoutSize, cutoutCenter } = options;
  const run = { ...work, stages };
  if (ra !== undefined && dec !== undefined) {
    const config = await configValues(options.config);
    return new Pipeline({ ra, dec, name, outputDir, bands, cutoutSize, cutoutCenter, config }, run);
  }
  const fixed = Object.entries({ bands, cutoutSize, cutoutCenter, config: options.config, ra, dec })
    .filter(([, value]) => value !== undefined);
  if (options.resume !== true || name === undefined || fixed.length > 0) {
    throw usage("The source has no position");
  }
  return await Pipeline.fromSavedState(name, outputDir, run);
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

/** `spxcutdb source`: one source by aperture photometry, in four stages. */
export function addSourceCommand(program: Command, done: (session: Session) => void): void {
  program.command("source").description("one source by aperture photometry: spectrum and light curve")
    .option("--ra <position>", "right ascension of the source, degrees or hours", rightAscensionOption)
    .option("--dec <position>", "declination of the source, degrees", declinationOption)
    .option("--name <name>", "name of the source; made from the position when left out")
    .option("--output <dir>", "folder of the state file, data and results", "output")
    .option("--bands <list>", "bands such as D1,D2; all when left out", detectorsOption)
    .option("--cutout-size <size>", "side of the cutouts: 200px, 3arcmin, 0.1 (degrees); 50px when left out")
    .option("--cutout-center <ra,dec>", "centre of the cutouts, degrees; the source when left out")
    .option(
      "--stages <list>",
      "stages to run: query, download, processing, visualization; all when left out",
      stagesOption,
    )
    .option("--resume", "run only what is not done yet; with --name alone all else comes from the state file")
    .option("--config <file>", "settings of archive and network, as for --batch-config of other commands")
    .action(async (options: SourceOptions & CommonOptions) => {
      const session = new Session(options);
      await runSource(options, session);
      done(session);
    });
}
