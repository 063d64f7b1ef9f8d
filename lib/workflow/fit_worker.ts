/**
 * The worker of a run: measures cutouts and draws figures. It reads files and answers messages; it writes nothing.
 * @module
 */
import { openFileSource } from "../files/file_source.ts";
import { measureCutout } from "../photometry/measure_cutout.ts";
import { measurementCells } from "../outputs/measurement_cells.ts";
import { MeasureWorkspace } from "../photometry/measure_workspace.ts";
import { serveJobs, type WorkerScope } from "../pool/serve_jobs.ts";
import { CalibrationCache } from "../spherex/calibration_cache.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { type ReadCutoutPixels, readCutoutPixels } from "../spherex/cutout_pixels.ts";
import { HeadBuffers } from "../spherex/head_source.ts";
import { type Level2File, openLevel2 } from "../spherex/level2_file.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import type { FiguresJob, FitJob, FitResult, FullQaJob, MeasuredCutout, MeasureJob } from "./fit_job.ts";
import { positionAt } from "./proper_motion.ts";

/** What one worker keeps from one cutout to the next. */
class Bench implements Disposable {
  readonly calibrations = new CalibrationCache({ openSource: openFileSource });
  readonly headBuffers = new HeadBuffers();
  readonly workspace = new MeasureWorkspace();

  [Symbol.dispose](): void {
    this.calibrations[Symbol.dispose]();
  }
}

async function withCutout<T>(
  job: MeasureJob,
  bench: Bench,
  work: (
    pixels: ReadCutoutPixels,
    level2: Level2File,
    position: { rightAscensionDeg: number; declinationDeg: number },
  ) => T,
): Promise<T> {
  using source = openFileSource(job.cutoutPath);
  using level2 = await openLevel2(source, {
    headBuffers: bench.headBuffers,
    psfCache: bench.calibrations.psfCache,
  });
  const detector = (level2.detector ?? job.detector) as DetectorNumber;
  const position = positionAt(job.target, level2.mjdAverage);
  const pixels = await readCutoutPixels(
    level2,
    {
      spectral: await bench.calibrations.spectralMaps(job.spectralWcsPath, detector),
      solidAngle: await bench.calibrations.detectorMap(job.solidAnglePath, detector),
      isMismatch: job.calibrationMismatch,
    },
    position,
    { zoneMode: job.zoneMode },
  );
  return work(pixels, level2, position);
}

function measure(job: MeasureJob, bench: Bench): Promise<MeasuredCutout> {
  return withCutout(job, bench, (pixels, level2, position) => {
    const measurement = measureCutout(pixels, job.settings, { workspace: bench.workspace });
    const imageFlags = pixels.flags.reduce((word, flags) => word | flags, 0);
    return {
      kind: "measured",
      columns: {
        ...measurementCells(measurement),
        ra_deg: position.rightAscensionDeg,
        dec_deg: position.declinationDeg,
        mjd: level2.mjdStart,
        mjd_avg: level2.mjdAverage,
        image_flags: imageFlags,
        image_flag_names: PIXEL_FLAGS.decode(imageFlags).join(";"),
        psf_model: `${pixels.psf?.kind ?? "none"}, ${job.zoneMode}`,
        noise_model: job.settings.noise.model,
        mjd_time_scale: level2.header.getString("TIMESYS")?.trim() ?? "UTC",
        input_image_extension: "IMAGE",
        zodi_used: false,
      },
      header: {
        version: level2.version ?? null,
        release: level2.release ?? null,
        calibrationIdentifiers: Object.fromEntries(level2.calibrationIdentifiers()),
      },
    };
  });
}

async function drawFullQa(job: FullQaJob, bench: Bench): Promise<FitResult> {
  const { models } = await withCutout(
    job.measure,
    bench,
    (pixels) => measureCutout(pixels, job.measure.settings, { workspace: bench.workspace, keepModels: true }),
  );
  // Drawing is heavy to load, and most workers only measure.
  const { renderFullQa } = await import("../outputs/full_qa.ts");
  return { kind: "full_qa", png: await renderFullQa({ row: job.row, models }) };
}

async function drawFigures(job: FiguresJob): Promise<FitResult> {
  const { renderSourceFigures } = await import("../outputs/source_figures.ts");
  return { kind: "figures", figures: await renderSourceFigures(job.input) };
}

/** Does one job. */
async function work(job: FitJob, bench: Bench): Promise<FitResult> {
  switch (job.kind) {
    case "measure":
      return await measure(job, bench);
    case "full_qa":
      return await drawFullQa(job, bench);
    case "figures":
      return await drawFigures(job);
  }
}

function transferables(result: FitResult): Transferable[] {
  if (result.kind === "full_qa") return [result.png.buffer];
  if (result.kind === "figures") return [result.figures.sedPng.buffer, result.figures.qaSummaryPng.buffer];
  return [];
}

/** Makes this thread a worker of a run. */
export function startFitWorker(): void {
  const bench = new Bench();
  serveJobs<FitJob, FitResult>(
    globalThis as unknown as WorkerScope,
    (job) => work(job, bench),
    transferables,
  );
}
