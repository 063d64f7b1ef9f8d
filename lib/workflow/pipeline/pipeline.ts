import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { loadConfig } from "../../config/layers.ts";
import { TaggedError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../files/atomic_write.ts";
import { openProjectClient } from "../project_client.ts";
import { downloadStage } from "./download_stage.ts";
import { firstChangedStage } from "./changed_stage.ts";
import { syncPipelineCalibrations } from "./calibration_stage.ts";
import { lockOutputFolder } from "./output_folder.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { configOf, parametersOf, type PipelineConfig, type PipelineRunOptions } from "./pipeline_options.ts";
import { newState, nextStage, readState, statePath, writeState } from "./pipeline_state.ts";
import {
  PIPELINE_STAGES,
  type PipelineParameters,
  type PipelineStage,
  type PipelineState,
} from "./pipeline_types.ts";
import { processingStage } from "./processing_stage.ts";
import { queryStage } from "./query_stage.ts";
import { visualizationStage } from "./visualization_stage.ts";

/**
 * One source in four stages: query the archive, download cutouts, measure them in apertures, draw spectrum and light
 * curve. The state file `<name>.yaml` is written after each stage; {@linkcode Pipeline.resume} goes on from it.
 *
 * @example
 * ```ts ignore
 * import { Pipeline } from "./pipeline.ts";
 * const pipeline = new Pipeline({ ra: 304.69, dec: 42.44, name: "my_source", outputDir: "output" });
 * await pipeline.runQuery();
 * await pipeline.runDownload({ skipExisting: true });
 * await pipeline.runProcessing();
 * await pipeline.runVisualization();
 * ```
 */
export class Pipeline {
  /** Folder of the state file, `data/` and `results/`; absolute. */
  readonly outputDirectory: string;
  /** The state file. */
  readonly statePath: string;
  readonly #parameters: PipelineParameters;
  readonly #stages: readonly PipelineStage[];
  readonly #options: PipelineRunOptions;
  #state: PipelineState | undefined;
  #changedStage: PipelineStage | undefined;
  #isLocked = false;

  /** Checks the configuration; touches no file. Throws `usage/*` for what cannot be used. */
  constructor(config: PipelineConfig, options: PipelineRunOptions = {}) {
    this.#parameters = parametersOf(config);
    const asked = options.stages ?? PIPELINE_STAGES;
    this.#stages = PIPELINE_STAGES.filter((stage) => asked.includes(stage));
    if (this.#stages.length === 0 || asked.some((stage) => !PIPELINE_STAGES.includes(stage))) {
      throw new TaggedError("usage/unknown-stage", `Cannot run the stages "${asked.join(", ")}"`, {
        hint: `The stages are ${PIPELINE_STAGES.join(", ")}`,
      });
    }
    this.#options = options;
    this.outputDirectory = resolve(config.outputDir);
    this.statePath = statePath(this.outputDirectory, this.#parameters.source.name);
  }

  /**
   * The pipeline that a state file was written by, with all its parameters.
   * Throws `project/no-state` when there is none, `project/damaged-state` when it cannot be read.
   */
  static async fromSavedState(
    name: string,
    outputDir: string,
    options: PipelineRunOptions = {},
  ): Promise<Pipeline> {
    const path = statePath(resolve(outputDir), name);
    const state = await readState(path);
    if (state === undefined) {
      throw new TaggedError("project/no-state", `There is no state of "${name}": ${path} does not exist`, {
        context: { path },
        hint: "Check the name and the folder, or begin with the query",
      });
    }
    const stages = options.stages ?? state.pipeline_stages;
    return new Pipeline(configOf(state.parameters, outputDir), { ...options, stages });
  }

  /**
   * What is done so far: what the state file says, without the stages that other parameters than those of this pipeline
   * were used for. Throws `project/damaged-state` and `project/other-state-version`.
   */
  async state(): Promise<PipelineState> {
    if (this.#state !== undefined) return this.#state;
    const fresh = newState(this.#parameters, this.#stages);
    const saved = await readState(this.statePath);
    if (saved === undefined) return this.#state = fresh;
    const changed = this.#changedStage = firstChangedStage(saved.parameters, this.#parameters);
    const valid = changed === undefined ? PIPELINE_STAGES.length : PIPELINE_STAGES.indexOf(changed);
    const completed = PIPELINE_STAGES.slice(0, valid).filter((stage) =>
      saved.completed_stages.includes(stage)
    );
    const has = (stage: PipelineStage) => completed.includes(stage);
    const state: PipelineState = {
      ...fresh,
      completed_stages: completed,
      query_results: has("query") ? saved.query_results : null,
      downloaded_files: has("download") ? saved.downloaded_files : [],
      photometry_results: has("processing") ? saved.photometry_results : [],
    };
    return this.#state = { ...state, stage: nextStage(state) };
  }

  /** Finds the images that cover the source. Throws `discovery/*`, `net/*`, `storage/*`. */
  async runQuery(): Promise<void> {
    await this.#run("query", async (context) => {
      const found = await queryStage(context);
      const { observations, time_span_days, total_size_gb, band_counts } = found;
      const summary = {
        source: this.#parameters.source,
        n_observations: observations.length,
        time_span_days,
        total_size_gb,
        total_size_gb_estimated: true,
        band_counts,
        observations: observations.map(({ access_url: _url, size_kb: _size, ...told }) => told),
      };
      await writeFileAtomic(join(this.outputDirectory, "results/query_summary.yaml"), stringify(summary));
      return { query_results: found };
    });
  }

  /**
   * Fetches the cutouts; with `skipExisting`, as unless told otherwise, valid ones that are there stay.
   * Throws `usage/missing-stage` before the query, `archive/*`, `net/*`, `storage/*`.
   */
  async runDownload(options: { readonly skipExisting?: boolean } = {}): Promise<void> {
    await this.#run("download", async (context, { query_results }) => {
      const observations = query_results!.observations;
      const files = await downloadStage(context, observations, options.skipExisting ?? true);
      await syncPipelineCalibrations(context, files.map((file) => join(this.outputDirectory, file)));
      return { downloaded_files: files };
    });
  }

  /** Measures the cutouts. Throws `usage/missing-stage` before the download, `storage/*`. */
  async runProcessing(): Promise<void> {
    await this.#run("processing", async (context, { query_results, downloaded_files }) => {
      const rows = await processingStage(context, query_results!.observations, downloaded_files);
      const { source, photometry } = this.#parameters;
      const unit = { flux: "uJy", wavelength: "um", lengths: "px", background: "MJy/sr", mjd: "d" };
      const document = { metadata: { source, parameters: photometry, unit }, photometry: rows };
      const path = join(this.outputDirectory, "results/photometry.json");
      await writeFileAtomic(path, JSON.stringify(document, null, 2) + "\n");
      return { photometry_results: rows };
    });
  }

  /** Writes the light curve and the plot. Throws `usage/missing-stage` before the processing, `storage/*`. */
  async runVisualization(): Promise<void> {
    await this.#run("visualization", async (context, { photometry_results }) => {
      await visualizationStage(context, photometry_results);
      return {};
    });
  }

  /** Runs all stages of this pipeline, those too that are done. Throws as they do. */
  async runFullPipeline(): Promise<PipelineState> {
    return await this.#whileLocked(async () => {
      for (const stage of this.#stages) await this.#runStage(stage);
      return await this.state();
    });
  }

  /** Runs the stages of this pipeline that are not done yet. Throws as they do. */
  async resume(): Promise<PipelineState> {
    return await this.#whileLocked(async () => {
      for (;;) {
        const state = await this.state();
        const next = nextStage(state);
        if (next === "complete") return state;
        await this.#runStage(next);
      }
    });
  }

  /** Does work as the only process that writes into the output folder. Throws `lock/held`, `storage/*`. */
  async #whileLocked<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isLocked) return await work();
    using _lock = lockOutputFolder(this.outputDirectory, this.#parameters.source.name);
    this.#isLocked = true;
    try {
      return await work();
    } finally {
      this.#isLocked = false;
    }
  }

  #runStage(stage: PipelineStage): Promise<void> {
    switch (stage) {
      case "query":
        return this.runQuery();
      case "download":
        return this.runDownload();
      case "processing":
        return this.runProcessing();
      case "visualization":
        return this.runVisualization();
    }
  }

  /** Checks what a stage stands on and runs it. */
  async #run(
    stage: PipelineStage,
    work: (context: PipelineContext, state: PipelineState) => Promise<Partial<PipelineState>>,
  ): Promise<void> {
    const state = await this.state();
    const before = PIPELINE_STAGES.slice(0, PIPELINE_STAGES.indexOf(stage));
    const missing = before.filter((each) => !state.completed_stages.includes(each));
    if (missing.length > 0) {
      throw new TaggedError(
        "usage/missing-stage",
        `Cannot run the stage ${stage}: ${missing.join(" and ")} must be completed first`,
        { context: { stage, missing }, hint: this.#missingHint(missing[0]!) },
      );
    }
    await this.#whileLocked(() => this.#work(stage, work, state, before));
  }

  /** What to do about a stage that is missing. */
  #missingHint(missing: PipelineStage): string {
    return this.#changedStage === undefined
      ? `Run the stage ${missing} first`
      : `${this.statePath} was written with other parameters of the stage ${this.#changedStage}: name the same ones, ` +
        `or run the stage ${missing} with the new ones`;
  }

  /** Runs a stage and writes down that it is done and the later ones are not. */
  async #work(
    stage: PipelineStage,
    work: (context: PipelineContext, state: PipelineState) => Promise<Partial<PipelineState>>,
    state: PipelineState,
    before: readonly PipelineStage[],
  ): Promise<void> {
    const { config } = await loadConfig({ overrides: this.#parameters.archive });
    using client = openProjectClient(config);
    const signal = this.#options.signal ?? new AbortController().signal;
    signal.throwIfAborted();
    const found = await work({
      parameters: this.#parameters,
      config,
      client: client.http,
      outputDirectory: this.outputDirectory,
      signal,
      onEvent: this.#options.onEvent ?? (() => undefined),
    }, state);
    const done = { ...state, ...found, completed_stages: [...before, stage] };
    const next = { ...done, stage: nextStage(done) };
    await writeState(this.statePath, next);
    this.#state = next;
  }
}

/**
 * Runs all stages for one source and returns what was found; the files are in `outputDir`.
 * Throws `usage/*`, `discovery/*`, `archive/*`, `net/*`, `storage/*`, `project/*`.
 *
 * @example
 * ```ts ignore
 * import { runPipeline } from "./pipeline.ts";
 * const { photometry_results } = await runPipeline({ ra: 304.69, dec: 42.44, outputDir: "output", cutoutSize: "50px" });
 * console.log(photometry_results.map((row) => [row.wavelength, row.flux, row.flux_error]));
 * ```
 */
export async function runPipeline(config: PipelineConfig & PipelineRunOptions): Promise<PipelineState> {
  return await new Pipeline(config, config).runFullPipeline();
}
