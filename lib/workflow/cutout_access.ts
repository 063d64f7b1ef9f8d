import { AccessChoice } from "../archive/access_choice.ts";
import { type AccessRoute, type RouteOutcome, wholeFileRoute } from "../archive/access_route.ts";
import { cloudRoute } from "../archive/cloud_route.ts";
import { ParentPool } from "../archive/parent_pool.ts";
import type { StandInPsf } from "../archive/stand_in_psf.ts";
import { truncatedRoute } from "../archive/truncated_route.ts";
import { insideDirectory } from "../files/safe_path.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { CutoutPlace } from "../spherex/cutout_window.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { CalibrationChoice } from "./calibration_choice.ts";
import { repeatedPsfProduct } from "./calibration_demands.ts";
import type { PlanItem } from "./plan_source.ts";
import type { Project } from "./project.ts";
import { RepeatedPsf } from "./repeated_psf.ts";
import { RouteTimes } from "./route_times.ts";

function placeOf({ source, sizeArcsec }: PlanItem): CutoutPlace {
  const { rightAscensionDeg, declinationDeg } = source;
  return { rightAscensionDeg, declinationDeg, sizeArcsec };
}

/** The ways to the cutouts of a run: what is at hand for each, and what was learnt of them. */
export class CutoutAccess {
  /** Orders the routes by what was learnt. */
  readonly choice: AccessChoice;
  /** How long cutouts take on each route. */
  readonly times = new RouteTimes();
  readonly #project: Project;
  readonly #calibrations: CalibrationChoice;
  readonly #parents: ParentPool;
  readonly #standIns = new Map<string, StandInPsf | undefined>();

  /** Prepares the routes of a project. */
  constructor(project: Project, client: HttpClient, calibrations: CalibrationChoice) {
    this.choice = new AccessChoice(project.config.cutouts.access);
    this.#project = project;
    this.#calibrations = calibrations;
    this.#parents = new ParentPool(client);
  }

  /** The routes to the cutout of an item that is cut out at `url`, the one to try first first. */
  routes(item: PlanItem, url: string): readonly [AccessRoute, ...AccessRoute[]] {
    const whole = wholeFileRoute(url);
    const standIn = this.#standIn(item.product.release, item.product.detector);
    const routes: AccessRoute[] = [whole];
    if (standIn !== undefined) routes.push(truncatedRoute(url, standIn));
    const cloudUrl = this.#cloudUrl(item);
    if (cloudUrl !== undefined) {
      const { detector, observationId } = item.product;
      const parent = this.#parents.at(cloudUrl);
      const withZodi = this.#project.config.cutouts.include_zodi;
      routes.push(cloudRoute({ parent, place: placeOf(item), detector, observationId, withZodi, standIn }));
    }
    const [first = whole, ...others] = this.choice.order(routes);
    return [first, ...others];
  }

  /** Learns how an attempt on a route ended. */
  learn(outcome: RouteOutcome): void {
    this.choice.learn(outcome);
    this.times.add(outcome);
  }

  /** Notes that the cutouts of items are about to be fetched: what they share of their parents is kept meanwhile. */
  join(items: readonly PlanItem[]): void {
    for (const item of items) this.#parentOf(item)?.join(item.cutoutKey, placeOf(item));
  }

  /** Notes that an item of {@linkcode CutoutAccess.join} is done. */
  leave(item: PlanItem): void {
    this.#parentOf(item)?.leave(item.cutoutKey);
  }

  #parentOf(item: PlanItem) {
    const { access } = this.#project.config.cutouts;
    const url = access === "auto" || access === "cloud" ? this.#cloudUrl(item) : undefined;
    return url === undefined ? undefined : this.#parents.at(url);
  }

  #cloudUrl({ product }: PlanItem): string | undefined {
    if (product.cloudKey === null) return undefined;
    return `${this.#project.config.cloud.s3_base_url.replace(/\/+$/, "")}/${product.cloudKey}`;
  }

  #standIn(release: string, detector: number): StandInPsf | undefined {
    const key = `${release} ${detector}`;
    if (!this.#standIns.has(key)) this.#standIns.set(key, this.#findStandIn(release, detector));
    return this.#standIns.get(key);
  }

  #findStandIn(release: string, detector: number): StandInPsf | undefined {
    const product = repeatedPsfProduct(this.#project.config, release);
    const psf = product === undefined ? undefined : this.#calibrations.newest(product, release, detector);
    if (psf === undefined || !this.#isAtHand(psf)) return undefined;
    const spectral = this.#calibrations.newest("spectral_wcs", release, detector);
    const table = spectral !== undefined && this.#isAtHand(spectral) ? spectral : undefined;
    return new RepeatedPsf(this.#project.root, psf, table);
  }

  #isAtHand(record: CalibrationRecord): boolean {
    try {
      const path = insideDirectory(this.#project.root, record.relativePath);
      return Deno.statSync(path).size === record.fileSizeBytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }
}
