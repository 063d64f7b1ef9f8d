import { canonicalJson } from "../core/canonical_json.ts";
import { isTaggedError } from "../core/errors.ts";
import type { DatalinkResolver } from "../archive/datalink_resolver.ts";
import { currentProducts } from "../archive/supersede.ts";
import type { DiscoveredProduct } from "../archive/discovered_product.ts";
import { querySia2, type Sia2Answer } from "../archive/sia2.ts";
import { discoveryRetry } from "../config/http_settings.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { HttpClient } from "../net/http_client.ts";
import { releaseOfName } from "../spherex/release.ts";
import type { ProductRecord } from "../store/products.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { WorkflowEvent } from "./events.ts";
import type { Project } from "./project.ts";

/** A discovered product as the database keeps it. */
export function productRecord(product: DiscoveredProduct): ProductRecord {
  return {
    productId: product.productSignature,
    collection: product.collection,
    release: releaseOfName(product.collection) ?? "QR2",
    observationId: product.observationId,
    detector: product.detector,
    planningPeriod: product.planningPeriod,
    processingVersion: product.processingVersion,
    processingDate: product.processingDate,
    parentFilename: product.parentFileName,
    accessUrl: product.accessUrl,
    cloudKey: product.cloudKey,
    startMjd: product.tMinMjd,
    endMjd: product.tMaxMjd,
    productJson: canonicalJson(product),
  };
}

/** What one discovery needs to know. */
export interface SourceDiscovery {
  /** The project. */
  readonly project: Project;
  /** The program's client. */
  readonly client: HttpClient;
  /** Resolves access URLs that lead to DataLink documents. */
  readonly resolver: DatalinkResolver;
  /** Identity of the run. */
  readonly runId: string;
  /** Whether answers of earlier runs count. */
  readonly resume: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

function queryHash(source: SourceRecord, discovery: SourceDiscovery): string {
  const config = discovery.project.config.discovery;
  return sha256Hex(canonicalJson({
    ra_deg: source.rightAscensionDeg,
    dec_deg: source.declinationDeg,
    radius_arcsec: config.search_radius_arcsec,
    maxrec: config.maxrec_per_source_collection,
  }));
}

/** The collections that have not answered this very question yet. */
function openCollections(source: SourceRecord, discovery: SourceDiscovery): string[] {
  const collections = discovery.project.config.discovery.collections;
  if (!discovery.resume) return [...collections];
  const answered = discovery.project.products.answeredQueries(source.sourceId);
  const hash = queryHash(source, discovery);
  return collections.filter((collection) => answered.get(collection)?.queryHash !== hash);
}

/** The archive's answer for one source, or the error that kept it from answering; nothing is stored yet. */
export interface SourceAnswer {
  /** The source. */
  readonly source: SourceRecord;
  /** The collections that were asked. */
  readonly collections: readonly string[];
  /** The answer; undefined when none was needed. */
  readonly answer?: Sia2Answer;
  /** Why there is no answer. */
  readonly error?: unknown;
}

/** Asks the archive for the images that cover one source. Never rejects, except when it is stopped. */
export async function askForSource(source: SourceRecord, discovery: SourceDiscovery): Promise<SourceAnswer> {
  const collections = openCollections(source, discovery);
  if (collections.length === 0) return { source, collections };
  const config = discovery.project.config.discovery;
  try {
    const answer = await querySia2(
      discovery.client,
      config.sia_endpoint,
      {
        collections,
        rightAscensionDeg: source.rightAscensionDeg,
        declinationDeg: source.declinationDeg,
        radiusDeg: config.search_radius_arcsec / 3600,
        maxRecords: config.maxrec_per_source_collection,
        responseFormat: config.response_format,
      },
      discovery.signal,
      discoveryRetry(discovery.project.config),
      discovery.resolver,
    );
    return { source, collections, answer };
  } catch (error) {
    if (discovery.signal?.aborted) throw error;
    return { source, collections, error };
  }
}

/** Stores an answer: products and matches by collection, and which processing of an image is the newest. */
export function* recordSourceAnswer(
  result: SourceAnswer,
  discovery: SourceDiscovery,
): Generator<WorkflowEvent> {
  const { source, collections, answer, error } = result;
  const { project, runId } = discovery;
  if (error !== undefined) {
    yield* recordDiscoveryFailure(result, discovery);
    return;
  }
  if (answer === undefined) {
    yield {
      type: "discovery_skipped",
      sourceName: source.sourceName,
      collections: project.config.discovery.collections.length,
    };
    return;
  }
  const now = new Date().toISOString();
  const detectors = new Set(project.config.spherex.detectors);
  const wanted = answer.rows.filter((row) => detectors.has(row.detector));
  for (const collection of collections) {
    const products = wanted.filter((row) => row.collection === collection).map(productRecord);
    const counts = project.products.recordAnswer(
      {
        sourceId: source.sourceId,
        collection,
        queryHash: queryHash(source, discovery),
        rowCount: products.length,
        overflow: answer.overflow,
      },
      products,
      project.config.discovery.search_radius_arcsec,
      now,
      runId,
    );
    yield {
      type: "discovery_answered",
      sourceName: source.sourceName,
      collection,
      products: products.length,
      newMatches: counts.newMatches,
      overflow: answer.overflow,
    };
  }
  markSuperseded(source, project);
  project.states.replaceOutdated(source.sourceId, now, runId);
  project.runs.resolveFailures(source.sourceId, "", now, "discovery");
}

/** Marks, of the images that a source is matched to, all processings but the newest that the archive offers. */
function markSuperseded(source: SourceRecord, project: Project): void {
  const imageOf = (record: ProductRecord) => `${record.observationId}D${record.detector}`;
  const versions = project.products.versionsOfMatched(source.sourceId);
  const imageOfSignature = new Map(versions.map((record) => [record.productId, imageOf(record)]));
  const offered = versions.filter((record) => record.isOffered)
    .map((record) => JSON.parse(record.productJson) as DiscoveredProduct);
  const newest = new Map(
    currentProducts(offered).map(({ productSignature: id }) => [imageOfSignature.get(id)!, id]),
  );
  for (const record of versions) {
    const newestId = newest.get(imageOf(record))!;
    project.products.setSuperseded(record.productId, newestId === record.productId ? null : newestId);
  }
}

function* recordDiscoveryFailure(result: SourceAnswer, discovery: SourceDiscovery): Generator<WorkflowEvent> {
  const { source, collections, error } = result;
  const message = error instanceof Error ? error.message : String(error);
  const code = isTaggedError(error) ? error.code : "internal/discovery";
  const hint = isTaggedError(error) ? error.hint : undefined;
  const now = new Date().toISOString();
  discovery.project.runs.resolveFailures(source.sourceId, "", now, "discovery");
  discovery.project.runs.addFailure(
    {
      sourceId: source.sourceId,
      productId: "",
      phase: "discovery",
      code,
      message,
      hint,
      contextJson: JSON.stringify(isTaggedError(error) ? error.context : {}),
    },
    now,
    discovery.runId,
  );
  for (const collection of collections) {
    yield { type: "discovery_failed", sourceName: source.sourceName, collection, code, message };
  }
}
