import type { DiscoveredProduct } from "./discovered_product.ts";
import type { Sia2Answer } from "./sia2.ts";

/** An interval of time, MJD, that may be open on either side. */
export type TimeWindow = readonly [number, number];

/** Windows shorter than this, days, are not cut any more: exposures are longer. */
const SHORTEST_DAYS = 1e-4;

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

/** Two windows that meet inside of another one; undefined when it cannot be cut. */
function halvesOf(
  [low, high]: TimeWindow,
  rows: readonly DiscoveredProduct[],
): [TimeWindow, TimeWindow] | undefined {
  const times = rows.map(({ tMinMjd }) => tMinMjd).filter((time) => time !== null).sort((a, b) => a - b);
  const inside = times.filter((time) => time - low > SHORTEST_DAYS && high - time > SHORTEST_DAYS);
  const middle = inside[inside.length >> 1];
  // What was seen may all lie at one end of the window.
  const cut = middle ?? (low + high) / 2;
  if (!Number.isFinite(cut) || high - low <= 2 * SHORTEST_DAYS) return undefined;
  return [[low, cut], [cut, high]];
}
