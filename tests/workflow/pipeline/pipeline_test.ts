import assert from "node:assert/strict";
import { join } from "node:path";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { type StandInArchive, startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import type { FaultPlan } from "../../../lib/simulator/stand_in_options.ts";
import type { WorkflowEvent } from "../../../lib/workflow/events.ts";
import { Pipeline, runPipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import type { PipelineConfig, PipelineRunOptions } from "../../../lib/workflow/pipeline/pipeline_options.ts";

const TARGET = {
  name: "star",
  rightAscensionDeg: 150.1,
  declinationDeg: 2.2,
  spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 20000, slope: 0 },
  neighbours: [],
} as const;

const RESULTS = ["photometry.json", "lightcurve.csv", "combined_plot.svg", "combined_plot.png"];

/** An archive with a bright star, and folders for pipelines. */
class Bench implements AsyncDisposable {
  readonly archive: StandInArchive;
  readonly #root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "spxcutdb_pipeline_" }));
  #folders = 0;

  private constructor(archive: StandInArchive) {
    this.archive = archive;
  }

  static async open(faults?: FaultPlan): Promise<Bench> {
    return new Bench(
      await startStandInArchive({
        seed: 7,
        visitsPerDetector: 3,
        qr3Fraction: 0.34,
        fieldStarsPerSquareDegree: 50,
        defects: false,
        targets: [TARGET],
        ...(faults === undefined ? {} : { faults }),
      }),
    );
  }

  config(change: Partial<PipelineConfig> = {}): PipelineConfig {
    return {
      ra: TARGET.rightAscensionDeg,
      dec: TARGET.declinationDeg,
      name: TARGET.name,
      outputDir: join(this.#root, `out${this.#folders++}`),
      bands: ["D2", 5],
      cutoutSize: "31px",
      config: {
        ...standInConfig(this.archive.urls),
        "download.retry.backoff_seconds": [0.01],
        "download.retry.jitter_seconds": 0,
      },
      ...change,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.close();
    await Deno.remove(this.#root, { recursive: true });
  }
}

async function results(outputDir: string): Promise<Uint8Array[]> {
  return await Promise.all(RESULTS.map((name) => Deno.readFile(join(outputDir, "results", name))));
}

Deno.test("runPipeline() measures what the archive's sky has, and writes all files", async () => {
  await using bench = await Bench.open();
  const config = bench.config();
  const state = await runPipeline(config);
  const truth = bench.archive.truth(TARGET.name).filter(({ detector }) => detector === 2 || detector === 5);
  assert(truth.length >= 4);
  assert.equal(state.photometry_results.length, truth.length);
  for (const row of state.photometry_results) {
    const wanted = truth.find((each) =>
      each.observationId === row.obs_id && `D${each.detector}` === row.band
    )!;
    assert(
      Math.abs(row.flux! - wanted.fluxMicroJy) < 5 * row.flux_error!,
      `${row.flux}, ${wanted.fluxMicroJy}`,
    );
    assert(row.aperture_flux! < row.flux!);
    assert(Math.abs(row.wavelength! - wanted.wavelengthMicron) < 0.01);
    assert(Math.abs(row.mjd - wanted.mjdAvg) < 1e-4);
  }
  assert.equal(state.stage, "complete");
  for (const path of [...RESULTS, "query_summary.yaml"]) {
    assert((await Deno.stat(join(config.outputDir, "results", path))).size > 100);
  }
  const files = (await Array.fromAsync(Deno.readDir(join(config.outputDir, "data")))).map((entry) =>
    entry.name
  );
  assert.deepEqual(files.sort(), ["D2", "D5"]);
  const csv = (await Deno.readTextFile(join(config.outputDir, "results/lightcurve.csv"))).split("\n");
  const [header, ...rows] = csv.filter((line) => line !== "" && !line.startsWith("#"));
  assert(
    header!.startsWith("obs_id,mjd,flux,flux_error,mag_ab,mag_ab_error,wavelength,bandwidth,band,flag,"),
  );
  assert.equal(rows.length, truth.length);
  const again = await Pipeline.fromSavedState(TARGET.name, config.outputDir);
  assert.deepEqual(await again.state(), state);
});

Deno.test("A stage without the one before is refused by its name", async () => {
  await using bench = await Bench.open();
  const pipeline = new Pipeline(bench.config());
  const refused = (missing: string[]) => (error: unknown) =>
    isTaggedError(error, "usage/missing-stage") &&
    assert.deepEqual(error.context["missing"], missing) === undefined;
  await assert.rejects(pipeline.runDownload(), refused(["query"]));
  await pipeline.runQuery();
  await assert.rejects(pipeline.runProcessing(), refused(["download"]));
  await assert.rejects(pipeline.runVisualization(), refused(["download", "processing"]));
});

Deno.test("resume() after a stop in any stage gives the files of an undisturbed run", async () => {
  await using bench = await Bench.open();
  const undisturbed = bench.config();
  await runPipeline(undisturbed);
  const wanted = await results(undisturbed.outputDir);
  const stops: ((event: WorkflowEvent) => boolean)[] = [
    (event) => event.type === "progress" && event.stage === "download" && event.done === 2,
    (event) => event.type === "progress" && event.stage === "download" && event.done === event.total,
    (event) => event.type === "progress" && event.stage === "measure" && event.done === 2,
    (event) => event.type === "progress" && event.stage === "measure" && event.done === event.total,
  ];
  for (const isStop of stops) {
    const config = bench.config();
    const stop = new AbortController();
    const onEvent = (event: WorkflowEvent) => isStop(event) && stop.abort();
    await assert.rejects(runPipeline({ ...config, signal: stop.signal, onEvent }));
    const resumed = await Pipeline.fromSavedState(TARGET.name, config.outputDir);
    assert.notEqual((await resumed.state()).stage, "complete");
    assert.equal((await resumed.resume()).stage, "complete");
    assert.deepEqual(await results(config.outputDir), wanted);
  }
});

Deno.test("A damaged or foreign state file is told of and left as it is", async () => {
  await using bench = await Bench.open();
  const config = bench.config();
  await Deno.mkdir(config.outputDir, { recursive: true });
  const path = new Pipeline(config).statePath;
  const texts: [text: string, code: "project/damaged-state" | "project/other-state-version"][] = [
    ["stage: [query\n", "project/damaged-state"],
    ["schema_version: 2\ncompleted_stages: 7\n", "project/damaged-state"],
    ["", "project/damaged-state"],
    ["stage: complete\ncompleted_stages:\n- query\n", "project/other-state-version"],
  ];
  for (const [text, code] of texts) {
    await Deno.writeTextFile(path, text);
    for (
      const attempt of [
        () => Pipeline.fromSavedState(TARGET.name, config.outputDir),
        () => new Pipeline(config).runQuery(),
        () => new Pipeline(config).resume(),
      ]
    ) await assert.rejects(attempt, (error) => isTaggedError(error, code));
    assert.equal(await Deno.readTextFile(path), text);
  }
  await assert.rejects(
    Pipeline.fromSavedState("nobody", config.outputDir),
    (error) => isTaggedError(error, "project/no-state"),
  );
});

Deno.test("Missing and invalid files are told of and skipped", async () => {
  await using bench = await Bench.open();
  const config = bench.config({ bands: [2] });
  const events: WorkflowEvent[] = [];
  const pipeline = new Pipeline(config, { onEvent: (event) => events.push(event) });
  await pipeline.runQuery();
  await pipeline.runDownload();
  const [missing, invalid, ...others] = (await pipeline.state()).downloaded_files;
  assert(others.length > 0);
  await Deno.remove(join(config.outputDir, missing!));
  await Deno.writeTextFile(join(config.outputDir, invalid!), "no FITS file".repeat(300));
  await pipeline.runProcessing();
  assert.equal((await pipeline.state()).photometry_results.length, others.length);
  assert.deepEqual(
    events.filter((event) => event.type === "fit_failed").map((event) => event.code.split("/")[0]),
    ["storage", "fits"],
  );
  await pipeline.runDownload();
  await pipeline.runProcessing();
  assert.equal((await pipeline.state()).photometry_results.length, others.length + 2);
});

Deno.test("Failures of the network are tried again", async () => {
  await using bench = await Bench.open({
    decide: ({ route, attempt }) => route === "cutout" && attempt < 2 ? "status-503" : undefined,
    retryAfter: "0",
  });
  const state = await runPipeline(bench.config({ bands: [2] }));
  assert.equal(state.downloaded_files.length, state.query_results!.observations.length);
  assert(bench.archive.counts().cutout.requests >= 2 * state.downloaded_files.length);
});

Deno.test("Other parameters run again only what depends on them", async () => {
  await using bench = await Bench.open();
  const config = bench.config({ bands: [2] });
  await runPipeline(config);
  const left = async (change: Partial<PipelineConfig>, options: PipelineRunOptions = {}) =>
    (await new Pipeline({ ...config, ...change }, options).state()).stage;
  assert.equal(await left({}), "complete");
  assert.equal(await left({ visualization: { use_magnitude: true } }), "visualization");
  assert.equal(await left({ photometry: { aperture_correction: false } }), "processing");
  assert.equal(await left({ cutoutSize: "3arcmin" }), "download");
  assert.equal(await left({ bands: [5] }), "query");
  await assert.rejects(new Pipeline({ ...config, bands: [5] }).runProcessing(), (error) => {
    assert(isTaggedError(error, "usage/missing-stage"));
    return /star\.yaml was written with other parameters of the stage query/.test(error.hint!);
  });
  bench.archive.resetCounts();
  const changed = new Pipeline({ ...config, photometry: { aperture_correction: false } });
  const { photometry_results } = await changed.resume();
  assert.equal(bench.archive.counts().cutout.requests, 0);
  assert(photometry_results.every((row) => row.flux === row.aperture_flux && row.aperture_correction === 1));
});

Deno.test("What cannot be used is refused before anything is done", () => {
  const config = { ra: 10, dec: 20, outputDir: "unused" };
  const refusals: [change: Partial<PipelineConfig>, code: string][] = [
    [{ ra: 361 }, "usage/bad-parameter"],
    [{ bands: ["D7"] }, "usage/bad-parameter"],
    [{ photometry: { fwhm_multiplier: -1 } }, "usage/bad-parameter"],
    [{ cutoutSize: "3 miles" }, "usage/bad-cutout-size"],
    [{ cutoutSize: "9999px" }, "usage/bad-cutout-size"],
    [{ cutoutCenter: "10" }, "usage/bad-cutout-center"],
  ];
  for (const [change, code] of refusals) {
    assert.throws(
      () => new Pipeline({ ...config, ...change }),
      (error) => isTaggedError(error) && error.code === code,
    );
  }
  assert.throws(
    () => new Pipeline(config, { stages: [] }),
    (error) => isTaggedError(error, "usage/unknown-stage"),
  );
});
