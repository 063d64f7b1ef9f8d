import type { ArchiveEntry, ArchiveTree } from "./archive_tree.ts";
import { type Reply, textReply } from "./reply.ts";
import { escapeXml } from "./sia_table.ts";

const MAX_KEYS = 1000;

/** Lists a directory as IBE does: one JSON object a line, with "-" for the size of a directory. */
export function ibeListingReply(tree: ArchiveTree, directory: string): Reply {
  const entries = tree.list(directory);
  if (entries === undefined) return textReply(404, "text/plain", "Not Found\n");
  const lines = entries.map(({ name, lastModified, byteLength }) =>
    JSON.stringify({ name, last_modified: lastModified, size: byteLength ?? "-" })
  );
  return textReply(200, "application/x-ndjson", lines.join("\n") + "\n");
}

/** Something that a bucket listing names: an object, or a common prefix when `byteLength` is undefined. */
interface Listed {
  readonly key: string;
  readonly byteLength: number | undefined;
  readonly lastModified: string;
}

/**
 * Lists objects as ListObjectsV2 does: `prefix`, `delimiter`, `max-keys`, `start-after` and `continuation-token`
 * (here the last key of the page before).
 */
export function bucketListingReply(tree: ArchiveTree, query: URLSearchParams): Reply {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const maxKeys = Math.min(MAX_KEYS, Number(query.get("max-keys") ?? MAX_KEYS));
  if (!(maxKeys >= 0)) return bucketError(400, "InvalidArgument", "max-keys is not a number", prefix);
  const page: Listed[] = [];
  let isTruncated = false;
  for (const listed of listedUnder(tree, prefix, delimiter === "/", after)) {
    isTruncated = page.length >= maxKeys;
    if (isTruncated) break;
    page.push(listed);
  }
  return textReply(
    200,
    "application/xml",
    encodePage(page, { prefix, delimiter, after, maxKeys, isTruncated }),
  );
}

/** What a page of a listing was asked with. */
interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly maxKeys: number;
  readonly isTruncated: boolean;
}

function encodePage(page: readonly Listed[], request: PageRequest): string {
  const { prefix, delimiter, after, maxKeys, isTruncated } = request;
  const contents = page.map(({ key, byteLength, lastModified }) =>
    byteLength === undefined
      ? `<CommonPrefixes><Prefix>${escapeXml(key)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${escapeXml(key)}</Key><LastModified>${lastModified}</LastModified>` +
        `<ETag>&quot;${entityTag(key)}&quot;</ETag><Size>${byteLength}</Size>` +
        `<StorageClass>INTELLIGENT_TIERING</StorageClass></Contents>`
  );
  const token = isTruncated
    ? `<NextContinuationToken>${escapeXml(page.at(-1)?.key ?? "")}</NextContinuationToken>`
    : "";
  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>nasa-irsa-spherex</Name>` +
    `<Prefix>${escapeXml(prefix)}</Prefix>` +
    (after === "" ? "" : `<ContinuationToken>${escapeXml(after)}</ContinuationToken>`) + token +
    `<KeyCount>${page.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys>` +
    (delimiter === "" ? "" : `<Delimiter>${escapeXml(delimiter)}</Delimiter>`) +
    `<IsTruncated>${isTruncated}</IsTruncated>${contents.join("")}</ListBucketResult>`;
}

/** The error document of the object store. */
export function bucketError(status: number, code: string, message: string, key: string): Reply {
  return textReply(
    status,
    "application/xml",
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${
      escapeXml(message)
    }</Message>` +
      `<Key>${escapeXml(key)}</Key></Error>`,
  );
}

/** A tag that stands for the content of an object: the content is a function of the key. */
export function entityTag(key: string): string {
  let hash = 0n;
  for (const letter of key) hash = (hash * 1099511628211n + BigInt(letter.charCodeAt(0))) % (1n << 128n);
  return hash.toString(16).padStart(32, "0");
}

/** Keys that start with `prefix` and come after `after`, in order; with `isFlat` directories are not entered. */
function* listedUnder(tree: ArchiveTree, prefix: string, isFlat: boolean, after: string): Generator<Listed> {
  const slash = prefix.lastIndexOf("/");
  const directory = slash < 0 ? "" : prefix.slice(0, slash);
  yield* walk(tree, directory, prefix, isFlat, after);
}

function* walk(
  tree: ArchiveTree,
  directory: string,
  prefix: string,
  isFlat: boolean,
  after: string,
): Generator<Listed> {
  const base = directory === "" ? "" : `${directory}/`;
  for (const entry of tree.list(directory) ?? []) {
    const key = base + entry.name + (entry.byteLength === undefined ? "/" : "");
    if (!key.startsWith(prefix) || isPast(key, entry, isFlat, after)) continue;
    if (entry.byteLength === undefined && !isFlat) yield* walk(tree, key.slice(0, -1), prefix, isFlat, after);
    else yield { key, byteLength: entry.byteLength, lastModified: entry.lastModified };
  }
}

/** Whether all that a key stands for comes at or before `after`. */
function isPast(key: string, entry: ArchiveEntry, isFlat: boolean, after: string): boolean {
  if (after === "" || key > after) return false;
  return entry.byteLength !== undefined || isFlat || !after.startsWith(key);
}
