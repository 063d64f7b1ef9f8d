import type { AccessName, AccessRoute, RouteOutcome } from "./access_route.ts";

/** What the configuration asks for: a route, or the cheapest that works. */
export type AccessSetting = "auto" | AccessName;

/** What the choice looks at. */
type RouteFacts = Pick<AccessRoute, "name" | "expectedBytes">;

/** What is known of a route. */
interface RouteKnowledge {
  successes: number;
  meanMs: number;
  failuresInARow: number;
}

/** Successes before a route's time says anything. */
const ENOUGH_SUCCESSES = 3;
/** Successes of the first route before another one is tried for comparison. */
const SUCCESSES_BEFORE_TRIAL = 12;
/** Failures in a row after which a route is the last one to try. */
const MAX_FAILURES_IN_A_ROW = 3;
/** A route that takes more bytes must be so much quicker to be preferred. */
const WORTHWHILE = 0.5;
/** Weight of the latest time in the mean. */
const NEWEST_WEIGHT = 0.2;

/**
 * Remembers for the length of a run how the routes do, and orders those of an item.
 *
 * With `auto` the route that takes the fewest bytes goes first until another one has shown to take half its time: the
 * beginning of the service's file for a cutout by itself, byte ranges of the object store for cutouts of one image
 * that share enough rows (three of 60 arcseconds at one place, seven of 180). The
 * object store, which is another service, is tried a few times for that once the first one works. A route that failed
 * three times in a row goes last. With the name of a route that one goes first always.
 */
export class AccessChoice {
  readonly #setting: AccessSetting;
  readonly #known = new Map<AccessName, RouteKnowledge>();
  #trials = 0;

  /** Nothing is known yet. */
  constructor(setting: AccessSetting) {
    this.#setting = setting;
  }

  /** The routes that may be used of those there are, the one to try first first. */
  order<Route extends RouteFacts>(routes: readonly Route[]): Route[] {
    const named = routes.filter((route) => route.name === this.#setting);
    if (this.#setting !== "auto") {
      return named.length > 0 ? named : routes.filter(({ name }) => name === "cutout");
    }
    const byBytes = routes.toSorted((a, b) => a.expectedBytes - b.expectedBytes);
    const ordered = byBytes.toSorted((a, b) => this.#rank(a, byBytes) - this.#rank(b, byBytes));
    const hasCloud = ordered.some((route) => route.name === "cloud");
    return hasCloud && this.#isTimeForTrial(ordered[0]!.name) ? withFirst(ordered, "cloud") : ordered;
  }

  /** Learns how an attempt ended. */
  learn({ name, isSuccess, durationMs }: RouteOutcome): void {
    const known = this.#of(name);
    if (!isSuccess) {
      known.failuresInARow++;
      return;
    }
    known.failuresInARow = 0;
    known.meanMs = known.successes === 0
      ? durationMs
      : known.meanMs + NEWEST_WEIGHT * (durationMs - known.meanMs);
    known.successes++;
  }

  #of(name: AccessName): RouteKnowledge {
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, known = { successes: 0, meanMs: 0, failuresInARow: 0 });
    return known;
  }

  /** Smaller is better; `byBytes` are all routes, the one that takes the fewest bytes first. */
  #rank({ name }: RouteFacts, byBytes: readonly RouteFacts[]): number {
    const { failuresInARow } = this.#of(name);
    const place = byBytes.findIndex((route) => route.name === name);
    if (failuresInARow >= MAX_FAILURES_IN_A_ROW) return byBytes.length + place;
    return this.#isMuchQuicker(name, byBytes) ? -1 : place;
  }

  /** Whether a route takes at most half the time of the one that takes the fewest bytes. */
  #isMuchQuicker(name: AccessName, byBytes: readonly RouteFacts[]): boolean {
    const own = this.#of(name);
    const first = byBytes.map((route) => this.#of(route.name)).find((known) =>
      known.successes >= ENOUGH_SUCCESSES
    );
    if (first === undefined || own === first) return false;
    return own.successes >= ENOUGH_SUCCESSES && own.meanMs < WORTHWHILE * first.meanMs;
  }

  #isTimeForTrial(first: AccessName): boolean {
    if (first === "cloud" || this.#trials >= ENOUGH_SUCCESSES) return false;
    if (this.#of(first).successes < SUCCESSES_BEFORE_TRIAL) return false;
    this.#trials++;
    return true;
  }
}

function withFirst<Route extends RouteFacts>(
  routes: readonly Route[],
  name: AccessName,
): Route[] {
  return [
    ...routes.filter((route) => route.name === name),
    ...routes.filter((route) => route.name !== name),
  ];
}
