import { type JsonValue, TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { explainedAnswerError } from "./answer_error.ts";
import { DatalinkResolver } from "./datalink_resolver.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";
import { parseIrsaCsv } from "./irsa_csv.ts";
import { withFileUrls } from "./linked_rows.ts";
import { type ObsCoreRow, productOfRow } from "./product_row.ts";
import { type AnsweredRecords, votableRecords } from "./votable_records.ts";

/** What to ask of an SIA2 service. */
export interface Sia2Query {
  /** Collections, such as `spherex_qr2`. */
  readonly collections: readonly string[];
  /** Right ascension of the place in degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the place in degrees. */
  readonly declinationDeg: number;
  /** Radius of the circle in degrees. */
  readonly radiusDeg: number;
  /** Most rows the service may give. */
  readonly maxRecords?: number;
  /** Only exposures that touch this window, modified Julian dates; infinite bounds leave it open. */
  readonly timeMjd?: readonly [number, number];
  /** Format to ask for. */
  readonly responseFormat: "votable" | "csv";
}

/** What the service answered. */
export interface Sia2Answer {
  /** The Level-2 images, in the service's order. */
  readonly rows: readonly DiscoveredProduct[];
  /** Whether the service had more rows than it gave. */
  readonly overflow: boolean;
  /** Rows that are no Level-2 image and why. */
  readonly skipped: readonly string[];
}

/** The statuses with which services send their own explanation as a VOTable. */
const EXPLAINED_STATUSES = [400, 422];
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

/** Centre and radius of a query's circle, degrees to ten digits; throws RangeError for a place that is none. */
export function checkedCircle(
  query: Pick<Sia2Query, "rightAscensionDeg" | "declinationDeg" | "radiusDeg">,
): number[] {
  const { rightAscensionDeg, declinationDeg, radiusDeg } = query;
  if (!(rightAscensionDeg >= 0 && rightAscensionDeg < 360) || !(Math.abs(declinationDeg) <= 90)) {
    throw new RangeError(`(${rightAscensionDeg}, ${declinationDeg}) is no place on the sky`);
  }
  if (!(radiusDeg > 0)) throw new RangeError(`A search radius of ${radiusDeg} deg is not positive`);
  return [rightAscensionDeg, declinationDeg, radiusDeg].map((value) => Number(value.toFixed(10)));
}

/** Makes the URL of an SIA2 query (SIA 2.0, section 2.1); throws RangeError for a place that is none. */
export function sia2Url(endpoint: string, query: Sia2Query): string {
  const circle = checkedCircle(query);
  const url = new URL(endpoint);
  for (const collection of query.collections) url.searchParams.append("COLLECTION", collection);
  url.searchParams.set("POS", `circle ${circle.join(" ")}`);
  if (query.timeMjd !== undefined) url.searchParams.set("TIME", query.timeMjd.map(boundText).join(" "));
  if (query.maxRecords !== undefined) url.searchParams.set("MAXREC", String(query.maxRecords));
  url.searchParams.set("RESPONSEFORMAT", query.responseFormat === "csv" ? "CSV" : "VOTABLE");
  return url.href;
}

/** A bound of an interval as DALI writes it. */
function boundText(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : bound < 0 ? "-Inf" : "+Inf";
}

/**
 * Asks an SIA2 service which Level-2 images touch a circle. Access URLs that lead to DataLink documents are resolved to
 * those of files, by `resolver` when it is given.
 *
 * Throws `discovery/query-refused` when the service reports an error of the query, `discovery/bad-answer` when the
 * answer cannot be read, and the client's `net/...` errors. `retry` replaces parts of the client's policy.
 */
export async function querySia2(
  client: HttpClient,
  endpoint: string,
  query: Sia2Query,
  signal?: AbortSignal,
  retry?: Partial<RetryPolicy>,
  resolver: DatalinkResolver = new DatalinkResolver(client),
): Promise<Sia2Answer> {
  const url = sia2Url(endpoint, query);
  const answer = await client.fetchBytes(url, {
    acceptStatuses: EXPLAINED_STATUSES,
    maxBytes: MAX_ANSWER_BYTES,
    ...(signal === undefined ? {} : { signal }),
    ...(retry === undefined ? {} : { retry }),
  });
  let records: AnsweredRecords;
  try {
    records = answeredRecords(answer.bytes, query.maxRecords);
  } catch (error) {
    throw explainedAnswerError(error, "SIA2", url, answer.status);
  }
  const linked = await withFileUrls(records.records, resolver, { signal, retry });
  const products = productsOf(linked.records, query.collections[0] ?? "");
  return { ...products, overflow: records.overflow, skipped: [...linked.skipped, ...products.skipped] };
}

/**
 * Reads an SIA2 answer, VOTable or the archive's CSV; the first character tells which, because a service may
 * refuse a query for CSV with a VOTable.
 *
 * Throws `votable/...` and `archive/bad-answer`.
 */
export function parseSia2Answer(
  body: Uint8Array,
  maxRecords: number | undefined,
  defaultCollection = "",
): Sia2Answer {
  const { records, overflow } = answeredRecords(body, maxRecords);
  return { ...productsOf(records, defaultCollection), overflow };
}

function answeredRecords(body: Uint8Array, maxRecords: number | undefined): AnsweredRecords {
  const head = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  const { records, overflow } = head.startsWith("<") ? votableRecords(body) : csvRecords(body);
  const isFull = maxRecords !== undefined && maxRecords > 0 && records.length >= maxRecords;
  return { records, overflow: overflow || isFull };
}

function productsOf(
  records: readonly ObsCoreRow[],
  defaultCollection: string,
): { rows: DiscoveredProduct[]; skipped: string[] } {
  const rows: DiscoveredProduct[] = [];
  const skipped: string[] = [];
  for (const record of records) {
    const product = productOfRow(record, defaultCollection);
    if (typeof product === "string") skipped.push(product);
    else rows.push(product);
  }
  return { rows, skipped };
}

function csvRecords(body: Uint8Array): { records: ObsCoreRow[]; overflow: boolean } {
  const { columns, rows } = parseIrsaCsv(new TextDecoder().decode(body));
  if (!columns.includes("access_url")) {
    throw new TaggedError("archive/bad-answer", `The answer begins with "${columns.join(",").slice(0, 80)}"`);
  }
  const records = rows.map((cells) => {
    const record: Record<string, JsonValue> = {};
    for (const [column, cell] of cells.entries()) {
      if (cell !== "") record[columns[column]!] = cell;
    }
    return record;
  });
  return { records, overflow: false };
}
