import { TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { askCompletely, type TimeWindow } from "./complete_answer.ts";
import { DatalinkResolver } from "./datalink_resolver.ts";
import { querySia2, type Sia2Answer, type Sia2Query } from "./sia2.ts";
import { queryTapImages } from "./tap_images.ts";
import type { TapClient } from "./tap_client.ts";

/** Where and how images are looked for. */
export interface ImageSearch {
  /** The program's client. */
  readonly client: HttpClient;
  /** The SIA2 service. */
  readonly siaEndpoint: string;
  /** The TAP service that is asked when SIA2 fails; none when left out. */
  readonly tap?: TapClient | undefined;
  /** Resolves access URLs that lead to DataLink documents. */
  readonly resolver?: DatalinkResolver | undefined;
  /** Replaces parts of the client's retry policy. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Stops the search. */
  readonly signal?: AbortSignal | undefined;
}

/** The images that a search found. */
export interface FoundImages extends Sia2Answer {
  /** Why SIA2 did not answer and TAP was asked; undefined when SIA2 answered. */
  readonly siaError?: unknown;
}

/**
 * Finds all Level-2 images that touch a circle: by SIA2, in windows of time where an answer would be cut short, and by TAP
 * when SIA2 fails and there is a service to fall back on.
 *
 * Throws as {@linkcode querySia2} does, `discovery/both-failed` when TAP failed, too, and the signal's reason.
 */
export async function findImages(search: ImageSearch, query: Sia2Query): Promise<FoundImages> {
  try {
    return await askCompletely((window) => askSia2(search, withWindow(query, window)));
  } catch (error) {
    if (search.tap === undefined || search.signal?.aborted) throw error;
    return { ...await fallBack(search.tap, search, query, error), siaError: error };
  }
}

function askSia2(search: ImageSearch, query: Sia2Query): Promise<Sia2Answer> {
  const { client, siaEndpoint, signal, retry, resolver = new DatalinkResolver(client) } = search;
  return querySia2(client, siaEndpoint, query, signal, retry, resolver);
}

async function fallBack(
  tap: TapClient,
  { signal, retry }: ImageSearch,
  query: Sia2Query,
  siaError: unknown,
): Promise<Sia2Answer> {
  const options = { ...(signal === undefined ? {} : { signal }), ...(retry === undefined ? {} : { retry }) };
  try {
    return await askCompletely((window) => queryTapImages(tap, withWindow(query, window), options));
  } catch (tapError) {
    if (signal?.aborted) throw tapError;
    const [bySia, byTap] = [siaError, tapError].map((error) =>
      error instanceof Error ? error.message : String(error)
    );
    throw new TaggedError("discovery/both-failed", `Neither SIA2 nor TAP answered: ${bySia}; ${byTap}`, {
      context: { sia: bySia!, tap: byTap! },
      hint: "Both services of the archive fail: check the network and the endpoints, or try again later",
      cause: tapError,
    });
  }
}

function withWindow(query: Sia2Query, window: TimeWindow | undefined): Sia2Query {
  return window === undefined ? query : { ...query, timeMjd: window };
}
