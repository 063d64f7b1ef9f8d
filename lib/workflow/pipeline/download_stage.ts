import { join, relative } from "node:path";
import type { DownloadItem } from "../../archive/download_item.ts";
import { iterDownloadPlanResults } from "../../archive/downloader.ts";
import { TaggedError } from "../../core/errors.ts";
import { openFileSource } from "../../files/file_source.ts";
import type { ExpectedCutout } from "../../spherex/cutout_validation.ts";
import { validateCutout } from "../../spherex/validate_cutout.ts";
import { imageCutoutUrl } from "../cutout_downloads.ts";
import { estimatedCutoutBytes, parseCutoutCenter, parseCutoutSize } from "./cutout_geometry.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { lockSharedFolder } from "./output_folder.ts";
import type { PipelineObservation, PipelineParameters } from "./pipeline_types.ts";

/** The path of an observation's cutout, relative to the output folder. */
export function cutoutPath(
  { band, obs_id }: PipelineObservation,
  { data_dir }: Pick<PipelineParameters, "data_dir">,
): string {
  return join(data_dir, band, `${obs_id}.fits`);
}

function downloadItem(
  observation: PipelineObservation,
  context: PipelineContext,
): DownloadItem<ExpectedCutout> {
  const { parameters, config, outputDirectory } = context;
  const { widthArcsec, heightArcsec } = parseCutoutSize(parameters.cutout_size);
  const isSquare = widthArcsec === heightArcsec;
  const target = { rightAscensionDeg: parameters.source.ra, declinationDeg: parameters.source.dec };
  const center = parameters.cutout_center === null ? target : parseCutoutCenter(parameters.cutout_center);
  const key = `${observation.obs_id}${observation.band}`;
  return {
    key,
    url: imageCutoutUrl(
      observation.access_url,
      center,
      isSquare ? widthArcsec : [widthArcsec, heightArcsec],
      config,
    ),
    localPath: join(outputDirectory, cutoutPath(observation, parameters)),
    partialPath: join(outputDirectory, parameters.data_dir, "partial", `${key}.fits.part`),
    expected: {
      // A cutout about another place may be of several sources: that it has this one is for processing to see.
      ...(parameters.cutout_center === null ? target : {}),
      ...(isSquare ? { sizeArcsec: widthArcsec } : {}),
      detector: observation.detector,
      observationId: observation.obs_id,
    },
  };
}

/** Tells what is to be fetched, before anything is. */
function tellPlan(
  plan: readonly DownloadItem<ExpectedCutout>[],
  skipExisting: boolean,
  { parameters, onEvent }: PipelineContext,
): void {
  const existing = skipExisting ? plan.filter(({ localPath }) => isFile(localPath)).length : 0;
  const cutouts = plan.length - existing;
  const bytes = cutouts * estimatedCutoutBytes(parseCutoutSize(parameters.cutout_size));
  onEvent({ type: "download_planned", sourceName: parameters.source.name, cutouts, bytes, existing });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
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
  tellPlan(plan, skipExisting, context);
  const dataFolder = join(outputDirectory, parameters.data_dir);
  using _lock = lockSharedFolder(dataFolder, parameters);
  const arrived = new Set<string>();
  let [failed, bytes] = [0, 0];
  const events = iterDownloadPlanResults(plan, {
    client,
    projectRoot: dataFolder,
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
  await removeEmpty(join(dataFolder, "partial"));
  if (arrived.size === 0) {
    throw new TaggedError("archive/nothing-downloaded", `None of ${plan.length} cutouts could be fetched`, {
      context: { failed },
      hint: "Check the network, then run the same command again with --resume",
    });
  }
  return observations.map((observation) => cutoutPath(observation, parameters)).filter((path) =>
    arrived.has(path)
  );
}
