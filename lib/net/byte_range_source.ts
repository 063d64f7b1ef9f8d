import { TaggedError } from "../core/errors.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import type { HttpClient } from "./http_client.ts";
import type { HttpRequestOptions } from "./http_options.ts";
import { withoutQuery } from "./net_error.ts";

/** A remote file as a byte source: each read is one range request. */
export interface HttpByteSource extends ByteSource {
  /** Identity of the contents as the server states it, so that a change between two reads is noticed. */
  readonly etag: string | undefined;
}

/**
 * Opens a remote file for reading by ranges; asks for its length first.
 *
 * Reads are cut at the end of the file, as a byte source does. Throws `net/no-ranges` when the server does not
 * answer ranges, `net/changed` when the file changes while it is read, and the client's errors.
 */
export async function httpByteSource(
  client: HttpClient,
  url: string,
  options: Pick<HttpRequestOptions, "signal" | "timeouts" | "retry"> = {},
): Promise<HttpByteSource> {
  const first = await client.request(url, { ...options, headers: { range: "bytes=0-0" } });
  await first.cancel();
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1];
  if (first.status !== 206 || total === undefined) {
    throw new TaggedError("net/no-ranges", `${withoutQuery(url)} does not answer byte ranges`, {
      context: { url: withoutQuery(url), status: first.status },
    });
  }
  const etag = first.headers.get("etag") ?? undefined;
  const byteLength = Number(total);
  return {
    byteLength,
    etag,
    read: (offset, length) => readRange(client, url, options, { offset, length, byteLength, etag }),
  };
}

async function readRange(
  client: HttpClient,
  url: string,
  options: Pick<HttpRequestOptions, "signal" | "timeouts" | "retry">,
  range: { offset: number; length: number; byteLength: number; etag: string | undefined },
): Promise<Uint8Array> {
  const end = Math.min(range.offset + range.length, range.byteLength);
  if (end <= range.offset) return new Uint8Array(0);
  const answer = await client.fetchBytes(url, {
    ...options,
    headers: {
      range: `bytes=${range.offset}-${end - 1}`,
      ...(range.etag === undefined ? {} : { "if-match": range.etag }),
    },
    acceptStatuses: [412],
    maxBytes: end - range.offset,
  });
  const changed = answer.status === 412 || (range.etag ?? "") !== (answer.headers.get("etag") ?? "");
  if (changed) {
    throw new TaggedError("net/changed", `${withoutQuery(url)} changed while it was read`, {
      context: { url: withoutQuery(url) },
    });
  }
  if (answer.status !== 206 || answer.bytes.length !== end - range.offset) {
    throw new TaggedError(
      "net/no-ranges",
      `${withoutQuery(url)} gave ${answer.bytes.length} bytes for a range of ${end - range.offset}`,
      { context: { url: withoutQuery(url), status: answer.status } },
    );
  }
  return answer.bytes;
}
