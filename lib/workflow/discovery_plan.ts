import type { Config } from "../config/schema.ts";
import { openFootprintDatabase } from "../store/footprints.ts";
import type { SourceSelection } from "../store/sources.ts";
import { discoveryQuestions } from "./discovery_questions.ts";
import { staleCollections } from "./footprint_index.ts";
import type { Project } from "./project.ts";

/** Under which name a project keeps what a source costs: asked of services, or of the index. */
export type DiscoveryCost = "discover" | "discover_index";

/** What a discovery would ask. */
export interface DiscoveryPlan {
  /** Sources selected. */
  readonly sources: number;
  /** Sources that were answered before and are left out. */
  readonly skippedSources: number;
  /** Pairs of source and collection that lack an answer. */
  readonly items: number;
  /** Requests by host, when no answer is cut short and no request fails. */
  readonly requests: Readonly<Record<string, number>>;
  /** Seconds at the speed of earlier discoveries; null when there was none, and when the index has rows to fetch. */
  readonly expectedSeconds: number | null;
}

/** Says what a discovery of the selected sources would ask, without asking. */
export function planDiscovery(project: Project, selection: SourceSelection, resume: boolean): DiscoveryPlan {
  const config = project.config.discovery;
  const sources = [...project.sources.iterate(selection)];
  const groupRadiusDeg = config.use_index ? 0 : config.group_radius_arcsec / 3600;
  const questions = discoveryQuestions(sources, project, { resume, groupRadiusDeg });
  const open = questions.filter(({ collections }) => collections.length > 0);
  const asked = open.reduce((sum, question) => sum + question.sources.length, 0);
  const endpoint = config.use_index ? config.tap_endpoint : config.sia_endpoint;
  const requests = config.use_index ? collectionsToFetch(project.paths.footprints, config) : open.length;
  const cost: DiscoveryCost = config.use_index ? "discover_index" : "discover";
  const isDownload = config.use_index && requests > 0;
  const secondsPerSource = isDownload ? undefined : project.runs.secondsPerItem(cost);
  return {
    sources: sources.length,
    skippedSources: sources.length - asked,
    items: open.reduce((sum, question) => sum + question.sources.length * question.collections.length, 0),
    requests: requests === 0 ? {} : { [new URL(endpoint).host]: requests },
    expectedSeconds: secondsPerSource === undefined ? null : secondsPerSource * asked,
  };
}

/** How many collections the index of footprints has to ask for: one request each, or more where there is much to fetch. */
function collectionsToFetch(path: string, config: Config["discovery"]): number {
  if (!isFile(path)) return config.collections.length;
  using database = openFootprintDatabase(path, { readOnly: true });
  return staleCollections(database, config).length;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
