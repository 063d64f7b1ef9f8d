import type { ArchiveTree } from "./archive_tree.ts";
import { offersTouching } from "./offered_image.ts";
import { type Reply, textReply } from "./reply.ts";
import { siaRow } from "./sia_row.ts";
import type { Simulation } from "./simulation.ts";
import type { ArchivePlaces } from "./archive_places.ts";
import { encodeSiaCsv, encodeSiaError, encodeSiaVotable, type SiaRow } from "./sia_table.ts";

/** Largest search radius around which a query counts as one for a single source, degrees. */
const SINGLE_SOURCE_DEG = 10 / 3600;
const DEFAULT_MAX_RECORDS = 100_000;

/** A query as a client puts it. */
interface SiaQuery {
  readonly rightAscensionDeg: number;
  readonly declinationDeg: number;
  readonly radiusDeg: number;
  readonly collections: ReadonlySet<string> | undefined;
  readonly timeMjd: readonly [number, number] | undefined;
  readonly bandMetres: readonly [number, number] | undefined;
  readonly maxRecords: number;
}

/** What an SIA2 service answers from. */
export interface SiaContent {
  /** The images. */
  readonly simulation: Simulation;
  /** Their files. */
  readonly tree: ArchiveTree;
  /** Where URLs begin. */
  readonly places: ArchivePlaces;
  /** Images released later are unknown. */
  readonly releasedUntilMjd: number;
  /** Where access URLs lead. */
  readonly accessUrls: "files" | "datalink";
}

/** Answers an SIA2 query. */
export function siaReply(query: URLSearchParams, content: SiaContent): Reply {
  const { simulation, tree, places, releasedUntilMjd } = content;
  const parsed = parseQuery(query);
  if (typeof parsed === "string") {
    return textReply(400, "application/x-votable+xml", encodeSiaError(parsed));
  }
  const { rightAscensionDeg, declinationDeg, radiusDeg } = parsed;
  if (radiusDeg <= SINGLE_SOURCE_DEG) simulation.requestTarget(rightAscensionDeg, declinationDeg);
  const rows: SiaRow[] = [];
  let overflow = false;
  for (const { image, collection } of offersTouching(simulation.survey, parsed, releasedUntilMjd)) {
    const files = siaRow(image, collection, tree, places.ibeBaseUrl, rows.length + 1);
    const row = content.accessUrls === "files" ? files : datalinkRow(files, places);
    if (!isWanted(row, parsed)) continue;
    overflow = rows.length >= parsed.maxRecords;
    if (overflow) break;
    rows.push(row);
  }
  const format = (query.get("RESPONSEFORMAT") ?? "VOTABLE").toUpperCase();
  return format.includes("CSV")
    ? textReply(200, "text/csv", encodeSiaCsv(rows))
    : textReply(200, "application/x-votable+xml", encodeSiaVotable(rows, overflow));
}

/** A row that leads to the DataLink document of its image. */
function datalinkRow({ cloud_access: _cloud, ...row }: SiaRow, { datalinkUrl }: ArchivePlaces): SiaRow {
  const access_url = `${datalinkUrl}?ID=${encodeURIComponent(String(row["obs_publisher_did"]))}`;
  return { ...row, access_url, access_format: "application/x-votable+xml;content=datalink" };
}

function isWanted(row: SiaRow, { collections, timeMjd, bandMetres }: SiaQuery): boolean {
  if (collections !== undefined && !collections.has(row["obs_collection"] as string)) return false;
  if (timeMjd !== undefined && (Number(row["t_max"]) < timeMjd[0] || Number(row["t_min"]) > timeMjd[1])) {
    return false;
  }
  return bandMetres === undefined ||
    (Number(row["em_max"]) >= bandMetres[0] && Number(row["em_min"]) <= bandMetres[1]);
}

function parseQuery(query: URLSearchParams): SiaQuery | string {
  const position = (query.get("POS") ?? "").trim().split(/\s+/);
  if (position[0]?.toLowerCase() !== "circle" || position.length !== 4) {
    return "UsageFault: BAD_REQUEST: POS must be CIRCLE <longitude> <latitude> <radius>";
  }
  const [ra, dec, radius] = position.slice(1).map(Number) as [number, number, number];
  if (!(ra >= 0 && ra <= 360)) {
    return `UsageFault: BAD_REQUEST: ra value ${ra} lies outside valid interval [0, 360]`;
  }
  if (!(dec >= -90 && dec <= 90)) {
    return `UsageFault: BAD_REQUEST: dec value ${dec} lies outside valid interval [-90, 90]`;
  }
  if (!(radius >= 0)) return `UsageFault: BAD_REQUEST: radius ${position[3]} is not a number of degrees`;
  const maxRecords = query.get("MAXREC") === null ? DEFAULT_MAX_RECORDS : Number(query.get("MAXREC"));
  if (!(maxRecords >= 0)) {
    return `UsageFault: BAD_REQUEST: MAXREC ${query.get("MAXREC")} is not a number of records`;
  }
  const collections = query.getAll("COLLECTION");
  return {
    rightAscensionDeg: ra,
    declinationDeg: dec,
    radiusDeg: radius,
    collections: collections.length === 0 ? undefined : new Set(collections),
    timeMjd: interval(query.get("TIME")),
    bandMetres: interval(query.get("BAND")),
    maxRecords,
  };
}

function interval(text: string | null): [number, number] | undefined {
  if (text === null) return undefined;
  const [low, high] = text.trim().split(/\s+/).map((part) =>
    /inf/i.test(part) ? (part.startsWith("-") ? -Infinity : Infinity) : Number(part)
  );
  return low === undefined || Number.isNaN(low) ? undefined : [low, high ?? low];
}
