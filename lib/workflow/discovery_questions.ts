import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import { angularSeparationDeg, unitVector } from "../math/sphere.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { Project } from "./project.ts";

/** What is asked of the archive at once. */
export interface DiscoveryQuestion {
  /** The sources that the answer is for; the first one is the centre. */
  readonly sources: readonly SourceRecord[];
  /** The collections that have not answered for them yet; none when nothing has to be asked. */
  readonly collections: readonly string[];
  /** Radius around the first source that holds the search circles of all, degrees. */
  readonly radiusDeg: number;
}

/** A source and what is still open for it. */
interface OpenSource {
  readonly source: SourceRecord;
  readonly collections: readonly string[];
  isTaken: boolean;
}

/** Hash of what is asked for a source; an answer to another question does not count. */
export function queryHash(source: SourceRecord, project: Project): string {
  const config = project.config.discovery;
  return sha256Hex(canonicalJson({
    ra_deg: source.rightAscensionDeg,
    dec_deg: source.declinationDeg,
    radius_arcsec: config.search_radius_arcsec,
    maxrec: config.maxrec_per_source_collection,
  }));
}

/** Whether the archive was asked for a source at another place, or in another circle, than it would be now. */
export function hasOutdatedAnswer(source: SourceRecord, project: Project): boolean {
  const hash = queryHash(source, project);
  const answers = project.products.answeredQueries(source.sourceId);
  return project.config.discovery.collections.some((collection) => {
    const answer = answers.get(collection);
    return answer !== undefined && answer.queryHash !== hash;
  });
}

/** The collections that have not answered this very question yet; all of them without `resume`. */
export function openCollections(source: SourceRecord, project: Project, resume: boolean): string[] {
  const { collections } = project.config.discovery;
  if (!resume) return [...collections];
  const answered = project.products.answeredQueries(source.sourceId);
  const hash = queryHash(source, project);
  return collections.filter((collection) => answered.get(collection)?.queryHash !== hash);
}

/**
 * Puts sources that lie close to each other, and lack the same collections, into one question each: a source with all
 * within `groupRadiusDeg` of it. Sources that lack nothing make questions without collections.
 */
export function discoveryQuestions(
  sources: readonly SourceRecord[],
  project: Project,
  { resume, groupRadiusDeg }: { readonly resume: boolean; readonly groupRadiusDeg: number },
): DiscoveryQuestion[] {
  const searchRadiusDeg = project.config.discovery.search_radius_arcsec / 3600;
  const open = sources.map((source) => ({
    source,
    collections: openCollections(source, project, resume),
    isTaken: false,
  }));
  const near = groupRadiusDeg > 0 ? neighbourhood(open, groupRadiusDeg) : undefined;
  const questions: DiscoveryQuestion[] = [];
  for (const center of open) {
    if (center.isTaken) continue;
    const members = [center, ...(center.collections.length === 0 ? [] : near?.(center) ?? [])];
    for (const member of members) member.isTaken = true;
    const reach = Math.max(...members.map(({ source }) => separationDeg(center.source, source)));
    questions.push({
      sources: members.map(({ source }) => source),
      collections: center.collections,
      radiusDeg: reach + searchRadiusDeg,
    });
  }
  return questions;
}

/** Finds the sources near another one that are not taken and lack the same: by cells on the unit sphere. */
function neighbourhood(
  open: readonly OpenSource[],
  radiusDeg: number,
): (center: OpenSource) => OpenSource[] {
  const size = 2 * Math.sin(radiusDeg * Math.PI / 360);
  const cellOf = ({ source }: OpenSource) =>
    unitVector(source.rightAscensionDeg, source.declinationDeg).map((value) => Math.floor(value / size));
  const cells = Map.groupBy(open, (one) => cellOf(one).join(" "));
  return (center) => {
    const [x, y, z] = cellOf(center) as [number, number, number];
    const wanted = center.collections.join(" ");
    const steps = [-1, 0, 1];
    return steps.flatMap((dx) =>
      steps.flatMap((dy) => steps.flatMap((dz) => cells.get(`${x + dx} ${y + dy} ${z + dz}`) ?? []))
    )
      .filter((one) =>
        one !== center && !one.isTaken && one.collections.join(" ") === wanted &&
        separationDeg(center.source, one.source) <= radiusDeg
      );
  };
}

function separationDeg(a: SourceRecord, b: SourceRecord): number {
  return angularSeparationDeg(a.rightAscensionDeg, a.declinationDeg, b.rightAscensionDeg, b.declinationDeg);
}
