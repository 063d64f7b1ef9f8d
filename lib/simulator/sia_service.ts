import { bandOfDetector, DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import type { ArchiveTree } from "./archive_tree.ts";
import { detectorModel } from "./detector_model.ts";
import { type Reply, textReply } from "./reply.ts";
import { HALF_EXPOSURE_DAYS } from "./exposure_time.ts";
import type { Simulation } from "./simulation.ts";
import { encodeSiaCsv, encodeSiaError, encodeSiaVotable, type SiaRow } from "./sia_table.ts";
import type { SurveyImage } from "./survey.ts";
import { dateOfMjd } from "./visits.ts";

/** Largest search radius around which a query counts as one for a single source, degrees. */
const SINGLE_SOURCE_DEG = 10 / 3600;
const DEFAULT_MAX_RECORDS = 100_000;
const OUTER_CORNERS = [[-0.5, -0.5], [2039.5, -0.5], [2039.5, 2039.5], [-0.5, 2039.5]] as const;

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

/** Answers an SIA2 query; `ibeBaseUrl` is where the access URLs point. */
export function siaReply(
  simulation: Simulation,
  tree: ArchiveTree,
  ibeBaseUrl: string,
  query: URLSearchParams,
): Reply {
  const parsed = parseQuery(query);
  if (typeof parsed === "string") {
    return textReply(400, "application/x-votable+xml", encodeSiaError(parsed));
  }
  const { rightAscensionDeg, declinationDeg, radiusDeg } = parsed;
  if (radiusDeg <= SINGLE_SOURCE_DEG) simulation.requestTarget(rightAscensionDeg, declinationDeg);
  const marginPixels = radiusDeg * 3600 / PIXEL_SCALE_ARCSEC;
  const rows: SiaRow[] = [];
  let overflow = false;
  for (const { image } of simulation.survey.imagesCovering(rightAscensionDeg, declinationDeg, marginPixels)) {
    const row = siaRow(image, tree, ibeBaseUrl, rows.length + 1);
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

/** The row of an image in answers of SIA2, TAP and DataLink, with the archive's column names. */
export function siaRow(image: SurveyImage, tree: ArchiveTree, ibeBaseUrl: string, number: number): SiaRow {
  const { exposure, detector, archiveKey, wcs } = image;
  const wavelengths = detectorModel(detector).wavelengthMicron.flat();
  const center = wcs.pixelToSky((DETECTOR_SIZE_PIXELS - 1) / 2, (DETECTOR_SIZE_PIXELS - 1) / 2);
  const corners = [...OUTER_CORNERS, OUTER_CORNERS[0]].map(([x, y]) => {
    const sky = wcs.pixelToSky(x, y);
    return `${sky.rightAscensionDeg} ${sky.declinationDeg}`;
  });
  const collection = `spherex_${exposure.visit.release.toLowerCase()}`;
  const released = dateOfMjd(exposure.visit.startMjd + 30).toISOString().replace("T", " ").slice(0, 19);
  return {
    s_ra: center.rightAscensionDeg,
    s_dec: center.declinationDeg,
    facility_name: "SPHEREx",
    instrument_name: "SPHEREx",
    dataproduct_subtype: "science",
    calib_level: 2,
    dataproduct_type: "image",
    energy_bandpassname: `SPHEREx-D${detector}`,
    energy_emband: "Infrared",
    obs_id: exposure.observationId,
    s_resolution: "3.075000",
    em_min: metres(Math.min(...wavelengths)),
    em_max: metres(Math.max(...wavelengths)),
    em_res_power: bandOfDetector(detector).resolvingPower.toFixed(6),
    proposal_title: "SPHEREx LVF Survey Data",
    access_url: `${ibeBaseUrl}/${archiveKey}`,
    access_format: "image/fits",
    access_estsize: Math.ceil(tree.parentByteLength(image) / 1000),
    t_exptime: "113.582600",
    s_region: `POLYGON ICRS ${corners.join(" ")}`,
    obs_collection: collection,
    obs_intent: "science",
    algorithm_name: "exposure",
    proposal_project: "SPHEREx",
    target_name: `SPS_${exposure.key}`,
    target_type: "field",
    target_standard: 0,
    target_moving: 0,
    obs_release_date: released,
    s_xel1: DETECTOR_SIZE_PIXELS,
    s_xel2: DETECTOR_SIZE_PIXELS,
    s_pixel_scale: "6.150000",
    position_timedependent: 0,
    t_min: exposure.mjdBegin.toFixed(6),
    t_max: (exposure.mjdBegin + 2 * HALF_EXPOSURE_DAYS).toFixed(6),
    obs_publisher_did: `ivo://irsa.ipac/${collection}?${exposure.observationId}/D${detector}`,
    s_fov: "3.4849999999999999",
    cloud_access:
      `{"aws": {"bucket_name": "nasa-irsa-spherex", "key":"${archiveKey}", "region": "us-east-1"}}`,
    upload_row_id: number,
  };
}

/** A wavelength as the archive writes it, such as `1.63010e-06`. */
function metres(wavelengthMicron: number): string {
  return (wavelengthMicron * 1e-6).toExponential(5).replace(/e-(\d)$/, "e-0$1");
}
