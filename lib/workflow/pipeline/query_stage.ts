import { join } from "node:path";
import { DatalinkResolver } from "../../archive/datalink_resolver.ts";
import { querySia2, type Sia2Answer } from "../../archive/sia2.ts";
import { currentProducts } from "../../archive/supersede.ts";
import { TapClient } from "../../archive/tap_client.ts";
import { queryTapImages } from "../../archive/tap_images.ts";
import type { DiscoveredProduct } from "../../archive/discovered_product.ts";
import { discoveryRetry } from "../../config/http_settings.ts";
import { TaggedError } from "../../core/errors.ts";
import { estimatedCutoutBytes, parseCutoutSize } from "./cutout_geometry.ts";
import { LinkFile } from "./link_file.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import type { PipelineObservation, PipelineQueryResults } from "./pipeline_types.ts";

function observationOf(product: DiscoveredProduct): PipelineObservation {
  const times = [product.tMinMjd, product.tMaxMjd].filter((time) => time !== null);
  return {
    obs_id: product.observationId,
    band: `D${product.detector}`,
    detector: product.detector,
    collection: product.collection,
    processing_version: product.processingVersion,
    mjd: times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length),
    access_url: product.accessUrl,
    size_kb: product.accessEstsizeKb,
  };
}

/** Sums up what was found. */
export function queryResults(
  observations: readonly PipelineObservation[],
  cutoutSize: string,
): PipelineQueryResults {
  const times = observations.map((observation) => observation.mjd);
  const bands = Map.groupBy(observations, (observation) => observation.band);
  return {
    observations: [...observations],
    time_span_days: times.length === 0 ? 0 : Math.max(...times) - Math.min(...times),
    total_size_gb: Number(
      (observations.length * estimatedCutoutBytes(parseCutoutSize(cutoutSize)) / 1e9).toFixed(6),
    ),
    band_counts: Object.fromEntries([...bands].map(([band, items]) => [band, items.length]).sort()),
  };
}

/** Asks the service of the parameters which images touch the circle about the source. */
async function imagesOf(
  { parameters, config, client, signal, outputDirectory }: PipelineContext,
): Promise<Sia2Answer> {
  const { source, search_radius_arcsec, query_service } = parameters;
  const { discovery } = config;
  const question = {
    collections: discovery.collections,
    rightAscensionDeg: source.ra,
    declinationDeg: source.dec,
    radiusDeg: search_radius_arcsec / 3600,
    maxRecords: discovery.maxrec_per_source_collection,
  };
  const retry = discoveryRetry(config);
  if (query_service === "tap") {
    return await queryTapImages(new TapClient(client, discovery.tap_endpoint), question, { signal, retry });
  }
  using links = new LinkFile(join(outputDirectory, "data", "datalinks.jsonl"));
  const answer = await querySia2(
    client,
    discovery.sia_endpoint,
    { ...question, responseFormat: discovery.response_format },
    signal,
    retry,
    new DatalinkResolver(client, links),
  );
  // What the links led to is in the observations from here on.
  links.remove();
  return answer;
}

/**
 * Asks the archive for the images that cover the source; of each image the newest processing counts.
 * Throws `discovery/*`, `net/*`, `discovery/no-observations` when nothing covers the source.
 */
export async function queryStage(context: PipelineContext): Promise<PipelineQueryResults> {
  const { parameters } = context;
  const { source, bands } = parameters;
  const answer = await imagesOf(context);
  const observations = currentProducts(answer.rows).map(observationOf)
    .filter(({ detector }) => bands === null || bands.includes(detector))
    .sort((a, b) => a.mjd - b.mjd || a.detector - b.detector);
  if (observations.length === 0) {
    throw new TaggedError(
      "discovery/no-observations",
      `No image${bands === null ? "" : " in the bands asked for"} covers (${source.ra}, ${source.dec})`,
      {
        context: { ra: source.ra, dec: source.dec },
        hint: "Check the position, and the bands if any were named",
      },
    );
  }
  return queryResults(observations, parameters.cutout_size);
}
