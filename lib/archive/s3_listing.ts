import { SaxesParser } from "saxes";
import { TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import { withoutQuery } from "../net/net_error.ts";

/** An object in a bucket. */
export interface S3Object {
  /** Its key. */
  readonly key: string;
  /** Its length in bytes. */
  readonly bytes: number;
}

/** One page of a ListObjectsV2 answer. */
export interface S3Page {
  /** The objects. */
  readonly objects: readonly S3Object[];
  /** Prefixes that end at the delimiter, like folders. */
  readonly commonPrefixes: readonly string[];
  /** What to ask with for the next page, or undefined on the last one. */
  readonly continuationToken: string | undefined;
}

const MAX_PAGES = 1000;
/** The answers have three elements inside of one another. */
const MAX_DEPTH = 16;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** Reads a ListObjectsV2 answer; throws `archive/bad-listing` for anything else, also for the store's own errors. */
export function parseS3Page(xml: string): S3Page {
  const objects: S3Object[] = [];
  const commonPrefixes: string[] = [];
  const path: string[] = [];
  const page = new Map<string, string>();
  const object = new Map<string, string>();
  const parser = new SaxesParser({ xmlns: false });
  let text = "";
  parser.on("error", (error) => {
    throw badListing(error.message, error);
  });
  parser.on("opentag", (tag) => {
    path.push(tag.name);
    if (path.length > MAX_DEPTH) {
      throw badListing(`it has more than ${MAX_DEPTH} elements inside of one another`);
    }
    text = "";
    if (tag.name === "Contents") object.clear();
  });
  parser.on("text", (piece) => void (text += piece));
  parser.on("closetag", (tag) => {
    const place = path.join("/");
    path.pop();
    if (place === "ListBucketResult/Contents") {
      objects.push({ key: object.get("Key") ?? "", bytes: Number(object.get("Size")) });
    } else if (place === "ListBucketResult/CommonPrefixes/Prefix") commonPrefixes.push(text);
    else if (place.startsWith("ListBucketResult/Contents/")) object.set(tag.name, text);
    else page.set(place, text);
    if (place === "Error") throw badListing(`${page.get("Error/Code")}: ${page.get("Error/Message")}`);
    if (path.length === 0 && tag.name !== "ListBucketResult") throw badListing(`it is a <${tag.name}>`);
  });
  parser.write(xml).close();
  const more = page.get("ListBucketResult/IsTruncated") === "true";
  return {
    objects,
    commonPrefixes,
    continuationToken: more ? page.get("ListBucketResult/NextContinuationToken") : undefined,
  };
}

/** All objects below a prefix, over as many pages as it takes. */
export async function* listS3(
  client: HttpClient,
  baseUrl: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<S3Object, void, undefined> {
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const url = new URL(baseUrl);
    url.searchParams.set("list-type", "2");
    url.searchParams.set("prefix", prefix);
    if (token !== undefined) url.searchParams.set("continuation-token", token);
    const answer = await client.fetchBytes(url, {
      maxBytes: MAX_PAGE_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    const { objects, continuationToken } = parseS3Page(new TextDecoder().decode(answer.bytes));
    yield* objects;
    if (continuationToken === undefined) return;
    token = continuationToken;
  }
  throw badListing(`${withoutQuery(baseUrl)} has more than ${MAX_PAGES} pages below ${prefix}`);
}

function badListing(what: string, cause?: unknown): TaggedError {
  return new TaggedError("archive/bad-listing", `Cannot read the listing of the object store: ${what}`, {
    cause,
  });
}
