import type { AccessName } from "../archive/access_route.ts";
import { itemUrl } from "./cutout_downloads.ts";
import type { CutoutAccess } from "./cutout_access.ts";
import type { PlanItem } from "./plan_source.ts";
import type { Project } from "./project.ts";
import { secondsPerCutout } from "./route_times.ts";

/** What is expected to be exchanged with one host. */
export interface HostEstimate {
  /** Name and port, as in a URL. */
  readonly host: string;
  /** Requests that will be sent. */
  readonly requests: number;
  /** Bytes that will come; those of discovery answers are not known before. */
  readonly bytes: number;
}

/** What is expected to come by one route. */
export interface RouteEstimate {
  /** The route. */
  readonly access: AccessName;
  /** Cutouts. */
  readonly cutouts: number;
  /** Bytes. */
  readonly bytes: number;
  /** Seconds for one, all that are under way at once together. */
  readonly secondsPerCutout: number;
  /** Whether that was seen in earlier runs of the project, or is only assumed. */
  readonly isSeen: boolean;
}

/** What a run or a download would fetch. */
export interface TransferEstimate {
  /** Cutouts to fetch. */
  readonly cutouts: number;
  /** Requests to all hosts. */
  readonly requests: number;
  /** Bytes from all hosts. */
  readonly bytes: number;
  /** Seconds that the cutouts will take. */
  readonly seconds: number;
  /** By host. */
  readonly hosts: readonly HostEstimate[];
  /** By route, as things stand: with `auto` a route that fails or shows to be slow is left for another one. */
  readonly routes: readonly RouteEstimate[];
}

/**
 * Seconds for one cutout before anything was fetched: 0.29 s is what the archive's own notebook took for each of 84
 * cutouts fetched side by side.
 */
const ASSUMED_SECONDS: Readonly<Record<AccessName, number>> = { cutout: 0.29, truncated: 0.29, cloud: 0.29 };
/** Items that are looked at together, as those of a batch are. */
const ITEMS_TOGETHER = 512;

/** Adds up what fetching items would cost, without a request. */
export class TransferEstimator {
  readonly #project: Project;
  readonly #access: CutoutAccess;
  readonly #hosts = new Map<string, { requests: number; bytes: number }>();
  readonly #routes = new Map<AccessName, { cutouts: number; bytes: number }>();
  #waiting: PlanItem[] = [];

  /** Nothing to fetch yet; `access` has the routes that a run would have. */
  constructor(project: Project, access: CutoutAccess) {
    this.#project = project;
    this.#access = access;
  }

  /** Adds a cutout to fetch. */
  add(item: PlanItem): void {
    this.#waiting.push(item);
    if (this.#waiting.length >= ITEMS_TOGETHER) this.#takeWaiting();
  }

  /** Adds requests of another kind to a URL's host. */
  addRequests(url: string, requests: number): void {
    if (requests > 0) this.#toHost(url, requests, 0);
  }

  /** The sums. */
  result(): TransferEstimate {
    this.#takeWaiting();
    const hosts = [...this.#hosts].map(([host, { requests, bytes }]) => ({
      host,
      requests: Math.ceil(requests),
      bytes: Math.round(bytes),
    }));
    const routes = [...this.#routes].map(([access, { cutouts, bytes }]) => {
      const seen = secondsPerCutout(this.#project.runs, access);
      return {
        access,
        cutouts,
        bytes: Math.round(bytes),
        secondsPerCutout: seen ?? ASSUMED_SECONDS[access],
        isSeen: seen !== undefined,
      };
    });
    return {
      cutouts: routes.reduce((sum, { cutouts }) => sum + cutouts, 0),
      requests: hosts.reduce((sum, { requests }) => sum + requests, 0),
      bytes: hosts.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: routes.reduce((sum, route) => sum + route.cutouts * route.secondsPerCutout, 0),
      hosts,
      routes,
    };
  }

  /** Those that are fetched together share what they need of one image. */
  #takeWaiting(): void {
    const items = this.#waiting.splice(0);
    this.#access.join(items);
    for (const item of items) {
      const [route] = this.#access.routes(item, itemUrl(item, this.#project.config));
      const known = this.#routes.get(route.name) ?? { cutouts: 0, bytes: 0 };
      this.#routes.set(route.name, { cutouts: known.cutouts + 1, bytes: known.bytes + route.expectedBytes });
      this.#toHost(route.url, route.expectedRequests, route.expectedBytes);
    }
    for (const item of items) this.#access.leave(item);
  }

  #toHost(url: string, requests: number, bytes: number): void {
    const { host } = new URL(url);
    const known = this.#hosts.get(host) ?? { requests: 0, bytes: 0 };
    this.#hosts.set(host, { requests: known.requests + requests, bytes: known.bytes + bytes });
  }
}
