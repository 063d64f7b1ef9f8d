import { coversCircle, parseFootprint } from "../spherex/image_footprint.ts";
import type { ArchivePlaces } from "./archive_places.ts";
import type { ArchiveTree } from "./archive_tree.ts";
import type { AdqlCircle, AdqlRow, AdqlValue } from "./adql_query.ts";
import { HALF_EXPOSURE_DAYS } from "./exposure_time.ts";
import { type OfferedImage, outlineOf } from "./offered_image.ts";
import { siaRow } from "./sia_row.ts";
import { SIA_COLUMNS, type SiaRow, type TableColumn } from "./sia_table.ts";

/** Columns that SIA2 answers have and `obscore` has not. */
const NOT_IN_OBSCORE = new Set(["cloud_access", "upload_row_id"]);

/** The tables that hold the images, with their columns; the real ones have more. */
export const TAP_TABLES: Readonly<Record<string, readonly TableColumn[]>> = {
  "spherex.obscore": SIA_COLUMNS.filter(([name]) => !NOT_IN_OBSCORE.has(name)),
  "spherex.plane": [
    ["planeid", "char"],
    ["obsid", "char"],
    ["obs_publisher_did", "char"],
    ["energy_bandpassname", "char"],
    ["energy_bounds_lower", "double", "m"],
    ["energy_bounds_upper", "double", "m"],
    ["time_bounds_lower", "double", "d"],
    ["time_bounds_upper", "double", "d"],
    ["time_exposure", "double", "s"],
    ["provenance_version", "char"],
    ["dataproducttype", "char"],
    ["calibrationlevel", "int"],
    ["poly", "char"],
  ],
  "spherex.artifact": [["planeid", "char"], ["uri", "char"], ["producttype", "char"], [
    "contenttype",
    "char",
  ]],
  "spherex.observation": [["obsid", "char"], ["observationid", "char"], ["collection", "char"]],
};

/** The columns that tell the collections and detectors of one observation apart. */
function identityOf({ image, collection }: OfferedImage): { obsid: string; planeid: string } {
  const obsid = `${collection}-${image.exposure.key}`;
  return { obsid, planeid: `${obsid}-${image.detector}` };
}

/** The joined row of one image in all tables; values are made when they are asked for. */
export class ImageTapRow implements AdqlRow {
  readonly #offered: OfferedImage;
  readonly #tree: ArchiveTree;
  readonly #places: ArchivePlaces;
  #obscore: SiaRow | undefined;

  /** The row of an image in one of its collections. */
  constructor(offered: OfferedImage, tree: ArchiveTree, places: ArchivePlaces) {
    this.#offered = offered;
    this.#tree = tree;
    this.#places = places;
  }

  value(table: string, column: string): AdqlValue {
    const { image, collection } = this.#offered;
    // Conditions on time are asked of every row of a table.
    if (column === "t_min" || column === "time_bounds_lower") {
      return Number(image.exposure.mjdBegin.toFixed(6));
    }
    if (column === "t_max" || column === "time_bounds_upper") {
      return Number((image.exposure.mjdBegin + 2 * HALF_EXPOSURE_DAYS).toFixed(6));
    }
    if (column === "obs_collection" || column === "collection") return collection;
    if (table === "spherex.obscore") return this.#obscoreValue(column);
    return this.#caomValue(column);
  }

  touches(_table: string, _column: string, circle: AdqlCircle): boolean {
    const footprint = parseFootprint(outlineOf(this.#offered.image))!;
    return coversCircle(footprint, circle.rightAscensionDeg, circle.declinationDeg, circle.radiusDeg);
  }

  #obscoreValue(column: string): AdqlValue {
    const row = this.#row();
    if (column === "access_url") {
      return `${this.#places.datalinkUrl}?ID=${encodeURIComponent(String(row["obs_publisher_did"]))}`;
    }
    if (column === "access_format") return "application/x-votable+xml;content=datalink";
    return row[column] ?? null;
  }

  #caomValue(column: string): AdqlValue {
    const { image, collection } = this.#offered;
    const identity = identityOf(this.#offered);
    const row = this.#row();
    const values: Readonly<Record<string, AdqlValue>> = {
      ...identity,
      obs_publisher_did: row["obs_publisher_did"]!,
      energy_bandpassname: row["energy_bandpassname"]!,
      energy_bounds_lower: Number(row["em_min"]),
      energy_bounds_upper: Number(row["em_max"]),
      time_exposure: Number(row["t_exptime"]),
      provenance_version: /l2b-v\d+-\d{4}-\d{3}/.exec(image.archiveKey)?.[0] ?? null,
      dataproducttype: "image",
      calibrationlevel: 2,
      poly: row["s_region"]!,
      uri: `ibe/data/spherex/${image.archiveKey}`,
      producttype: "science",
      contenttype: "image/fits",
      observationid: image.exposure.observationId,
      collection,
    };
    return values[column] ?? null;
  }

  #row(): SiaRow {
    const { image, collection } = this.#offered;
    return this.#obscore ??= siaRow(image, collection, this.#tree, this.#places.ibeBaseUrl, 1);
  }
}
