import { join } from "node:path";
import { isTaggedError } from "../../core/errors.ts";
import { fileMeasureSetup } from "../file_measure_setup.ts";
import type { FileMeasureSetup } from "../file_target.ts";
import type { FitTarget } from "../fit_job.ts";
import { measuredApertures } from "./aperture_batches.ts";
import type { ApertureSetup } from "./aperture_job.ts";
import { calibrationFolder } from "./calibration_stage.ts";
import { cutoutPath } from "./download_stage.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { apertureSettings } from "./photometry_parameters.ts";
import type { PipelineObservation, PipelinePhotometry, PipelineSource } from "./pipeline_types.ts";

/** A worker takes about as long to start as so many cutouts to measure. */
const MIN_FILES_FOR_WORKERS = 400;

/** The calibrations to choose from; none when a sync that was asked for could bring none. */
async function calibrationSetup(context: PipelineContext): Promise<FileMeasureSetup> {
  const { parameters, config } = context;
  try {
    return await fileMeasureSetup(config, { calibrationDirectory: calibrationFolder(context) });
  } catch (error) {
    if (!(parameters.sync_calibration && isTaggedError(error, "calibration/missing"))) throw error;
    return await fileMeasureSetup(config, {});
  }
}

/** A source as positions at a date are worked out from it. */
function fitTarget({ ra, dec, proper_motion: motion }: PipelineSource): FitTarget {
  return {
    rightAscensionDeg: ra,
    declinationDeg: dec,
    properMotionRaMasPerYear: motion?.ra_mas_per_yr ?? null,
    properMotionDecMasPerYear: motion?.dec_mas_per_yr ?? null,
    referenceEpochYear: motion?.epoch_yr ?? null,
  };
}

async function apertureSetup(context: PipelineContext): Promise<ApertureSetup> {
  const { parameters } = context;
  const calibration = await calibrationSetup(context);
  const { coreShiftPixels } = calibration.choices.settings.psf;
  return {
    settings: { ...apertureSettings(parameters.photometry), coreShiftPixels },
    target: fitTarget(parameters.source),
    calibration,
  };
}

/**
 * Measures the flux in an aperture in each downloaded cutout, in workers when there are many.
 *
 * A file that is missing or cannot be read is told and left out; a measurement that fails has a row that says why.
 */
export async function processingStage(
  context: PipelineContext,
  observations: readonly PipelineObservation[],
  downloaded: readonly string[],
): Promise<PipelinePhotometry[]> {
  const { outputDirectory, parameters, signal, onEvent } = context;
  const there = new Set(downloaded);
  const files = observations.map((observation) => ({
    path: cutoutPath(observation, parameters),
    observation,
  }))
    .filter(({ path }) => there.has(path))
    .map(({ path, observation }) => ({ path: join(outputDirectory, path), observation }));
  const workers = files.length < MIN_FILES_FOR_WORKERS
    ? 0
    : Math.min(parameters.max_processing_workers, navigator.hardwareConcurrency);
  const rows: PipelinePhotometry[] = [];
  let next = 0;
  for await (const { outcomes } of measuredApertures(files, await apertureSetup(context), workers)) {
    for (const outcome of outcomes) {
      signal.throwIfAborted();
      const { obs_id, band } = files[next++]!.observation;
      if ("row" in outcome) rows.push(outcome.row);
      else {
        const cutoutKey = `${obs_id}${band}`;
        onEvent({ type: "fit_failed", sourceName: parameters.source.name, cutoutKey, ...outcome });
      }
      const failed = next - rows.length;
      onEvent({ type: "progress", stage: "measure", done: rows.length, total: files.length, failed });
    }
  }
  return rows;
}
