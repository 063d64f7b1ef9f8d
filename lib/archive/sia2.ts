import type { HttpClient } from "../net/http_client.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";

/** What to ask of an SIA2 service. */
export interface Sia2Query {
  /** Collections, such as `spherex_qr2`. */
  readonly collections: readonly string[];
  /** Right ascension of the place in degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the place in degrees. */
  readonly declinationDeg: number;
  /** Radius of the circle in degrees. */
  readonly radiusDeg: number;
  /** Most rows the service may give. */
  readonly maxRecords?: number;
  /** Only exposures that touch this window, modified Julian dates. */
  readonly timeMjd?: readonly [number, number];
  /** Format to ask for. */
  readonly responseFormat: "votable" | "csv";
}

/** What the service answered. */
export interface Sia2Answer {
  /** The Level-2 images, in the service's order. */
  readonly rows: readonly DiscoveredProduct[];
  /** Whether the service had more rows than it gave. */
  readonly overflow: boolean;
  /** Rows that are no Level-2 image and why. */
  readonly skipped: readonly string[];
}

/** Asks an SIA2 service which Level-2 images touch a circle. */
export declare function querySia2(
  client: HttpClient,
  endpoint: string,
  query: Sia2Query,
  signal?: AbortSignal,
): Promise<Sia2Answer>;
