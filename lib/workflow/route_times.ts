import type { AccessName, RouteOutcome } from "../archive/access_route.ts";
import type { RunTable } from "../store/runs.ts";

const ROUTES: readonly AccessName[] = ["cutout", "truncated", "cloud"];

/** The stage under which the cost of cutouts on a route is kept. */
function stageOf(route: AccessName): string {
  return `download by ${route}`;
}

/** Seconds that a cutout took on a route in earlier runs, all that were under way at once together; undefined before. */
export function secondsPerCutout(runs: RunTable, route: AccessName): number | undefined {
  return runs.secondsPerItem(stageOf(route));
}

/** Measures how long cutouts take on each route while downloads are under way, waits and repeats included. */
export class RouteTimes {
  readonly #cutouts = new Map<AccessName, number>();
  readonly #attemptMs = new Map<AccessName, number>();
  readonly #now: () => number;
  #busyMs = 0;
  #busySinceMs: number | undefined;

  /** Nothing was fetched yet; `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Downloads are under way from now on. */
  begin(): void {
    this.#busySinceMs ??= this.#now();
  }

  /** Nothing is being fetched any more. */
  rest(): void {
    if (this.#busySinceMs === undefined) return;
    this.#busyMs += this.#now() - this.#busySinceMs;
    this.#busySinceMs = undefined;
  }

  /** Takes an attempt into account; one that failed costs time, too. */
  add({ name, isSuccess, durationMs }: RouteOutcome): void {
    if (isSuccess) this.#cutouts.set(name, (this.#cutouts.get(name) ?? 0) + 1);
    this.#attemptMs.set(name, (this.#attemptMs.get(name) ?? 0) + durationMs);
  }

  /** Keeps what was measured for the next plan: the time in which routes were used at once is theirs by their attempts. */
  store(runs: RunTable): void {
    this.rest();
    const allMs = [...this.#attemptMs.values()].reduce((sum, milliseconds) => sum + milliseconds, 0);
    for (const route of ROUTES) {
      const cutouts = this.#cutouts.get(route) ?? 0;
      if (cutouts === 0) continue;
      const share = allMs === 0 ? 0 : this.#attemptMs.get(route)! / allMs;
      runs.addStageCost(stageOf(route), cutouts, share * this.#busyMs / 1000);
    }
    this.#cutouts.clear();
    this.#attemptMs.clear();
    this.#busyMs = 0;
  }
}
