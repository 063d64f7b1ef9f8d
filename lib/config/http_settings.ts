import type { HttpClientOptions, RetryPolicy } from "../net/http_options.ts";
import type { Config } from "./schema.ts";

/** The retry policy that a section of the configuration asks for. */
function retryPolicy(retry: Config["download"]["retry"]): Omit<RetryPolicy, "maxRetryAfterMs"> {
  return {
    attempts: retry.attempts,
    backoffMs: retry.backoff_seconds.map((seconds) => seconds * 1000),
    jitterMs: retry.jitter_seconds * 1000,
    statuses: retry.retry_http_status,
    honorRetryAfter: retry.honor_retry_after,
  };
}

/**
 * The options of the program's one HTTP client.
 *
 * @param config The effective configuration.
 * @param userAgent How the program introduces itself when the configuration does not say.
 */
export function httpClientOptions({ download, runtime }: Config, userAgent: string): HttpClientOptions {
  const maxConcurrency = Math.min(download.concurrency, runtime.global_max_network_requests);
  return {
    userAgent: download.user_agent ?? userAgent,
    timeouts: {
      connectMs: download.connect_timeout_sec * 1000,
      readMs: download.read_timeout_sec * 1000,
      totalMs: download.total_timeout_sec * 1000,
      lowSpeedBytesPerSecond: download.min_download_rate_bytes_per_second,
      lowSpeedMs: download.low_speed_time_sec * 1000,
    },
    retry: retryPolicy(download.retry),
    limits: {
      maxConcurrency: Math.min(download.per_host_max_concurrency, maxConcurrency),
      maxRequestsPerSecond: download.per_host_rate_limit_per_second,
    },
    maxConcurrency,
  };
}

/** The retry policy of discovery's requests, which replaces the client's own. */
export function discoveryRetry({ discovery }: Config): Partial<RetryPolicy> {
  return retryPolicy(discovery.retry);
}
