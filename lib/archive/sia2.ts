import { isTaggedError, type JsonValue, TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { withoutQuery } from "../net/net_error.ts";
import { queryStatus, resultTable } from "../votable/query_status.ts";
import type { VotableValue } from "../votable/votable_model.ts";
import { parseVotable } from "../votable/votable_parser.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";
import { parseIrsaCsv } from "./irsa_csv.ts";
import { type ObsCoreRow, productOfRow } from "./product_row.ts";

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
  /** Only exposures that touch this window, modified Julian dates. */
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

/** Makes the URL of an SIA2 query (SIA 2.0, section 2.1); throws RangeError for a place that is none. */
export function sia2Url(endpoint: string, query: Sia2Query): string {
  const { rightAscensionDeg, declinationDeg, radiusDeg } = query;
  if (!(rightAscensionDeg >= 0 && rightAscensionDeg < 360) || !(Math.abs(declinationDeg) <= 90)) {
    throw new RangeError(`(${rightAscensionDeg}, ${declinationDeg}) is no place on the sky`);
  }
  if (!(radiusDeg > 0)) throw new RangeError(`A search radius of ${radiusDeg} deg is not positive`);
  const url = new URL(endpoint);
  for (const collection of query.collections) url.searchParams.append("COLLECTION", collection);
  const circle = [rightAscensionDeg, declinationDeg, radiusDeg].map((value) => Number(value.toFixed(10)));
  url.searchParams.set("POS", `circle ${circle.join(" ")}`);
  if (query.timeMjd !== undefined) url.searchParams.set("TIME", query.timeMjd.join(" "));
  if (query.maxRecords !== undefined) url.searchParams.set("MAXREC", String(query.maxRecords));
  url.searchParams.set("RESPONSEFORMAT", query.responseFormat === "csv" ? "CSV" : "VOTABLE");
  return url.href;
}

/**
 * Asks an SIA2 service which Level-2 images touch a circle.
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
): Promise<Sia2Answer> {
  const url = sia2Url(endpoint, query);
  const answer = await client.fetchBytes(url, {
    acceptStatuses: EXPLAINED_STATUSES,
    maxBytes: MAX_ANSWER_BYTES,
    ...(signal === undefined ? {} : { signal }),
    ...(retry === undefined ? {} : { retry }),
  });
  try {
    return parseSia2Answer(answer.bytes, query.maxRecords, query.collections[0] ?? "");
  } catch (error) {
    throw explained(error, url, answer.status);
  }
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
  const head = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  const { records, overflow } = head.startsWith("<") ? votableRecords(body) : csvRecords(body);
  const rows: DiscoveredProduct[] = [];
  const skipped: string[] = [];
  for (const record of records) {
    const product = productOfRow(record, defaultCollection);
    if (typeof product === "string") skipped.push(product);
    else rows.push(product);
  }
  const full = maxRecords !== undefined && maxRecords > 0 && records.length >= maxRecords;
  return { rows, overflow: overflow || full, skipped };
}

function votableRecords(body: Uint8Array): { records: ObsCoreRow[]; overflow: boolean } {
  const document = parseVotable(body);
  const table = resultTable(document);
  const names = table.fields.map((field) => field.name.toLowerCase());
  const records = table.rows.map((row) => {
    const record: Record<string, JsonValue> = {};
    for (const [column, name] of names.entries()) {
      const value = jsonOf(row[column]!);
      if (value !== null && value !== "") record[name] = value;
    }
    return record;
  });
  return { records, overflow: queryStatus(document).status === "OVERFLOW" };
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

function jsonOf(value: VotableValue): JsonValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((element) => jsonOf(element as VotableValue));
  return value as string | boolean | null;
}

function explained(error: unknown, url: string, status: number): unknown {
  const context = { url: withoutQuery(url), status };
  if (isTaggedError(error, "votable/query-error")) {
    return new TaggedError(
      "discovery/query-refused",
      `${withoutQuery(url)} refused the query: ${String(error.context.message)}`,
      {
        context,
        cause: error,
        hint: "Check the coordinates and collections with: spxcutdb config show --effective",
      },
    );
  }
  if (isTaggedError(error, "votable") || isTaggedError(error, "archive")) {
    return new TaggedError(
      "discovery/bad-answer",
      `${
        withoutQuery(url)
      } answered (status ${status}) with something that is no SIA2 answer: ${error.message}`,
      { context, cause: error, hint: "The service may be down for maintenance; try again later" },
    );
  }
  return error;
}
