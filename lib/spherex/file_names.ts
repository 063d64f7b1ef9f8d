import type { DetectorNumber } from "./bands.ts";
import type { Release } from "./release.ts";

/** The parts of the name of a Level-2 spectral image file. */
export interface Level2FileName {
  /** Observation, such as `2025W51_1A_0684_2`: planning period, large slew, small slew. */
  readonly observationId: string;
  /** Planning period, such as `2025W51_1A`. */
  readonly planningPeriod: string;
  /** Number of the large slew in the planning period. */
  readonly largeSlew: number;
  /** Number of the small slew, 1 to 4. */
  readonly smallSlew: number;
  /** Detector number. */
  readonly detector: DetectorNumber;
  /** Processing version, such as `l2b-v21-2025-354`. */
  readonly processingVersion: string;
  /** Number of the processing version, such as 21. */
  readonly versionNumber: number;
  /** Year of the processing. */
  readonly year: number;
  /** Day of the year of the processing, 1 to 366. */
  readonly dayOfYear: number;
  /** Date of the processing, `YYYY-MM-DD`. */
  readonly processingDate: string;
}

const LEVEL2_PATTERN =
  /^level2_(\d{4}W\d{2}_\d[A-Z])_(\d{4})_(\d)D([1-6])_spx_(l2b-v(\d+)-(\d{4})-(\d{3}))\.fits(?:\.gz)?$/;

/** The calendar date of a day of a year, `YYYY-MM-DD`. */
export function dateOfDayOfYear(year: number, dayOfYear: number): string {
  const key = year * 1000 + dayOfYear;
  let date = KNOWN_DATES.get(key);
  if (date === undefined) {
    date = new Date(Date.UTC(year, 0, dayOfYear)).toISOString().slice(0, 10);
    KNOWN_DATES.set(key, date);
  }
  return date;
}

/** Dates that were asked for: the processing dates of a survey are few. */
const KNOWN_DATES = new Map<number, string>();

/** The last part of a path or URL, without its query. */
export function baseName(pathOrUrl: string): string {
  const hasQuery = pathOrUrl.includes("?") || pathOrUrl.includes("#");
  const path = hasQuery ? pathOrUrl.replace(/[?#].*$/, "") : pathOrUrl;
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** Parses the name of a Level-2 file (a path or URL is reduced to its last part); undefined when it is not one. */
export function parseLevel2FileName(pathOrUrl: string): Level2FileName | undefined {
  const match = LEVEL2_PATTERN.exec(baseName(pathOrUrl));
  if (match === null) return undefined;
  const [, planningPeriod, large, small, detector, processingVersion, version, year, day] = match;
  return {
    observationId: `${planningPeriod}_${large}_${small}`,
    planningPeriod: planningPeriod!,
    largeSlew: Number(large),
    smallSlew: Number(small),
    detector: Number(detector) as DetectorNumber,
    processingVersion: processingVersion!,
    versionNumber: Number(version),
    year: Number(year),
    dayOfYear: Number(day),
    processingDate: dateOfDayOfYear(Number(year), Number(day)),
  };
}

/** What the name of a Level-2 file is built from. */
export type Level2FileNameParts = Pick<Level2FileName, "observationId" | "detector" | "processingVersion">;

/** The name of a Level-2 file: `level2_<observation>D<detector>_spx_<processing version>.fits`. */
export function level2FileName(parts: Level2FileNameParts): string {
  return `level2_${parts.observationId}D${parts.detector}_spx_${parts.processingVersion}.fits`;
}

/** The key of a Level-2 file below the archive's root: `qr2/level2/<period>/<version>/<detector>/<file>`. */
export function level2ArchiveKey(release: Release, parts: Level2FileNameParts): string {
  const period = parts.observationId.split("_").slice(0, 2).join("_");
  return [
    release.toLowerCase(),
    "level2",
    period,
    parts.processingVersion,
    parts.detector,
    level2FileName(parts),
  ]
    .join("/");
}
