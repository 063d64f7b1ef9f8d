import { join } from "node:path";
import { syncCalibration } from "../../archive/calibration_sync.ts";
import { openFileSource } from "../../files/file_source.ts";
import { openLevel2 } from "../../spherex/level2_file.ts";
import { isTaggedError } from "../../core/errors.ts";
import { calibrationDemands } from "../calibration_demands.ts";
import { calibrationWorkflowEvent, validateCalibration } from "../calibrations.ts";
import type { PipelineContext } from "./pipeline_context.ts";

/** The folder that calibration products are looked for in; undefined when the images' own coordinates are to do. */
export function calibrationFolder(
  { parameters, outputDirectory }: Pick<PipelineContext, "parameters" | "outputDirectory">,
): string | undefined {
  const { calibration_dir, sync_calibration } = parameters;
  if (calibration_dir !== null) return calibration_dir;
  return sync_calibration ? join(outputDirectory, "calibrations") : undefined;
}

/** The releases of cutouts, each with its detectors. */
async function releasesOf(paths: readonly string[]): Promise<Map<string, Set<number>>> {
  const releases = new Map<string, Set<number>>();
  for (const path of paths) {
    try {
      using source = openFileSource(path);
      using level2 = await openLevel2(source);
      if (level2.release === undefined || level2.detector === undefined) continue;
      const detectors = releases.get(level2.release) ?? new Set();
      releases.set(level2.release, detectors.add(level2.detector));
    } catch (error) {
      // Processing tells of files that are no good.
      if (!isTaggedError(error)) throw error;
    }
  }
  return releases;
}

/**
 * Brings the calibration products that cutouts need into their folder when that is asked for; what cannot be had is told,
 * and the images' own coordinates stand in for it. Throws `storage/*`, `interrupted/*`.
 */
export async function syncPipelineCalibrations(
  context: PipelineContext,
  cutoutPaths: readonly string[],
): Promise<void> {
  const { parameters, config, client, signal, onEvent } = context;
  const cacheRoot = calibrationFolder(context);
  if (!parameters.sync_calibration || cacheRoot === undefined) return;
  await Deno.mkdir(cacheRoot, { recursive: true });
  const { calibration, cloud } = config;
  for (const [imageRelease, detectors] of await releasesOf(cutoutPaths)) {
    const release = calibration.release === "auto" ? imageRelease : calibration.release;
    const wanted = [
      ...calibration.required_products.map((product) => ({ product: product as string, release })),
      ...calibrationDemands(config, imageRelease),
    ];
    for (const [from, group] of Map.groupBy(wanted, (each) => each.release)) {
      const events = syncCalibration({
        client,
        projectRoot: cacheRoot,
        cacheRoot,
        release: from,
        products: group.map(({ product }) => product),
        detectors: [...detectors].sort(),
        downloadSource: calibration.download_source,
        cloudBaseUrl: cloud.s3_base_url,
        ibeBaseUrl: calibration.official_ibe_base_url,
        ibeListingUrl: calibration.official_ibe_listing_url,
        maxWorkers: calibration.download_max_workers,
        validate: validateCalibration,
        signal,
      });
      for await (const event of events) {
        const told = calibrationWorkflowEvent(event, from);
        if (told !== undefined) onEvent(told);
      }
    }
  }
}
