import type { HttpClient } from "../net/http_client.ts";
import type { HttpTimeouts } from "../net/http_options.ts";
import type { AccessName } from "../spherex/cutout_origin.ts";
import { type FetchedPartial, fetchPartial } from "./fetch_partial.ts";

export type { AccessName } from "../spherex/cutout_origin.ts";

/** What a route is asked for: one attempt at the bytes of one item. */
export interface RouteRequest {
  /** The program's client. */
  readonly client: HttpClient;
  /** Where the bytes go; ends in `.part`. */
  readonly partialPath: string;
  /** Whether the item was tried before. */
  readonly isRepeat: boolean;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Times after which a request is given up. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** Told of the bytes that have come so far. */
  readonly onProgress?: (bytes: number, totalBytes: number | null) => void;
}

/** A way to bring the bytes of an item into its partial file. */
export interface AccessRoute {
  /** Its name, in events and in the file itself. */
  readonly name: AccessName;
  /** The file that it asks for. */
  readonly url: string;
  /** Bytes that usually come over the network for one item. */
  readonly expectedBytes: number;
  /** Requests that it usually takes for one item. */
  readonly expectedRequests: number;
  /**
   * Brings the bytes, once: what failed is thrown as `net/...`, `archive/...`, `fits/...`, `wcs/...` or `storage/...`,
   * and whether and where it is tried again is for the downloader to say.
   */
  fetch(request: RouteRequest): Promise<FetchedPartial>;
}

/** A cutout of the usual size; nearly all of it is the PSF. */
const WHOLE_CUTOUT_BYTES = 5_070_000;

/** The route that takes the file at a URL as it is, going on where an earlier attempt stopped where that is offered. */
export function wholeFileRoute(url: string): AccessRoute {
  return {
    name: "cutout",
    url,
    expectedBytes: WHOLE_CUTOUT_BYTES,
    expectedRequests: 1,
    fetch: ({ client, ...request }) => fetchPartial(client, { url, ...request }),
  };
}

/** How one attempt on a route ended. */
export interface RouteOutcome {
  /** The route. */
  readonly name: AccessName;
  /** Whether it brought a valid file. */
  readonly isSuccess: boolean;
  /** Time that it took, milliseconds. */
  readonly durationMs: number;
}
