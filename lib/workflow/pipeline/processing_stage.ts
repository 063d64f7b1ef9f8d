import { join } from "node:path";
import { isTaggedError } from "../../core/errors.ts";
import { fileMeasureSetup } from "../file_measure_setup.ts";
import type { FileMeasureSetup } from "../file_target.ts";
import { measuredApertures } from "./aperture_batches.ts";
import type { ApertureSetup } from "./aperture_job.ts";
import { calibrationFolder } from "./calibration_stage.ts";
import { cutoutPath } from "./download_stage.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { apertureSettings } from "./pipeline_parameters.ts";
import type { PipelineObservation, PipelinePhotometry } from "./pipeline_types.ts";

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

async function apertureSetup(context: PipelineContext): Promise<ApertureSetup> {
  const { parameters } = context;
  const calibration = await calibrationSetup(context);
  const { coreShiftPixels } = calibration.choices.settings.psf;
  return {
    settings: { ...apertureSettings(parameters.photometry), coreShiftPixels },
    rightAscensionDeg: parameters.source.ra,
    declinationDeg: parameters.source.dec,
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
  const files = observations.filter((observation) => there.has(cutoutPath(observation))).map((
    observation,
  ) => ({
    path: join(outputDirectory, cutoutPath(observation)),
    observation,
  }));
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
