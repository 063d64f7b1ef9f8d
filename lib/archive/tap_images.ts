import { withoutSecrets } from "../core/public_text.ts";
import { type ObsCoreRow, productOfRow } from "./product_row.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";
import { checkedCircle, type Sia2Answer, type Sia2Query } from "./sia2.ts";
import type { TapClient, TapOptions } from "./tap_client.ts";

/** The columns of `spherex.obscore` that make a product; its access URLs lead to DataLink documents, not to files. */
const OBSCORE_COLUMNS = [
  "obs_publisher_did",
  "obs_collection",
  "obs_id",
  "s_ra",
  "s_dec",
  "s_region",
  "s_pixel_scale",
  "t_min",
  "t_max",
  "t_exptime",
  "em_min",
  "em_max",
  "em_res_power",
  "energy_bandpassname",
  "access_estsize",
  "obs_release_date",
] as const;

/** What image queries select and from where: files with the rows that describe them. */
export const TAP_IMAGE_SELECT = `SELECT a.uri, ${OBSCORE_COLUMNS.map((name) => `o.${name}`).join(", ")}
FROM spherex.artifact a JOIN spherex.plane p ON a.planeid = p.planeid
JOIN spherex.obscore o ON o.obs_publisher_did = p.obs_publisher_did`;

/** The ADQL for the images of collections that touch a circle, the question that {@linkcode sia2Url} puts to SIA2. */
export function tapImagesAdql(query: Omit<Sia2Query, "responseFormat">): string {
  const circle = checkedCircle(query).join(", ");
  // The region of obscore cannot be compared inside a join, that of plane can.
  const conditions = [
    `1 = INTERSECTS(p.poly, CIRCLE('ICRS', ${circle}))`,
    `o.obs_collection IN (${query.collections.map(quoted).join(", ")})`,
  ];
  const [low, high] = query.timeMjd ?? [-Infinity, Infinity];
  if (Number.isFinite(low)) conditions.push(`p.time_bounds_upper >= ${low}`);
  if (Number.isFinite(high)) conditions.push(`p.time_bounds_lower <= ${high}`);
  return `${TAP_IMAGE_SELECT}\nWHERE ${conditions.join(" AND ")}`;
}

/**
 * Asks a TAP service which Level-2 images touch a circle: at once and, where that fails, by a job. The products are those
 * that SIA2 answers with. Throws as {@linkcode TapClient.query} does.
 */
export async function queryTapImages(
  tap: TapClient,
  query: Omit<Sia2Query, "responseFormat">,
  options: TapOptions = {},
): Promise<Sia2Answer> {
  const { maxRecords } = query;
  const limit = maxRecords === undefined ? {} : { maxRecords };
  const { records, overflow } = await tap.query({ adql: tapImagesAdql(query), ...limit }, options);
  const rows: DiscoveredProduct[] = [];
  const skipped: string[] = [];
  for (const record of records) {
    const product = productOfTapRow(record, tap.endpoint);
    if (typeof product === "string") skipped.push(product);
    else rows.push(product);
  }
  return { rows, overflow, skipped };
}

/**
 * The product of a row that {@linkcode TAP_IMAGE_SELECT} gives, or why it is none. Files are on the service's host; their
 * addresses, which are stored, have none of its credentials.
 */
export function productOfTapRow(record: ObsCoreRow, endpoint: string): DiscoveredProduct | string {
  const { uri, ...row } = record;
  if (typeof uri !== "string") return productOfRow(row, "");
  const host = withoutSecrets(endpoint);
  return productOfRow({ ...row, access_url: new URL(`/${uri.replace(/^\/+/, "")}`, host).href }, "");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
