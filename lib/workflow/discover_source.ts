import { isTaggedError } from "../core/errors.ts";
import type { DiscoveredProduct } from "../archive/discovered_product.ts";
import { releaseOfName } from "../spherex/release.ts";
import type { ProductRecord } from "../store/products.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { SourceAnswer } from "./ask_archive.ts";
import { queryHash } from "./discovery_questions.ts";
import type { WorkflowEvent } from "./events.ts";
import { processingReplacements } from "./processing_choice.ts";
import type { Project } from "./project.ts";

/** Records of products that are still in memory: sources nearby share them, and their JSON is made once. */
const RECORDS = new WeakMap<DiscoveredProduct, ProductRecord>();

/** A discovered product as the database keeps it; the same record for the same object. */
export function productRecord(product: DiscoveredProduct): ProductRecord {
  let record = RECORDS.get(product);
  if (record === undefined) RECORDS.set(product, record = newRecord(product));
  return record;
}

function newRecord(product: DiscoveredProduct): ProductRecord {
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
    productJson: JSON.stringify(product.raw),
  };
}

/** Where answers are stored. */
export interface DiscoveryRecorder {
  /** The project. */
  readonly project: Project;
  /** The run that asks. */
  readonly runId: string;
}

/** Stores an answer: products and matches by collection, and which processing of an image is the newest. */
export function* recordSourceAnswer(
  result: SourceAnswer,
  discovery: DiscoveryRecorder,
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
  if (answer.siaError !== undefined) {
    const { siaError } = answer;
    const message = siaError instanceof Error ? siaError.message : String(siaError);
    yield { type: "discovery_fallback", sourceName: source.sourceName, message };
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
        queryHash: queryHash(source, project),
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

/** Marks, of the images that a source is matched to, which processings others take the place of. */
function markSuperseded(source: SourceRecord, project: Project): void {
  const versions = project.products.versionsOfMatched(source.sourceId);
  const replacements = processingReplacements(versions, project.config.planning.version_policy);
  for (const { productId, supersededBy } of versions) {
    const replacement = replacements.get(productId) ?? null;
    if (replacement !== supersededBy) project.products.setSuperseded(productId, replacement);
  }
}

function* recordDiscoveryFailure(
  result: SourceAnswer,
  discovery: DiscoveryRecorder,
): Generator<WorkflowEvent> {
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
