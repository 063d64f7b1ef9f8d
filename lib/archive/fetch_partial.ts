import { dirname } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { AccessName } from "../spherex/cutout_origin.ts";
import type { HttpTimeouts } from "../net/http_options.ts";
import type { HttpResponse } from "../net/http_response.ts";
import { withoutQuery } from "../net/net_error.ts";
import { beginsLikeFits, notFitsError, SIGNATURE_BYTES } from "./fits_signature.ts";
import {
  keepResumePoint,
  PartialWriter,
  readResumePoint,
  removeIfThere,
  resumePointPath,
} from "./partial_file.ts";

/** How a file is fetched into its partial file. */
export interface PartialFetch {
  /** Where from. */
  readonly url: string;
  /** Where to. */
  readonly partialPath: string;
  /** Whether it was tried before. */
  readonly isRepeat: boolean;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Times after which the request is given up. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** Told of the bytes in the file so far. */
  readonly onProgress?: (bytes: number, totalBytes: number | null) => void;
}

/** A whole partial file. */
export interface FetchedPartial {
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** Bytes that came over the network now. */
  readonly bytesReceived: number;
  /** Bytes that were there before. */
  readonly resumedFromBytes: number;
  /** How the bytes came. */
  readonly access: AccessName;
}

/**
 * Fetches a FITS file into its partial file, one attempt, hashing as it comes.
 *
 * Goes on where an earlier attempt stopped when the server offered that. Throws the client's `net/...` errors,
 * `archive/not-fits`, `archive/empty`, and `storage/...`; the partial file stays.
 */
export async function fetchPartial(client: HttpClient, fetch: PartialFetch): Promise<FetchedPartial> {
  await makeDirectory(dirname(fetch.partialPath));
  const resume = await readResumePoint(fetch.partialPath, fetch.url);
  const response = await client.request(fetch.url, {
    signal: fetch.signal,
    isRepeat: fetch.isRepeat,
    retry: { attempts: 1 },
    ...(fetch.timeouts === undefined ? {} : { timeouts: fetch.timeouts }),
    acceptStatuses: resume === undefined ? [] : [416],
    headers: {
      "accept-encoding": "identity",
      ...(resume === undefined
        ? {}
        : { range: `bytes=${resume.bytes}-`, "if-range": resume.point.validator }),
    },
  });
  try {
    if (response.status === 416) {
      await response.cancel();
      await removeIfThere(resumePointPath(fetch.partialPath));
      return await fetchPartial(client, { ...fetch, isRepeat: true });
    }
    const keptBytes = response.status === 206 ? resumedAt(response, resume?.bytes ?? 0) : 0;
    return await receive(fetch, response, keptBytes);
  } catch (error) {
    await response.cancel();
    throw error;
  }
}

async function receive(
  fetch: PartialFetch,
  response: HttpResponse,
  keptBytes: number,
): Promise<FetchedPartial> {
  const writer = await PartialWriter.open(fetch.partialPath, keptBytes);
  try {
    if (keptBytes === 0) await keepResumePoint(fetch.partialPath, fetch.url, response);
    const total = response.contentLength === undefined ? null : keptBytes + response.contentLength;
    let start: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);
    if (keptBytes > 0) start = undefined;
    for await (const chunk of response.chunks()) {
      if (start !== undefined) start = checkedStart(fetch.url, start, chunk, response);
      await writer.write(chunk);
      fetch.onProgress?.(writer.bytes, total);
    }
    if (start !== undefined) throw tooShort(fetch.url, start, response);
    const bytes = writer.bytes;
    return {
      bytes,
      sha256: writer.sha256(),
      bytesReceived: bytes - keptBytes,
      resumedFromBytes: keptBytes,
      access: "cutout",
    };
  } finally {
    writer.close();
  }
}

/** Looks at the first bytes as soon as there are enough of them; undefined once they are known to be FITS. */
function checkedStart(
  url: string,
  start: Uint8Array<ArrayBuffer>,
  chunk: Uint8Array<ArrayBuffer>,
  response: HttpResponse,
): Uint8Array<ArrayBuffer> | undefined {
  const joined = new Uint8Array(start.length + chunk.length);
  joined.set(start);
  joined.set(chunk, start.length);
  if (joined.length < SIGNATURE_BYTES) return joined;
  if (!beginsLikeFits(joined)) throw notFitsError(url, joined, response.headers.get("content-type"));
  return undefined;
}

function tooShort(url: string, start: Uint8Array, response: HttpResponse): TaggedError {
  if (start.length > 0) return notFitsError(url, start, response.headers.get("content-type"));
  return new TaggedError("archive/empty", `${withoutQuery(url)} sent an empty body`, {
    context: { url: withoutQuery(url) },
  });
}

/** Where a partial answer goes on; it must be where the partial file ends. */
function resumedAt(response: HttpResponse, expected: number): number {
  const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (expected > 0 && Number(start) === expected) return expected;
  throw new TaggedError(
    "archive/bad-answer",
    `${withoutQuery(response.url)} sent a range that was not asked for`,
    {
      context: { contentRange: response.headers.get("content-range"), expected },
    },
  );
}

/** Makes a folder and those above it. Throws `storage/*`. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw storageError(error, "make", path);
  }
}
