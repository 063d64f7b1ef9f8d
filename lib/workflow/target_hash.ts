import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { FitTarget } from "./fit_job.ts";
import { sourceProfile } from "./source_profile.ts";

/**
 * Hash of what a measurement of a source depends on in the catalogs: its row, its profile and the places of its
 * neighbours. A point source without neighbours has that of its row. Throws catalog/invalid-profile.
 */
export function targetHash(source: SourceRecord, neighbours: readonly FitTarget[]): string {
  const profile = sourceProfile(source);
  if (neighbours.length === 0 && profile === undefined) return source.rowHash;
  return sha256Hex(canonicalJson({
    row: source.rowHash,
    ...(profile === undefined ? {} : { profile: Object.entries(profile) }),
    neighbours: neighbours.map((each) => [
      each.rightAscensionDeg,
      each.declinationDeg,
      each.properMotionRaMasPerYear,
      each.properMotionDecMasPerYear,
      each.referenceEpochYear,
    ]),
  }));
}
