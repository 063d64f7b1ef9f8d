import { canonicalJson } from "../core/canonical_json.ts";
import type { JsonValue } from "../core/errors.ts";
import { outlineText, parseOutline } from "../spherex/image_footprint.ts";
import type { FootprintRecord } from "../store/footprints.ts";
import type { ObsCoreRow } from "./product_row.ts";

/** Columns whose values many images share; they are kept once. */
const SHARED_COLUMNS = [
  "energy_bandpassname",
  "em_min",
  "em_max",
  "em_res_power",
  "t_exptime",
  "s_pixel_scale",
] as const;

/** The footprint of a row of {@linkcode TAP_IMAGE_SELECT}, or why it has none. */
export function footprintOfRow(row: ObsCoreRow): FootprintRecord | string {
  const { uri, obs_publisher_did: dataset, obs_collection: collection } = row;
  if (typeof uri !== "string" || typeof dataset !== "string" || typeof collection !== "string") {
    return `Row ${String(dataset ?? uri ?? "without name")} lacks its file, identifier or collection`;
  }
  const outlineDeg = parseOutline(String(row["s_region"] ?? ""));
  if (outlineDeg === undefined) return `${dataset} has the outline "${String(row["s_region"] ?? "")}"`;
  const cut = uri.lastIndexOf("/") + 1;
  const shared: Record<string, JsonValue> = { folder: uri.slice(0, cut), obs_collection: collection };
  for (const name of SHARED_COLUMNS) if (row[name] !== undefined) shared[name] = row[name];
  return {
    collection,
    kindJson: canonicalJson(shared),
    fileName: uri.slice(cut),
    dataset,
    outlineDeg,
    centerRaDeg: numberOf(row["s_ra"]),
    centerDecDeg: numberOf(row["s_dec"]),
    startMjd: numberOf(row["t_min"]),
    endMjd: numberOf(row["t_max"]),
    sizeKb: numberOf(row["access_estsize"]),
    releasedAt: typeof row["obs_release_date"] === "string" ? row["obs_release_date"] : null,
  };
}

/** The row of a footprint, as the archive gave it. */
export function rowOfFootprint(record: FootprintRecord): ObsCoreRow {
  const { folder, ...shared } = JSON.parse(record.kindJson) as Record<string, JsonValue>;
  const row: Record<string, JsonValue | null> = {
    ...shared,
    uri: `${String(folder)}${record.fileName}`,
    obs_publisher_did: record.dataset,
    s_region: outlineText(record.outlineDeg),
    s_ra: record.centerRaDeg,
    s_dec: record.centerDecDeg,
    t_min: record.startMjd,
    t_max: record.endMjd,
    access_estsize: record.sizeKb,
    obs_release_date: record.releasedAt,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

function numberOf(value: JsonValue | undefined): number | null {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
