/** What fails on the way, and how a pipeline goes on. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { openFileSource } from "../../../lib/files/file_source.ts";
import { openFits } from "../../../lib/fits/fits_file.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import type { StandInArchiveOptions } from "../../../lib/simulator/stand_in_options.ts";
import type { WorkflowEvent } from "../../../lib/workflow/events.ts";
import { Pipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import type { PipelineConfig } from "../../../lib/workflow/pipeline/pipeline_options.ts";
import { qualityOf } from "../../../lib/workflow/pipeline/visualization_stage.ts";
import { exists } from "../project_fixture.ts";
import { fixtureFolder } from "./fixture_folder.ts";

/** An archive and a pipeline for one band, with what it tells; `paths` are places on the archive by key. */
async function trial(
  folder: string,
  options: StandInArchiveOptions,
  change: Partial<PipelineConfig> = {},
  paths: Readonly<Record<string, string>> = {},
) {
  const archive = await startStandInArchive({ seed: 7, visitsPerDetector: 3, defects: false, ...options });
  const events: WorkflowEvent[] = [];
  const pipeline = new Pipeline({
    ra: 150.1,
    dec: 2.2,
    name: "star",
    outputDir: join(folder, "out"),
    bands: ["D2"],
    cutoutSize: "21px",
    config: {
      ...standInConfig(archive.urls),
      "download.retry.attempts": 2,
      "download.retry.backoff_seconds": [0.01],
      "download.retry.jitter_seconds": 0,
      ...Object.fromEntries(
        Object.entries(paths).map(([key, path]) => [key, `${archive.urls.origin}/${path}`]),
      ),
    },
    ...change,
  }, { onEvent: (event) => events.push(event) });
  return { archive, pipeline, events };
}

/** Takes the value of the middle pixel out of the image of a cutout. */
async function blankMiddle(path: string): Promise<void> {
  using source = openFileSource(path);
  const hdu = await (await openFits(source)).hdu("IMAGE");
  const [width, height] = ["NAXIS1", "NAXIS2"].map((name) => hdu.header.getNumber(name)!) as [number, number];
  const bytes = await Deno.readFile(path);
  const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
  new DataView(bytes.buffer).setFloat32(hdu.dataOffset + 4 * middle, NaN);
  await Deno.writeFile(path, bytes);
}

Deno.test("A photometry that fails is marked bad, with its reason in the light curve, and the others go on", async () => {
  using folder = fixtureFolder();
  const { archive, pipeline } = await trial(folder.path, {});
  await using _archive = archive;
  await pipeline.runQuery();
  await pipeline.runDownload();
  const { downloaded_files } = await pipeline.state();
  await blankMiddle(join(pipeline.outputDirectory, downloaded_files[0]!));
  await pipeline.runProcessing();
  await pipeline.runVisualization();
  const { photometry_results: rows, parameters } = await pipeline.state();
  assert.equal(rows.length, downloaded_files.length);
  const failed = rows.filter((row) => row.failure !== null);
  assert.deepEqual(failed.map((row) => [row.failure, row.flux, qualityOf(row, parameters)]), [
    ["pixel_missing", null, "rejected"],
  ]);
  assert(rows.some((row) => qualityOf(row, parameters) === "good"));
  const csv = await Deno.readTextFile(join(pipeline.outputDirectory, "results/lightcurve.csv"));
  const line = csv.split("\n").find((each) => each.startsWith(failed[0]!.obs_id))!;
  assert.match(line, /,,,,.*pixel_missing/);
});

Deno.test("A cutout that cannot be had is told of, and the others are measured", async () => {
  using folder = fixtureFolder();
  let lost: string | undefined;
  const { archive, pipeline, events } = await trial(folder.path, {
    faults: {
      maxPerUrl: 100,
      decide: ({ route, url }) => {
        if (route !== "cutout") return undefined;
        lost ??= url;
        return url === lost ? "status-503" : undefined;
      },
      retryAfter: "0",
    },
  });
  await using _archive = archive;
  const state = await pipeline.runFullPipeline();
  assert.equal(state.stage, "complete");
  assert.equal(state.downloaded_files.length, state.query_results!.observations.length - 1);
  assert.equal(state.photometry_results.length, state.downloaded_files.length);
  assert.equal(events.filter((event) => event.type === "download_failed").length, 1);
});

Deno.test("Calibrations that cannot be had are told of, and the images' own coordinates stand in", async () => {
  using folder = fixtureFolder();
  const { archive, pipeline, events } = await trial(folder.path, {}, { syncCalibration: true }, {
    "cloud.s3_base_url": "nowhere",
    "calibration.official_ibe_base_url": "nowhere/{release_lower}",
    "calibration.official_ibe_listing_url": "nowhere/{release_lower}",
  });
  await using _archive = archive;
  const { photometry_results: rows } = await pipeline.runFullPipeline();
  assert(events.some((event) => event.type === "calibration_failed"));
  assert(
    rows.length > 0 &&
      rows.every((row) => row.photometry_flags === "SOLID_ANGLE_FROM_WCS;CALIBRATION_MISSING"),
  );
});

Deno.test("An image that misses the source keeps its shared cutout, and has a row that says so", async () => {
  using folder = fixtureFolder();
  const { archive, pipeline } = await trial(folder.path, {}, {
    cutoutCenter: "150.15,2.2",
    cutoutSize: "21px",
  });
  await using _archive = archive;
  const { photometry_results: rows, downloaded_files } = await pipeline.runFullPipeline();
  assert(downloaded_files.every((path) => exists(join(pipeline.outputDirectory, path))));
  assert(rows.length > 0 && rows.every((row) => row.failure === "outside_image" && row.flux === null));
});

Deno.test("A cutout of two sides is as wide and high as it was asked for", async () => {
  using folder = fixtureFolder();
  const { archive, pipeline } = await trial(folder.path, {}, { cutoutSize: "31,21px" });
  await using _archive = archive;
  await pipeline.runQuery();
  await pipeline.runDownload();
  const sizes = new Set<string>();
  for (const path of (await pipeline.state()).downloaded_files) {
    using source = openFileSource(join(pipeline.outputDirectory, path));
    const { header } = await (await openFits(source)).hdu("IMAGE");
    sizes.add(`${header.getNumber("NAXIS1")} ${header.getNumber("NAXIS2")}`);
  }
  assert(sizes.has("31 21"), [...sizes].join());
});
