import { canonicalJson } from "../core/canonical_json.ts";
import type { JsonValue } from "../core/errors.ts";
import { sha256Hex } from "../files/sha256.ts";
import { baseName, parseLevel2FileName } from "../spherex/file_names.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";

/** A row of an ObsCore table by column name; empty cells are left out. */
export type ObsCoreRow = Readonly<Record<string, JsonValue>>;

/** The path below which the archive's web server and its object store have the same keys. */
const ARCHIVE_ROOT = "/ibe/data/spherex/";

/**
 * Turns a row of a discovery answer into a product, or says in words why it is none:
 * rows without an access URL, and files that are no Level-2 images (calibration products).
 */
export function productOfRow(row: ObsCoreRow, defaultCollection: string): DiscoveredProduct | string {
  const accessUrl = textOf(row.access_url);
  if (accessUrl === null) return `Row ${textOf(row.obs_id) ?? "without name"} has no access_url`;
  const parentFileName = baseName(accessUrl);
  const name = parseLevel2FileName(parentFileName);
  if (name === undefined) return `${parentFileName} is not the name of a Level-2 image`;
  const collection = textOf(row.obs_collection) ?? defaultCollection;
  const cloud = cloudPlace(row.cloud_access, accessUrl);
  const obsPublisherDid = textOf(row.obs_publisher_did);
  const identity = {
    collection,
    dataset: obsPublisherDid ?? accessUrl,
    parent_filename: parentFileName,
    processing_version: name.processingVersion,
  };
  return {
    productSignature: sha256Hex(canonicalJson(identity)),
    collection,
    observationId: name.observationId,
    planningPeriod: name.planningPeriod,
    detector: name.detector,
    processingVersion: name.processingVersion,
    processingDate: name.processingDate,
    parentFileName,
    accessUrl,
    accessFormat: textOf(row.access_format),
    accessEstsizeKb: numberOf(row.access_estsize),
    cloudKey: cloud.key,
    cloudBucket: cloud.bucket,
    cloudRegion: cloud.region,
    bandpassName: textOf(row.energy_bandpassname),
    emMinM: numberOf(row.em_min),
    emMaxM: numberOf(row.em_max),
    emResPower: numberOf(row.em_res_power),
    tMinMjd: numberOf(row.t_min),
    tMaxMjd: numberOf(row.t_max),
    exposureSeconds: numberOf(row.t_exptime),
    centerRightAscensionDeg: numberOf(row.s_ra),
    centerDeclinationDeg: numberOf(row.s_dec),
    sRegion: textOf(row.s_region),
    pixelScaleArcsec: numberOf(row.s_pixel_scale),
    distanceToPointDeg: numberOf(row.dist_to_point),
    obsPublisherDid,
    obsReleaseDate: textOf(row.obs_release_date),
    raw: row,
  };
}

/** Where the object store has the image; the key follows from the URL when the row does not say. */
function cloudPlace(
  value: JsonValue | undefined,
  accessUrl: string,
): { key: string | null; bucket: string | null; region: string | null } {
  const aws = parseCloudAccess(value);
  const path = accessUrl.replace(/[?#].*$/, "");
  const root = path.indexOf(ARCHIVE_ROOT);
  const key = textOf(aws.key) ?? (root < 0 ? null : path.slice(root + ARCHIVE_ROOT.length));
  return { key, bucket: textOf(aws.bucket_name), region: textOf(aws.region) };
}

function parseCloudAccess(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  if (typeof value !== "string") return {};
  try {
    const parsed = JSON.parse(value) as { aws?: Record<string, JsonValue> } | null;
    return typeof parsed?.aws === "object" && parsed.aws !== null ? parsed.aws : {};
  } catch {
    return {};
  }
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function numberOf(value: JsonValue | undefined): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
