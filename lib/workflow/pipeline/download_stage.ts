import { join, relative } from "node:path";
import type { DownloadItem } from "../../archive/download_item.ts";
import { iterDownloadPlanResults } from "../../archive/downloader.ts";
import { TaggedError } from "../../core/errors.ts";
import { openFileSource } from "../../files/file_source.ts";
import type { ExpectedCutout } from "../../spherex/cutout_validation.ts";
import { validateCutout } from "../../spherex/validate_cutout.ts";
import { imageCutoutUrl } from "../cutout_downloads.ts";
import { parseCutoutCenter, parseCutoutSize } from "./cutout_geometry.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import type { PipelineObservation } from "./pipeline_types.ts";

/** The path of an observation's cutout, relative to the output folder. */
export function cutoutPath({ band, obs_id }: PipelineObservation): string {
  return `data/${band}/${obs_id}.fits`;
}

function downloadItem(
  observation: PipelineObservation,
  context: PipelineContext,
): DownloadItem<ExpectedCutout> {
  const { parameters, config, outputDirectory } = context;
  const { ra, dec } = parameters.source;
  const sizeArcsec = parseCutoutSize(parameters.cutout_size);
  const target = { rightAscensionDeg: ra, declinationDeg: dec };
  const center = parameters.cutout_center === null ? target : parseCutoutCenter(parameters.cutout_center);
  const key = `${observation.obs_id}${observation.band}`;
  return {
    key,
    url: imageCutoutUrl(observation.access_url, center, sizeArcsec, config),
    localPath: join(outputDirectory, cutoutPath(observation)),
    partialPath: join(outputDirectory, "data", "partial", `${key}.fits.part`),
    expected: {
      ...target,
      sizeArcsec,
      detector: observation.detector,
      observationId: observation.obs_id,
    },
  };
}

/** Removes the folder of partial files when nothing is left in it. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await Deno.remove(folder);
  } catch {
    // It holds what a later try goes on with, or was never made.
  }
}

/**
 * Fetches the cutouts of all observations and returns the paths of those that are there, relative to the output folder.
 *
 * With `skipExisting` a valid file that is there is not fetched again. What cannot be had is told and left out.
 * Throws `archive/nothing-downloaded` when nothing came at all.
 */
export async function downloadStage(
  context: PipelineContext,
  observations: readonly PipelineObservation[],
  skipExisting: boolean,
): Promise<string[]> {
  const { outputDirectory, client, parameters, config, signal, onEvent } = context;
  const plan = observations.map((observation) => downloadItem(observation, context));
  const arrived = new Set<string>();
  let [failed, bytes] = [0, 0];
  const events = iterDownloadPlanResults(plan, {
    client,
    projectRoot: outputDirectory,
    maxWorkers: parameters.max_download_workers,
    overwriteExisting: !skipExisting,
    signal,
    validate: async (path, { expected }) => {
      using source = openFileSource(path);
      return await validateCutout(source, expected, { checksums: config.validation.verify_checksums });
    },
  });
  for await (const event of events) {
    if (event.type === "download_completed") {
      arrived.add(relative(outputDirectory, event.path));
      bytes += event.bytesReceived;
    } else if (event.type === "download_failed") {
      failed++;
      const { phase, code, message, hint } = event;
      onEvent({
        type: "download_failed",
        sourceName: parameters.source.name,
        cutoutKey: event.key,
        phase,
        code,
        message,
        hint,
      });
    } else continue;
    onEvent({ type: "progress", stage: "download", done: arrived.size, total: plan.length, failed, bytes });
  }
  await removeEmpty(join(outputDirectory, "data", "partial"));
  if (arrived.size === 0) {
    throw new TaggedError("archive/nothing-downloaded", `None of ${plan.length} cutouts could be fetched`, {
      context: { failed },
      hint: "Check the network, then run the same command again with --resume",
    });
  }
  return observations.map(cutoutPath).filter((path) => arrived.has(path));
}
