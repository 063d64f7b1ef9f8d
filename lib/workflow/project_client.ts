import { httpClientOptions } from "../config/http_settings.ts";
import type { Config } from "../config/schema.ts";
import { createHttpClient, type HttpClient } from "../net/http_client.ts";
import { PACKAGE_VERSION } from "./package_version.ts";

/** The addresses that a configuration names, without what is filled in later. */
export function configuredUrls(config: Config): URL[] {
  const urls = [
    config.discovery.sia_endpoint,
    config.discovery.tap_endpoint,
    config.cloud.s3_base_url,
    config.calibration.official_ibe_base_url,
    config.calibration.official_ibe_listing_url,
    ...(config.cutouts.base_url === null ? [] : [config.cutouts.base_url]),
  ];
  return urls.map((url) => new URL(url.replaceAll(/[{}]/g, "")));
}

/** The hosts, as `name` or `name:port`, that a configuration names: the only ones the program talks to. */
export function configuredHosts(config: Config): string[] {
  return [...new Set(configuredUrls(config).map((url) => url.host))];
}

/** A command's HTTP client: closed at the end of a `using` block. */
export interface ProjectClient extends Disposable {
  /** The client. */
  readonly http: HttpClient;
}

/**
 * The one HTTP client of a command, with the limits, times and hosts of the configuration; one that is offline refuses
 * every request.
 */
export function openProjectClient(config: Config, isOffline = false): ProjectClient {
  const http = createHttpClient({
    ...httpClientOptions(config, `spxcutdb/${PACKAGE_VERSION}`),
    allowedHosts: isOffline ? [] : configuredHosts(config),
  });
  return { http, [Symbol.dispose]: () => http.close() };
}
