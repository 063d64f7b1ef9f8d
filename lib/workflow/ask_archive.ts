import type { DiscoveredProduct } from "../archive/discovered_product.ts";
import { findImages, type FoundImages, type ImageSearch } from "../archive/find_images.ts";
import type { Config } from "../config/schema.ts";
import type { UnitVector } from "../math/sphere.ts";
import { coversCircle, parseFootprint } from "../spherex/image_footprint.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { DiscoveryQuestion } from "./discovery_questions.ts";

/** The answer for one source, or the error that kept the archive from answering; nothing is stored yet. */
export interface SourceAnswer {
  /** The source. */
  readonly source: SourceRecord;
  /** The collections that were asked. */
  readonly collections: readonly string[];
  /** The answer; undefined when none was needed. */
  readonly answer?: FoundImages;
  /** Why there is no answer. */
  readonly error?: unknown;
}

/** Asks the archive a question, and tells the answer source by source. Never rejects, except when it is stopped. */
export async function askArchive(
  question: DiscoveryQuestion,
  search: ImageSearch,
  config: Config["discovery"],
): Promise<SourceAnswer[]> {
  const { sources, collections, radiusDeg } = question;
  if (collections.length === 0) return sources.map((source) => ({ source, collections }));
  try {
    const [center] = sources as [SourceRecord];
    const found = await findImages(search, {
      collections,
      rightAscensionDeg: center.rightAscensionDeg,
      declinationDeg: center.declinationDeg,
      radiusDeg,
      maxRecords: config.maxrec_per_source_collection,
      responseFormat: config.response_format,
    });
    if (sources.length === 1) return [{ source: center, collections, answer: found }];
    const shares = sharesOf(found, sources, config.search_radius_arcsec / 3600);
    if (shares !== undefined) return shares.map((share) => ({ ...share, collections }));
  } catch (error) {
    if (search.signal?.aborted) throw error;
    return sources.map((source) => ({ source, collections, error }));
  }
  // Without outlines nobody can tell whose images are whose.
  const alone = { collections, radiusDeg: config.search_radius_arcsec / 3600 };
  const answers: SourceAnswer[] = [];
  for (const source of sources) {
    answers.push(...await askArchive({ ...alone, sources: [source] }, search, config));
  }
  return answers;
}

/** The images of a common answer that touch the search circle of each source; undefined when an image has no outline. */
function sharesOf(
  found: FoundImages,
  sources: readonly SourceRecord[],
  radiusDeg: number,
): { source: SourceRecord; answer: FoundImages }[] | undefined {
  const outlined: { readonly row: DiscoveredProduct; readonly footprint: readonly UnitVector[] }[] = [];
  for (const row of found.rows) {
    const footprint = parseFootprint(row.sRegion ?? "");
    if (footprint === undefined) return undefined;
    outlined.push({ row: { ...row, distanceToPointDeg: null }, footprint });
  }
  return sources.map((source) => {
    const { rightAscensionDeg, declinationDeg } = source;
    const rows = outlined.filter(({ footprint }) =>
      coversCircle(footprint, rightAscensionDeg, declinationDeg, radiusDeg)
    ).map(({ row }) => row);
    return { source, answer: { ...found, rows } };
  });
}
