import { TaggedError } from "../core/errors.ts";
import type { SourceRecord } from "../store/sources.ts";

/** The shape of an extended target as the catalog gives it. */
export interface SourceProfile {
  /** Sersic index: 1 for an exponential disc, 4 for the law of de Vaucouleurs. */
  readonly sersicIndex: number;
  /** Semi-major axis of the ellipse that holds half of the light, arcseconds. */
  readonly effectiveRadiusArcsec: number;
  /** Minor over major axis. */
  readonly axisRatio: number;
  /** Direction of the major axis, degrees east of north. */
  readonly positionAngleDeg: number;
}

/** The Sersic index of named profiles. */
const INDEX_OF_NAME: Readonly<Record<string, number>> = { exponential: 1, de_vaucouleurs: 4 };

/** A number of a column between two limits; `fallback` where the column is empty. Throws catalog/invalid-profile. */
function numberBetween(
  columns: Readonly<Record<string, string>>,
  source: SourceRecord,
  name: string,
  limits: readonly [number, number],
  fallback?: number,
): number {
  const text = columns[name];
  if (text === undefined && fallback !== undefined) return fallback;
  const value = Number(text ?? NaN);
  if (value >= limits[0] && value <= limits[1]) return value;
  throw new TaggedError(
    "catalog/invalid-profile",
    `The profile of ${source.sourceName} cannot be used: ${name} is ${
      text ?? "empty"
    }, expected a number from ` +
      `${limits[0]} to ${limits[1]}`,
    {
      context: { source: source.sourceName, column: name, found: text ?? null },
      hint: "Correct the row in the catalog, or empty effective_radius_arcsec for a point source",
    },
  );
}

/**
 * The profile that a catalog row gives its target in the columns `effective_radius_arcsec`, `sersic_index` or
 * `profile` (exponential, de_vaucouleurs), `axis_ratio` and `position_angle_deg`; undefined for a point source, which
 * is a row without an effective radius. Throws catalog/invalid-profile.
 */
export function sourceProfile(source: SourceRecord): SourceProfile | undefined {
  // Most rows have no such column, and plans ask for every row.
  if (!source.extraJson.includes("effective_radius_arcsec")) return undefined;
  const columns = JSON.parse(source.extraJson) as Record<string, string>;
  if (columns["effective_radius_arcsec"] === undefined) return undefined;
  const named = INDEX_OF_NAME[columns["profile"]?.toLowerCase() ?? "exponential"];
  return {
    sersicIndex: numberBetween(columns, source, "sersic_index", [0.3, 8], named),
    effectiveRadiusArcsec: numberBetween(columns, source, "effective_radius_arcsec", [0.01, 600]),
    axisRatio: numberBetween(columns, source, "axis_ratio", [0.02, 1], 1),
    positionAngleDeg: numberBetween(columns, source, "position_angle_deg", [-360, 360], 0),
  };
}
