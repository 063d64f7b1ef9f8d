/**
 * From a catalog to spectra in code, against a stand-in archive with a synthetic sky.
 *
 *     deno run -P=demo examples/quickstart.ts [folder]
 *
 * With the real archive, leave out the stand-in and its configuration values.
 */
import { discover, init, run, summary, syncCalibrations, type WorkflowEvent } from "../mod.ts";
import { startStandInArchive } from "../lib/simulator/stand_in_archive.ts";

/** Makes a project in `folder`, measures its two targets in bands D2 and D5, and returns what there is. */
export async function quickstart(folder: string, signal?: AbortSignal): Promise<string[]> {
  await using archive = await startStandInArchive({ seed: 1, visitsPerDetector: 6 });
  const project = `${folder}/project`;
  const lines: string[] = [];
  const onEvent = (event: WorkflowEvent) => {
    if (event.type === "source_finalized") {
      lines.push(`${event.sourceName}: ${event.measured} measured, ${event.state}`);
    }
  };
  const stop = signal === undefined ? {} : { signal };

  await init({
    project,
    catalog: new URL("./input_catalog.csv", import.meta.url).pathname,
    config: {
      "spherex.detectors": [2, 5],
      "discovery.sia_endpoint": archive.urls.siaEndpoint,
      "cutouts.base_url": archive.urls.origin,
      "cloud.s3_base_url": archive.urls.s3BaseUrl,
      "calibration.official_ibe_base_url": `${archive.urls.ibeBaseUrl}/{release_lower}`,
      "calibration.official_ibe_listing_url": `${archive.urls.ibeListingUrl}/{release_lower}`,
    },
  });
  await discover({ project, resume: true, ...stop });
  await syncCalibrations({ project, ...stop });
  const { status, counts } = await run({ project, cleanupCutouts: "success-after-source", onEvent, ...stop });
  const { sources } = await summary({ project });

  lines.push(`${status}: ${counts.measured} measured, ${counts.deletedCutouts} cutouts cleaned up`);
  for (const { sourceName, slug, recommended } of sources) {
    lines.push(`${sourceName}: ${recommended} rows for science in ${project}/results/spectra/${slug}.csv`);
  }
  return lines;
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  for (const line of await quickstart(Deno.args[0] ?? "demo/quickstart")) console.log(line);
}
