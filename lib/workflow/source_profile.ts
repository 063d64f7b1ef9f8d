import { PROFILE_RADIUS_COLUMN, readProfile, type SourceProfile } from "../catalog/extended_profile.ts";
import { TaggedError } from "../core/errors.ts";
import type { SourceRecord } from "../store/sources.ts";

export type { SourceProfile };

/**
 * The profile that a catalog row gives its target; undefined for a point source, which is a row without an effective
 * radius. Rows are checked when the catalog is read; throws catalog/invalid-profile for one that was stored wrong.
 */
export function sourceProfile(source: SourceRecord): SourceProfile | undefined {
  // Most rows have no such column, and plans ask for every row.
  if (!source.extraJson.includes(PROFILE_RADIUS_COLUMN)) return undefined;
  const { profile, problems } = readProfile(JSON.parse(source.extraJson) as Record<string, string>);
  const [first] = problems;
  if (first === undefined) return profile;
  throw new TaggedError(
    "catalog/invalid-profile",
    `The profile of ${source.sourceName} cannot be used: ${first.message}`,
    {
      context: { source: source.sourceName, column: first.column },
      hint: `Correct the row in the catalog, or empty ${PROFILE_RADIUS_COLUMN} for a point source`,
    },
  );
}
