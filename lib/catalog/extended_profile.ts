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

/** What is wrong with one cell of a profile. */
export interface ProfileProblem {
  /** The column. */
  readonly column: string;
  /** What was found and what was expected. */
  readonly message: string;
}

/** A profile that has been read; with problems its numbers mean nothing. */
export interface ProfileReading {
  /** The profile; undefined for a point source. */
  readonly profile: SourceProfile | undefined;
  /** What is wrong with the row's profile. */
  readonly problems: readonly ProfileProblem[];
}

/** The column that makes a target an extended one. */
export const PROFILE_RADIUS_COLUMN = "effective_radius_arcsec";

/** The Sersic index of named profiles. */
const INDEX_OF_NAME: ReadonlyMap<string, number> = new Map([["exponential", 1], ["de_vaucouleurs", 4]]);

/**
 * Reads the profile that a catalog row gives its target in the columns `effective_radius_arcsec`, `sersic_index` or
 * `profile` (exponential, de_vaucouleurs), `axis_ratio` and `position_angle_deg`. A row without an effective radius is
 * a point source.
 */
export function readProfile(columns: Readonly<Record<string, string>>): ProfileReading {
  if (columns[PROFILE_RADIUS_COLUMN] === undefined) return { profile: undefined, problems: [] };
  const problems: ProfileProblem[] = [];
  const numberBetween = (column: string, smallest: number, largest: number, fallback?: number): number => {
    const text = columns[column];
    if (text === undefined && fallback !== undefined) return fallback;
    const value = Number(text ?? NaN);
    if (value >= smallest && value <= largest) return value;
    const found = text === undefined ? "empty" : JSON.stringify(text);
    problems.push({
      column,
      message: `${column} is ${found}: expected a number from ${smallest} to ${largest}`,
    });
    return NaN;
  };
  const name = columns["profile"] ?? "exponential";
  const named = INDEX_OF_NAME.get(name.toLowerCase());
  if (named === undefined && columns["sersic_index"] === undefined) {
    problems.push({
      column: "profile",
      message: `profile is ${
        JSON.stringify(name)
      }: expected exponential or de_vaucouleurs, or a sersic_index`,
    });
  }
  const profile: SourceProfile = {
    sersicIndex: numberBetween("sersic_index", 0.3, 8, named ?? NaN),
    effectiveRadiusArcsec: numberBetween(PROFILE_RADIUS_COLUMN, 0.01, 600),
    axisRatio: numberBetween("axis_ratio", 0.02, 1, 1),
    positionAngleDeg: numberBetween("position_angle_deg", -360, 360, 0),
  };
  return { profile, problems };
}
