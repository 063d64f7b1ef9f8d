/** How a target moves across the sky. */
export interface ProperMotion {
  /** In right ascension, times cos(declination), mas per year. */
  readonly raMasPerYear: number;
  /** In declination, mas per year. */
  readonly decMasPerYear: number;
  /** Julian epoch of the position, years; null when the catalog does not say. */
  readonly epochYear: number | null;
}

/** One target of a catalog. */
export interface CatalogSource {
  /** Durable identity. */
  readonly sourceId: string;
  /** Name that output files carry. */
  readonly sourceName: string;
  /** The name as a file name. */
  readonly slug: string;
  /** Right ascension, ICRS, degrees, from 0 to below 360. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees, from -90 to 90. */
  readonly declinationDeg: number;
  /** Cutout size that the row asks for, arcseconds; null when it asks for none. */
  readonly cutoutSizeArcsec: number | null;
  /** Proper motion; null when the row has none. */
  readonly properMotion: ProperMotion | null;
  /** SHA-256 of all the above but the slug: changes when the target changes, not when its row moves or is reformatted. */
  readonly rowHash: string;
  /** Line of the row in the file, from 1. */
  readonly line: number;
  /** The other columns, as text; empty cells are left out. */
  readonly extra: Readonly<Record<string, string>>;
}

/** What is wrong with a catalog. */
export type CatalogProblemCode =
  | "catalog/duplicate-id"
  | "catalog/empty"
  | "catalog/empty-name"
  | "catalog/invalid-name"
  | "catalog/invalid-profile"
  | "catalog/invalid-value"
  | "catalog/malformed"
  | "catalog/missing-column"
  | "catalog/missing-epoch"
  | "catalog/near-duplicate"
  | "catalog/out-of-range"
  | "catalog/slug-collision";

/** One problem of a catalog. */
export interface CatalogProblem {
  /** An error makes the catalog unusable; a warning is told and the work goes on. */
  readonly severity: "error" | "warning";
  /** Kind of problem. */
  readonly code: CatalogProblemCode;
  /** What was found and what was expected. */
  readonly message: string;
  /** Line in the file, from 1; null when the problem is about the whole file. */
  readonly line: number | null;
  /** Column of the table, null when it is about the whole row. */
  readonly column: string | null;
}

/** The names of a catalog's columns, and the bounds its values keep. */
export interface CatalogMapping {
  /** Column of the identity. */
  readonly sourceIdColumn: string;
  /** Column of the name; may be the same. */
  readonly sourceNameColumn: string;
  /** Column of the right ascension. */
  readonly raColumn: string;
  /** Column of the declination. */
  readonly decColumn: string;
  /** Column of the cutout size; need not exist. */
  readonly sizeColumn: string;
  /** Smallest cutout size, arcseconds. */
  readonly minSizeArcsec: number;
  /** Largest cutout size, arcseconds. */
  readonly maxSizeArcsec: number;
  /** Column of the proper motion in right ascension; null looks for the usual names. */
  readonly pmRaColumn: string | null;
  /** Column of the proper motion in declination; null looks for the usual names. */
  readonly pmDecColumn: string | null;
  /** Column of the epoch; null looks for the usual names. */
  readonly epochColumn: string | null;
  /** Targets nearer than this are reported, arcseconds; 0 reports none. */
  readonly duplicateToleranceArcsec: number;
}
