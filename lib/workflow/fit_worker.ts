/**
 * The worker of a run: measures cutouts and draws figures. It reads files and answers messages; it writes nothing.
 * @module
 */
import { serveJobs, type WorkerScope } from "../pool/serve_jobs.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { CutoutMeasurer, type PreparedCutout } from "./cutout_measurer.ts";
import type { FiguresJob, FitJob, FitResult, FullQaJob, MeasuredCutout, MeasureJob } from "./fit_job.ts";
import { measureFileBatch } from "./measure_file_batch.ts";
import { measureApertures } from "./pipeline/measure_apertures.ts";
import { positionAt } from "./proper_motion.ts";

function withCutout<T>(
  job: MeasureJob,
  measurer: CutoutMeasurer,
  work: (cutout: PreparedCutout) => T,
): Promise<T> {
  return measurer.open(job.cutoutPath, async (level2) => {
    const cutout = await measurer.prepare(
      level2,
      positionAt(job.target, level2.mjdAverage),
      {
        ...job.calibration,
        isMismatch: job.calibrationMismatch,
        detector: job.detector as DetectorNumber,
      },
      job.choices,
      {
        profile: job.profile,
        neighbours: job.neighbours?.map((neighbour) => positionAt(neighbour, level2.mjdAverage)),
      },
    );
    return work(cutout);
  });
}

function measure(job: MeasureJob, measurer: CutoutMeasurer): Promise<MeasuredCutout> {
  return withCutout(job, measurer, (cutout) => {
    const { level2, pixels } = cutout;
    return {
      kind: "measured",
      columns: measurer.measure(cutout, job.choices),
      psfOrigin: pixels.psfOrigin,
      isFluxCorrected: pixels.isFluxCorrected,
      header: {
        version: level2.version ?? null,
        release: level2.release ?? null,
        calibrationIdentifiers: Object.fromEntries(level2.calibrationIdentifiers()),
      },
    };
  });
}

async function drawFullQa(job: FullQaJob, measurer: CutoutMeasurer): Promise<FitResult> {
  const { models } = await withCutout(
    job.measure,
    measurer,
    (cutout) => measurer.measureWithModels(cutout, job.measure.choices),
  );
  // Drawing is heavy to load, and most workers only measure.
  const { renderFullQa } = await import("../outputs/full_qa.ts");
  const style = { dotsPerInch: job.dpi, colorBars: job.colorbars };
  return { kind: "full_qa", png: await renderFullQa({ row: job.row, models }, style) };
}

async function drawFigures(job: FiguresJob): Promise<FitResult> {
  const { renderSourceFigures } = await import("../outputs/source_figures.ts");
  return { kind: "figures", figures: await renderSourceFigures(job.input) };
}

/** Does one job. */
async function work(job: FitJob, measurer: CutoutMeasurer): Promise<FitResult> {
  switch (job.kind) {
    case "measure":
      return await measure(job, measurer);
    case "full_qa":
      return await drawFullQa(job, measurer);
    case "figures":
      return await drawFigures(job);
    case "measure_files":
      return await measureFileBatch(job.files, job.setup, measurer);
    case "apertures":
      return await measureApertures(job.files, job.setup, measurer);
  }
}

function transferables(result: FitResult): Transferable[] {
  if (result.kind === "full_qa") return [result.png.buffer];
  if (result.kind === "figures") {
    const { sedPng, qaSummaryPng } = result.figures;
    return [sedPng.buffer, ...(qaSummaryPng === null ? [] : [qaSummaryPng.buffer])];
  }
  return [];
}

/** Makes this thread a worker of a run. */
export function startFitWorker(): void {
  const measurer = new CutoutMeasurer();
  serveJobs<FitJob, FitResult>(
    globalThis as unknown as WorkerScope,
    (job) => work(job, measurer),
    transferables,
  );
}
