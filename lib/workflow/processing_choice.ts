import { compareProcessing, type Processing } from "../archive/supersede.ts";
import type { Config } from "../config/schema.ts";
import type { KnownVersion } from "../store/products.ts";

/** What becomes of the older processings of an image. */
export type VersionPolicy = Config["planning"]["version_policy"];

/** Those of one image that are to be told apart: all of them, or the copies of one file in several collections. */
function groupOf({ observationId, detector, parentFilename }: KnownVersion, policy: VersionPolicy): string {
  const image = `${observationId}D${detector}`;
  return policy === "keep_all_no_supersede" ? `${image} ${parentFilename}` : image;
}

/** The one of a group to measure: the newest, or under `ignore` the newest of those that were found first. */
function chosen(group: readonly KnownVersion[], policy: VersionPolicy): string | undefined {
  const offered = group.filter((version) => version.isOffered);
  const firstSeen = offered.map((version) => version.firstSeenAt).sort()[0];
  const candidates = policy === "ignore"
    ? offered.filter((version) => version.firstSeenAt === firstSeen)
    : offered;
  return candidates.toSorted((a, b) => compareProcessing(processingOf(b), processingOf(a)))[0]?.productId;
}

function processingOf({ processingDate, parentFilename, collection, productId }: KnownVersion): Processing {
  return { processingDate, parentFileName: parentFilename, collection, productSignature: productId };
}

/**
 * What takes the place of each processing of the images of a source, by product; null for those to measure. A group of
 * which the archive offers nothing any more stays as it was, without replacement.
 */
export function processingReplacements(
  versions: readonly KnownVersion[],
  policy: VersionPolicy,
): Map<string, string | null> {
  const replacements = new Map<string, string | null>();
  for (const group of Map.groupBy(versions, (version) => groupOf(version, policy)).values()) {
    const kept = chosen(group, policy) ?? null;
    for (const { productId } of group) replacements.set(productId, productId === kept ? null : kept);
  }
  return replacements;
}
