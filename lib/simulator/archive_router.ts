import { ArchiveTree } from "./archive_tree.ts";
import { cutoutReply } from "./cutout_service.ts";
import { datalinkReply } from "./datalink_service.ts";
import { damagedReply } from "./fault_injector.ts";
import type { HttpRequest } from "./http_connection.ts";
import { bucketError, bucketListingReply, entityTag, ibeListingReply } from "./listing_service.ts";
import { rangeReply, type Reply, textReply } from "./reply.ts";
import { siaReply } from "./sia_service.ts";
import type { Simulation } from "./simulation.ts";
import type { ArchiveRoute, FaultKind, StandInArchiveOptions, StandInUrls } from "./stand_in_options.ts";
import { TapService } from "./tap_service.ts";
import { truthCsv } from "./truth.ts";

const IBE = "/ibe/data/spherex/";
const IBE_LISTING = "/ibe/dir/list/spherex";
const S3 = "/s3";
/** Far enough for a cutout of the usual size not to touch the place that was asked for. */
const WRONG_PLACE_PIXELS = 400;
const FIRST_EXTENSION_BYTE = 2880;

/** A request with its URL taken apart. */
export interface RoutedRequest {
  /** The service. */
  readonly route: ArchiveRoute;
  /** The path below the service, decoded. */
  readonly path: string;
  /** The query; for a POSTed form the form. */
  readonly query: URLSearchParams;
}

/** Says which service a request goes to. */
export function routeRequest({ target, body }: HttpRequest): RoutedRequest {
  const url = new URL(target, "http://127.0.0.1");
  const query = new URLSearchParams(body === "" ? url.search : `${url.search.slice(1)}&${body}`);
  const path = decodeURIComponent(url.pathname);
  const routed = (route: ArchiveRoute, prefix: string): RoutedRequest => ({
    route,
    path: path.slice(prefix.length).replace(/^\/|\/$/g, ""),
    query,
  });
  if (path === "/SIA") return routed("sia", path);
  if (path.startsWith(IBE_LISTING)) return routed("ibe-listing", IBE_LISTING);
  if (path.startsWith(IBE)) return routed(query.has("center") ? "cutout" : "ibe", IBE);
  if (path === S3 || path.startsWith(`${S3}/`)) {
    return routed(query.has("list-type") || path.length <= S3.length + 1 ? "s3-listing" : "s3", S3);
  }
  if (path.startsWith("/TAP/")) return routed("tap", "/TAP");
  if (path.startsWith("/datalink/links/spherex")) return routed("datalink", path);
  if (path === "/truth") return routed("truth", path);
  return routed("other", "");
}

/** Answers requests from a simulation. */
export class ArchiveRouter {
  /** The files. */
  readonly tree: ArchiveTree;
  readonly #simulation: Simulation;
  readonly #urls: StandInUrls;
  readonly #releasedUntilMjd: number;
  readonly #accessUrls: "files" | "datalink";
  readonly #tap: TapService;
  readonly #hasSums: boolean;

  /** A router for a simulation whose services are at `urls`. */
  constructor(simulation: Simulation, urls: StandInUrls, options: StandInArchiveOptions) {
    this.#simulation = simulation;
    this.#urls = urls;
    this.#releasedUntilMjd = options.releasedUntilMjd ?? Infinity;
    this.#accessUrls = options.accessUrls ?? "files";
    this.#hasSums = options.checksums ?? false;
    this.tree = new ArchiveTree(simulation, this.#hasSums);
    const content = { simulation, tree: this.tree, places: urls, releasedUntilMjd: this.#releasedUntilMjd };
    this.#tap = new TapService(content, urls.tapUrl, options.tap ?? {});
  }

  /** The answer to a request; a fault that concerns the content is worked into it. */
  reply(request: HttpRequest, routed: RoutedRequest, fault: FaultKind | undefined): Reply {
    const { route, path, query } = routed;
    const { ibeBaseUrl } = this.#urls;
    switch (route) {
      case "sia":
        return siaReply(query, {
          simulation: this.#simulation,
          tree: this.tree,
          places: this.#urls,
          releasedUntilMjd: this.#releasedUntilMjd,
          accessUrls: this.#accessUrls,
        });
      case "ibe-listing":
        return ibeListingReply(this.tree, path);
      case "s3-listing":
        return bucketListingReply(this.tree, query);
      case "tap":
        return this.#tap.reply(request.method, path, query);
      case "datalink": {
        const id = query.get("ID") ?? "";
        const match = /\?(\w+)\/D([1-6])$/.exec(id);
        const image = match === null ? undefined : this.#imageOfObservation(match[1]!, match[2]!);
        return datalinkReply(image, id, this.tree, ibeBaseUrl);
      }
      case "cutout":
      case "ibe":
      case "s3":
        return damaged(this.#file(request, routed, fault), fault, route, this.#hasSums);
      case "truth":
        return truthReply(this.#simulation, query);
      case "other":
        return textReply(404, "text/plain", "Not Found\n");
    }
  }

  #file(request: HttpRequest, { route, path, query }: RoutedRequest, fault: FaultKind | undefined): Reply {
    const image = this.tree.imageOfKey(path);
    if (route === "cutout") {
      if (image === undefined) return textReply(404, "text/plain", "Not Found\n");
      const displacement = fault === "wrong-object" ? WRONG_PLACE_PIXELS : 0;
      return cutoutReply(this.#simulation, this.tree, image, query, displacement);
    }
    const key = fault === "wrong-object" ? otherDetector(path) : path;
    const file = this.tree.file(key);
    if (file === undefined) {
      return route === "s3"
        ? bucketError(404, "NoSuchKey", "The specified key does not exist.", path)
        : textReply(404, "text/plain", "Not Found\n");
    }
    const headers: Record<string, string> = { etag: `"${entityTag(key)}"`, "last-modified": LAST_MODIFIED };
    if (route === "s3") headers["access-control-allow-origin"] = "*";
    return rangeReply(file, request.headers.get("range"), headers);
  }

  #imageOfObservation(observationId: string, detector: string) {
    const period = observationId.split("_").slice(0, 2).join("_");
    const visit = this.#simulation.survey.visits.find(({ planningPeriod }) => planningPeriod === period);
    if (visit === undefined) return undefined;
    return this.#simulation.survey.imageOfFile(
      `level2_${observationId}D${detector}_spx_${visit.processingVersion}.fits`,
    );
  }
}

/** What there really is at a place, in every image that covers it. */
function truthReply(simulation: Simulation, query: URLSearchParams): Reply {
  const rightAscensionDeg = Number(query.get("ra") ?? NaN);
  const declinationDeg = Number(query.get("dec") ?? NaN);
  if (!(rightAscensionDeg >= 0 && rightAscensionDeg < 360 && Math.abs(declinationDeg) <= 90)) {
    return textReply(400, "text/plain", "Ask for a place with ?ra=<0 to 360>&dec=<-90 to 90>, in degrees\n");
  }
  if (simulation.sky.target({ rightAscensionDeg, declinationDeg }) === undefined) {
    return textReply(404, "text/plain", "There is no target within 2 arcseconds: discover one first\n");
  }
  return textReply(200, "text/csv", truthCsv(simulation.truth({ rightAscensionDeg, declinationDeg })));
}

const LAST_MODIFIED = "Tue, 14 Jul 2026 17:04:09 GMT";

/** The key of the same file of the next detector. */
function otherDetector(key: string): string {
  const next = (digit: string) => String(Number(digit) % 6 + 1);
  return key.replace(/\/([1-6])\//, (_match, digit: string) => `/${next(digit)}/`)
    .replace(/D([1-6])_spx/, (_match, digit: string) => `D${next(digit)}_spx`);
}

/** Overwrites the start of the first extension, or some pixels of IMAGE, where a fault asks for it. */
function damaged(
  reply: Reply,
  fault: FaultKind | undefined,
  route: ArchiveRoute,
  hasSums: boolean,
): Reply {
  if (reply.status >= 400) return reply;
  if (fault === "corrupt-header") {
    const offset = reply.status === 206 ? 0 : FIRST_EXTENSION_BYTE;
    const text = new TextEncoder().encode("XTENS?ON= 'IMAGE   '".repeat(40));
    return damagedReply(reply, offset, text.length, (_byte, index) => text[index]!);
  }
  if (fault === "corrupt-data") {
    const offset = route === "cutout" ? 26_000 : Math.floor(reply.byteLength / 3);
    // With sums, pixels change by less than a hundredth, which nothing but a sum can tell; without, beyond belief.
    const damage = route === "cutout" && hasSums
      ? (byte: number, index: number) => index % 4 === 2 ? byte ^ 0x5a : byte
      : () => 0x5a;
    return damagedReply(reply, Math.min(offset, reply.byteLength - 1), 400, damage);
  }
  return reply;
}
