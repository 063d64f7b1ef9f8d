import type { FootprintRecord } from "../store/footprints.ts";
import { footprintOfRow } from "./footprint_rows.ts";
import type { TapClient, TapOptions } from "./tap_client.ts";
import { TAP_IMAGE_SELECT } from "./tap_images.ts";

/** The images of a collection that are wanted from a TAP service. */
export interface FootprintSlice {
  /** The collection. */
  readonly collection: string;
  /** Exposures that start from here on, MJD. */
  readonly startMjd: number;
  /** Exposures that start before here, MJD. */
  readonly endMjd: number;
  /** Only images released since then, as the archive writes it; null for all. */
  readonly releasedSince: string | null;
}

/** What a service answered for a slice. */
export interface FootprintPage {
  /** The footprints. */
  readonly records: readonly FootprintRecord[];
  /** Rows without an outline and why. */
  readonly skipped: readonly string[];
  /** Whether there are more: the slice has to be asked in smaller ones. */
  readonly overflow: boolean;
}

/** The ADQL for the images of a slice. */
export function footprintSliceAdql({ collection, startMjd, endMjd, releasedSince }: FootprintSlice): string {
  const conditions = [
    `p.time_bounds_lower >= ${startMjd}`,
    `p.time_bounds_lower < ${endMjd}`,
    `o.obs_collection = '${collection.replaceAll("'", "''")}'`,
    ...(releasedSince === null ? [] : [`o.obs_release_date >= '${releasedSince.replaceAll("'", "''")}'`]),
  ];
  return `${TAP_IMAGE_SELECT}\nWHERE ${conditions.join(" AND ")}`;
}

/** Asks a TAP service for the footprints of a slice of time; throws as {@linkcode TapClient.query} does. */
export async function fetchFootprintSlice(
  tap: TapClient,
  slice: FootprintSlice,
  maxRecords: number,
  options: TapOptions = {},
): Promise<FootprintPage> {
  const answer = await tap.query({ adql: footprintSliceAdql(slice), maxRecords }, options);
  const records: FootprintRecord[] = [];
  const skipped: string[] = [];
  for (const row of answer.records) {
    const footprint = footprintOfRow(row);
    if (typeof footprint === "string") skipped.push(footprint);
    else records.push(footprint);
  }
  return { records, skipped, overflow: answer.overflow };
}

/** Cuts a slice into equal parts. */
export function splitSlice({ startMjd, endMjd, ...rest }: FootprintSlice, parts: number): FootprintSlice[] {
  const at = (part: number) => part === parts ? endMjd : startMjd + (endMjd - startMjd) * part / parts;
  return Array.from({ length: parts }, (_, part) => ({ ...rest, startMjd: at(part), endMjd: at(part + 1) }));
}
