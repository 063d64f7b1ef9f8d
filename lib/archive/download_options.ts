import type { Clock } from "../net/clock.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { HttpTimeouts, RetryPolicy } from "../net/http_options.ts";
import type { RouteOutcome } from "./access_route.ts";
import type { DownloadCompleted, DownloadFailed, ValidationOutcome } from "./download_event.ts";
import type { DownloadItem, ExpectedCutout } from "./download_item.ts";

/** How the downloader works. */
export interface DownloadOptions<Expected = ExpectedCutout> {
  /** The program's client. */
  readonly client: HttpClient;
  /** No file is written outside of this directory. */
  readonly projectRoot: string;
  /** Says whether a whole file may count; it is asked before the file gets its final name. */
  readonly validate: (path: string, item: DownloadItem<Expected>) => Promise<ValidationOutcome>;
  /** Where refused files go, with the reason beside them; they are removed when left out. */
  readonly quarantineDirectory?: string;
  /** Items worked on at once, a ceiling over the client's own limits; 32 when left out. */
  readonly maxWorkers?: number;
  /** Replaces parts of the client's policy of when failed items are tried again. */
  readonly retry?: Partial<RetryPolicy>;
  /** Attempts allowed for an item whose file is refused by the validator; 2 when left out. */
  readonly validationAttempts?: number;
  /** Times after which a request is given up. */
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Fetch again even when a valid file is there. */
  readonly overwriteExisting?: boolean;
  /** Stops everything; only `.part` files stay behind. */
  readonly signal?: AbortSignal;
  /** Told of each completed or failed item and awaited before that event is yielded. */
  readonly record?: (event: DownloadCompleted | DownloadFailed) => void | Promise<void>;
  /** Told of each attempt on a route, so that the next items begin with the best one. */
  readonly onRoute?: (outcome: RouteOutcome) => void;
  /** Milliseconds between two progress events of one item; 500 when left out. */
  readonly progressIntervalMs?: number;
  /** Time; tests pass their own. */
  readonly clock?: Clock;
  /** Uniform random numbers on [0, 1) for jitter. */
  readonly random?: () => number;
}
