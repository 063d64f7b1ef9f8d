import { TaggedError } from "../core/errors.ts";
import { type Datalink, readDatalinks, readServiceDescriptors } from "../votable/datalink.ts";
import type { VotableDocument } from "../votable/votable_model.ts";

/** Where an object store has a file. */
export interface CloudPlace {
  /** The bucket. */
  readonly bucket: string;
  /** The key of the object. */
  readonly key: string;
  /** The region, when the address tells it. */
  readonly region: string | null;
}

/** Where a DataLink document leads: the addresses of one dataset. */
export interface DatasetLinks {
  /** The file itself (`#this`). */
  readonly fileUrl: string;
  /** The service that cuts pieces from it (`#cutout`), or null. */
  readonly cutoutUrl: string | null;
  /** The object store's copy, or null. */
  readonly cloud: CloudPlace | null;
  /** The calibration files that were used (`#calibration`). */
  readonly calibrationUrls: readonly string[];
}

/**
 * Reads where a DataLink document leads. Throws `discovery/no-links` when it names no file, with the service's words, and
 * `votable/...` for a document that is none.
 */
export function datasetLinks(document: VotableDocument): DatasetLinks {
  const links = readDatalinks(document);
  const file = links.find(({ semantics, accessUrl }) =>
    semantics === "#this" && accessUrl !== undefined && cloudPlace(accessUrl) === null
  );
  if (file?.accessUrl === undefined) throw noLinks(links);
  const cloud = links.map(({ accessUrl = "" }) => cloudPlace(accessUrl)).find((place) => place !== null);
  return {
    fileUrl: file.accessUrl,
    cutoutUrl: cutoutUrl(document, links),
    cloud: cloud ?? null,
    calibrationUrls: links.filter(({ semantics, accessUrl = "" }) =>
      semantics === "#calibration" && cloudPlace(accessUrl) === null
    ).flatMap(({ accessUrl }) => accessUrl ?? []),
  };
}

/** The object that an address names: `s3://bucket/key`, or a virtual-hosted or path-style URL of Amazon S3. */
export function cloudPlace(address: string): CloudPlace | null {
  const plain = /^s3:\/\/([^/]+)\/(.+)$/.exec(address);
  if (plain !== null) return { bucket: plain[1]!, key: plain[2]!, region: null };
  const hosted = /^https?:\/\/([^/]+)\.s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com\/([^?#]+)/.exec(address);
  if (hosted !== null) return { bucket: hosted[1]!, key: hosted[3]!, region: hosted[2] ?? null };
  const pathed = /^https?:\/\/s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com\/([^/]+)\/([^?#]+)/.exec(address);
  return pathed === null ? null : { bucket: pathed[2]!, key: pathed[3]!, region: pathed[1] ?? null };
}

function cutoutUrl(document: VotableDocument, links: readonly Datalink[]): string | null {
  const cutout = links.find(({ semantics }) => semantics === "#cutout");
  if (cutout === undefined) return null;
  const service = readServiceDescriptors(document).find(({ id }) => id === cutout.serviceDef);
  return cutout.accessUrl ?? service?.accessUrl ?? null;
}

function noLinks(links: readonly Datalink[]): TaggedError {
  const said = links.find(({ errorMessage }) => errorMessage !== undefined)?.errorMessage;
  const id = links[0]?.id ?? "";
  return new TaggedError(
    "discovery/no-links",
    `The DataLink document${id === "" ? "" : ` of ${id}`} names no file${
      said === undefined ? "" : `: ${said}`
    }`,
    {
      context: { id, links: links.length },
      hint: "The archive may have withdrawn the image; discover again later",
    },
  );
}
