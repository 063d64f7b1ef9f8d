import { dirname } from "node:path";
import type { HttpResponse } from "../net/http_response.ts";
import { withCutoutOrigin } from "../spherex/cutout_origin.ts";
import type { AccessRoute, RouteRequest } from "./access_route.ts";
import { CutoutHead } from "./cutout_head.ts";
import type { FetchedPartial } from "./fetch_partial.ts";
import { makeDirectory } from "./fetch_partial.ts";
import { notFitsError } from "./fits_signature.ts";
import { PartialWriter, removeIfThere, resumePointPath } from "./partial_file.ts";
import type { BorrowedHdu, StandInPsf } from "./stand_in_psf.ts";

/** A cutout of the usual size up to the header of its PSF. */
const TRUNCATED_BYTES = 130_000;

/**
 * The route that closes the cutout service's stream behind the header of the PSF, when a calibration product at hand
 * holds the same PSF; the stored file then names that product. Of 5 MB some 130 kB come. A stream whose PSF is
 * another one, or that cannot be looked into, is read to its end and stored as it is.
 */
export function truncatedRoute(url: string, standIn: StandInPsf): AccessRoute {
  return {
    name: "truncated",
    url,
    expectedBytes: TRUNCATED_BYTES,
    expectedRequests: 1,
    fetch: (request) => fetchTruncated(url, standIn, request),
  };
}

async function fetchTruncated(
  url: string,
  standIn: StandInPsf,
  request: RouteRequest,
): Promise<FetchedPartial> {
  // All that the decision takes is there before the first byte: nothing may keep the stream running.
  const [product, table] = await Promise.all([standIn.product(), standIn.spectralTable()]);
  await makeDirectory(dirname(request.partialPath));
  await removeIfThere(resumePointPath(request.partialPath));
  const response = await request.client.request(url, {
    signal: request.signal,
    isRepeat: request.isRepeat,
    retry: { attempts: 1 },
    ...(request.timeouts === undefined ? {} : { timeouts: request.timeouts }),
    headers: { "accept-encoding": "identity" },
  });
  const head = new CutoutHead();
  for await (const chunk of response.chunks()) {
    head.push(chunk);
    request.onProgress?.(head.bytes.length, response.contentLength ?? null);
    if (head.isForeign) throw notFitsError(url, head.bytes, response.headers.get("content-type"));
    if (head.psf === undefined && !head.isPacked) continue;
    const version = head.hdus[0]?.header.getString("VERSION")?.trim();
    if (head.psf === undefined || product.mismatch(head.psf, version) !== undefined) {
      return await storeWhole(request, response, head);
    }
    await response.cancel();
    const identity = { ...standIn.file, identity: product.identity };
    return await store(request, [...shortened(head, identity, table)], head.bytes.length, "truncated");
  }
  if (head.bytes.length === 0) throw notFitsError(url, head.bytes, response.headers.get("content-type"));
  return await store(request, [head.bytes], head.bytes.length, "cutout");
}

/** The file up to the PSF, with a primary header that says so, and the table of wavelengths behind it. */
function* shortened(
  head: CutoutHead,
  psf: StandInPsf["file"] & { readonly identity: string },
  table: BorrowedHdu | undefined,
): Generator<Uint8Array> {
  const [primary, next] = head.hdus;
  const origin = {
    access: "truncated",
    leftOut: [head.psf!.name],
    psf,
    spectralTableFile: table?.fileName,
  } as const;
  yield withCutoutOrigin(primary!.header, origin).encode();
  yield head.bytes.subarray(next?.headerOffset ?? head.psf!.headerOffset, head.psf!.headerOffset);
  if (table !== undefined) yield table.bytes;
}

async function store(
  request: RouteRequest,
  parts: readonly Uint8Array[],
  bytesReceived: number,
  access: "truncated" | "cutout",
): Promise<FetchedPartial> {
  const writer = await PartialWriter.open(request.partialPath, 0);
  try {
    for (const part of parts) await writer.write(part);
    return { bytes: writer.bytes, sha256: writer.sha256(), bytesReceived, resumedFromBytes: 0, access };
  } finally {
    writer.close();
  }
}

/** Stores what has come and all that is still to come. */
async function storeWhole(
  request: RouteRequest,
  response: HttpResponse,
  head: CutoutHead,
): Promise<FetchedPartial> {
  const writer = await PartialWriter.open(request.partialPath, 0);
  try {
    await writer.write(head.bytes);
    for await (const chunk of response.chunks()) {
      await writer.write(chunk);
      request.onProgress?.(writer.bytes, response.contentLength ?? null);
    }
    const { bytes } = writer;
    return { bytes, sha256: writer.sha256(), bytesReceived: bytes, resumedFromBytes: 0, access: "cutout" };
  } finally {
    writer.close();
  }
}
