import type { DiscoveredProduct } from "../archive/discovered_product.ts";
import { compareProcessing } from "../archive/supersede.ts";
import type { Config } from "../config/schema.ts";
import type { ProductRecord } from "../store/products.ts";

/** What becomes of the older processings of an image. */
export type VersionPolicy = Config["planning"]["version_policy"];

/** A processing of an image, and whether the archive offers it for the source now. */
export interface KnownProcessing extends ProductRecord {
  /** Whether it is offered. */
  readonly isOffered: boolean;
  /** When the archive was first found to offer it. */
  readonly firstSeenAt: string;
}

interface Candidate {
  readonly record: KnownProcessing;
  readonly product: DiscoveredProduct;
}

/** Those of one image that are to be told apart: all of them, or the copies of one file in several collections. */
function groupOf({ observationId, detector, parentFilename }: ProductRecord, policy: VersionPolicy): string {
  const image = `${observationId}D${detector}`;
  return policy === "keep_all_no_supersede" ? `${image} ${parentFilename}` : image;
}

/** The one of a group to measure: the newest, or under `ignore` the newest of those that were found first. */
function chosen(group: readonly Candidate[], policy: VersionPolicy): string | undefined {
  const offered = group.filter(({ record }) => record.isOffered);
  const firstSeen = offered.map(({ record }) => record.firstSeenAt).sort()[0];
  const candidates = policy === "ignore"
    ? offered.filter(({ record }) => record.firstSeenAt === firstSeen)
    : offered;
  return candidates.toSorted((a, b) => compareProcessing(b.product, a.product))[0]?.record.productId;
}

/**
 * What takes the place of each processing of the images of a source, by product; null for those to measure. A group of
 * which the archive offers nothing any more stays as it was, without replacement.
 */
export function processingReplacements(
  versions: readonly KnownProcessing[],
  policy: VersionPolicy,
): Map<string, string | null> {
  const candidates = versions.map((record): Candidate => ({
    record,
    product: JSON.parse(record.productJson) as DiscoveredProduct,
  }));
  const replacements = new Map<string, string | null>();
  for (const group of Map.groupBy(candidates, ({ record }) => groupOf(record, policy)).values()) {
    const kept = chosen(group, policy) ?? null;
    for (const { record } of group) {
      replacements.set(record.productId, record.productId === kept ? null : kept);
    }
  }
  return replacements;
}
