import type { Config } from "../config/schema.ts";
import { createHttpClient, type HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { PACKAGE_VERSION } from "./package_version.ts";

/** The hosts, as `name` or `name:port`, that a configuration names: the only ones the program talks to. */
export function configuredHosts(config: Config): string[] {
  const urls = [
    config.discovery.sia_endpoint,
    config.cutouts.base_url ?? config.discovery.sia_endpoint,
    config.cloud.s3_base_url,
    config.calibration.official_ibe_base_url,
    config.calibration.official_ibe_listing_url,
  ];
  return [...new Set(urls.map((url) => new URL(url.replaceAll(/[{}]/g, "")).host))];
}

/** A retry section of the configuration in the client's terms. */
export function retryPolicy(section: Config["download"]["retry"]): Partial<RetryPolicy> {
  return {
    attempts: section.attempts,
    backoffMs: section.backoff_seconds.map((seconds) => seconds * 1000),
    jitterMs: section.jitter_seconds * 1000,
    statuses: section.retry_http_status,
    honorRetryAfter: section.honor_retry_after,
  };
}

/** The one HTTP client of a command, with the limits, times and hosts of the configuration. */
export function createProjectClient(config: Config): HttpClient {
  const { download, runtime } = config;
  return createHttpClient({
    userAgent: download.user_agent ?? `spxcutdb/${PACKAGE_VERSION}`,
    allowedHosts: configuredHosts(config),
    timeouts: {
      connectMs: download.connect_timeout_sec * 1000,
      readMs: download.read_timeout_sec * 1000,
      totalMs: download.total_timeout_sec * 1000,
      lowSpeedBytesPerSecond: download.min_download_rate_bytes_per_second,
      lowSpeedMs: download.low_speed_time_sec * 1000,
    },
    retry: retryPolicy(download.retry),
    limits: {
      maxConcurrency: download.per_host_max_concurrency,
      maxRequestsPerSecond: download.per_host_rate_limit_per_second,
    },
    maxConcurrency: Math.min(download.concurrency, runtime.global_max_network_requests),
  });
}
