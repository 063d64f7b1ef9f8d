import type { DiscoveredProduct } from "./discovered_product.ts";
import type { Sia2Answer } from "./sia2.ts";

/** An interval of time, MJD, that may be open on either side. */
export type TimeWindow = readonly [number, number];

/** Windows meet a second before or after an exposure, days; the telescope needs longer for its next one. */
const GAP_DAYS = 1e-5;

/**
 * Asks until nothing is left out: a question whose answer was cut short is put again for two windows of time, which meet
 * at the middle of what was seen. `ask` is called without a window first. Images that lie in both windows are taken once.
 *
 * `overflow` of the answer stays true when the service has more images of one moment than it gives.
 */
export async function askCompletely(
  ask: (window: TimeWindow | undefined) => Promise<Sia2Answer>,
): Promise<Sia2Answer> {
  const rows = new Map<string, DiscoveredProduct>();
  const skipped: string[] = [];
  let overflow = false;
  const windows: (TimeWindow | undefined)[] = [undefined];
  while (windows.length > 0) {
    const window = windows.pop();
    const answer = await ask(window);
    const halves = answer.overflow ? halvesOf(window ?? [-Infinity, Infinity], answer.rows) : undefined;
    if (halves !== undefined) {
      windows.push(halves[1], halves[0]);
      continue;
    }
    overflow ||= answer.overflow;
    skipped.push(...answer.skipped);
    for (const row of answer.rows) rows.set(row.productSignature, row);
  }
  return { rows: [...rows.values()], overflow, skipped };
}

/**
 * Two windows that meet between exposures inside of another one, so that about as many of those seen lie on either side;
 * undefined when all that was seen is of one moment.
 */
function halvesOf(
  [low, high]: TimeWindow,
  rows: readonly DiscoveredProduct[],
): [TimeWindow, TimeWindow] | undefined {
  const cuts = rows.flatMap(({ tMinMjd, tMaxMjd }) =>
    tMinMjd === null ? [] : [tMinMjd - GAP_DAYS, Math.max(tMinMjd, tMaxMjd ?? tMinMjd) + GAP_DAYS]
  ).filter((time) => time > low && time < high).sort((a, b) => a - b);
  const cut = cuts[cuts.length >> 1];
  return cut === undefined ? undefined : [[low, cut], [cut, high]];
}
