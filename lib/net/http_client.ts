import type { HttpClientOptions, HttpRequestOptions } from "./http_options.ts";
import type { HttpStatistics } from "./http_statistics.ts";
import type { HttpResponse } from "./http_response.ts";

/** The one way out to the network. */
export interface HttpClient {
  /**
   * Sends a request and gives the answer once its head is here; the body is still to be read or cancelled.
   * Throws tagged errors `net/...`; a status outside 200 to 299 is `net/status` unless it is accepted by the options.
   */
  request(url: string | URL, options?: HttpRequestOptions): Promise<HttpResponse>;
  /** Asks whether the host of a URL may be sent one more repeat, and counts it. */
  spendRetry(url: string | URL): boolean;
  /** What happened so far, host by host. */
  stats(): HttpStatistics;
  /** Closes all idle connections; the client cannot be used any more. */
  close(): void;
}

/** Makes a client. */
export declare function createHttpClient(options?: HttpClientOptions): HttpClient;
