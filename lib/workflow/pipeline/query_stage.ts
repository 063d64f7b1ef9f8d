import { currentProducts } from "../../archive/supersede.ts";
import { querySia2 } from "../../archive/sia2.ts";
import type { DiscoveredProduct } from "../../archive/discovered_product.ts";
import { discoveryRetry } from "../../config/http_settings.ts";
import { TaggedError } from "../../core/errors.ts";
import { parseCutoutSize } from "./cutout_geometry.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import type { PipelineObservation, PipelineQueryResults } from "./pipeline_types.ts";
import { PIXEL_SCALE_ARCSEC } from "../../spherex/bands.ts";

/** Bytes of a cutout beside its pixels: the PSF, nearly all of it. */
const CUTOUT_BASE_BYTES = 5.0e6;
/** Bytes of a pixel in four planes. */
const BYTES_PER_PIXEL = 16;

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

/** What the cutouts of so many images weigh, gigabytes. */
function estimatedGigabytes(images: number, cutoutSize: string): number {
  const pixels = (parseCutoutSize(cutoutSize) / PIXEL_SCALE_ARCSEC) ** 2;
  return images * (CUTOUT_BASE_BYTES + pixels * BYTES_PER_PIXEL) / 1e9;
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
    total_size_gb: Number(estimatedGigabytes(observations.length, cutoutSize).toFixed(6)),
    band_counts: Object.fromEntries([...bands].map(([band, items]) => [band, items.length]).sort()),
  };
}

/**
 * Asks the archive for the images that cover the source; of each image the newest processing counts.
 * Throws `discovery/*`, `net/*`, `discovery/no-observations` when nothing covers the source.
 */
export async function queryStage(
  { parameters, config, client, signal }: PipelineContext,
): Promise<PipelineQueryResults> {
  const { source, bands } = parameters;
  const answer = await querySia2(
    client,
    config.discovery.sia_endpoint,
    {
      collections: config.discovery.collections,
      rightAscensionDeg: source.ra,
      declinationDeg: source.dec,
      radiusDeg: parameters.search_radius_arcsec / 3600,
      maxRecords: config.discovery.maxrec_per_source_collection,
      responseFormat: config.discovery.response_format,
    },
    signal,
    discoveryRetry(config),
  );
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
