import { bytesText, countText, durationText } from "../../core/number_text.ts";
import type { Timeline, TimelineInterval } from "../../net/host_timeline.ts";
import { escapeHtml } from "./html_text.ts";

const WIDTH = 520;
const LEFT = 62;
const RIGHT = 10;
/** Top and bottom of the two panels: bytes over time, and requests at once. */
const RATE_PANEL = { top: 18, bottom: 78 } as const;
const LIMIT_PANEL = { top: 104, bottom: 164 } as const;
const HEIGHT = 184;

/**
 * Traffic with a host over time as SVG: bytes a second above, below the requests at once that the limiter allowed, with
 * a mark where the host asked to go slower and where something else failed. Colours are classes of the page.
 */
export function trafficChartSvg(host: string, { intervalMs, intervals }: Timeline): string {
  const seconds = intervals.length * intervalMs / 1000;
  const rates = intervals.map(({ bytesReceived }) => 1000 * bytesReceived / intervalMs);
  const mostRate = Math.max(1, ...rates);
  const mostAtOnce = Math.max(1, ...intervals.map(({ limit }) => limit));
  const x = (index: number) => round(LEFT + index * (WIDTH - LEFT - RIGHT) / intervals.length);
  return [
    `<svg class="traffic" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${
      escapeHtml(`Traffic with ${host} over time`)
    }">`,
    panel(RATE_PANEL, "received", `${bytesText(mostRate)}/s`),
    panel(LIMIT_PANEL, "allowed at once", countText(mostAtOnce)),
    `<path class="rate" d="${ratePath(rates, mostRate, x)}"/>`,
    `<path class="limit" d="${limitPath(intervals, mostAtOnce, x)}"/>`,
    `<path class="failed" d="${marks(intervals, x, otherFailures, LIMIT_PANEL.bottom - 7)}"/>`,
    `<path class="throttled" d="${marks(intervals, x, ({ throttled }) => throttled, LIMIT_PANEL.bottom)}"/>`,
    text(LEFT, HEIGHT - 4, "0 s"),
    text(WIDTH - RIGHT, HEIGHT - 4, durationText(seconds), "end"),
    "</svg>",
  ].join("");
}

/** What the marks of a chart mean. */
export const TRAFFIC_LEGEND =
  '<p class="legend"><span class="throttled">slowed down by the host</span> <span class="failed">failed otherwise</span></p>';

function otherFailures({ failures, throttled }: TimelineInterval): number {
  return Math.max(0, failures - throttled);
}

function panel(
  { top, bottom }: typeof RATE_PANEL | typeof LIMIT_PANEL,
  heading: string,
  most: string,
): string {
  return `<path class="axis" d="M${LEFT},${top}V${bottom}H${WIDTH - RIGHT}"/>` +
    text(LEFT, top - 6, heading) + text(LEFT - 6, top + 9, most, "end") + text(LEFT - 6, bottom, "0", "end");
}

function text(x: number, y: number, content: string, anchor: "start" | "end" = "start"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(content)}</text>`;
}

/** Bars without gaps, one an interval. */
function ratePath(rates: readonly number[], most: number, x: (index: number) => number): string {
  const { top, bottom } = RATE_PANEL;
  const steps = rates.map((rate, i) => `V${round(bottom - (bottom - top) * rate / most)}H${x(i + 1)}`);
  return `M${LEFT},${bottom}${steps.join("")}V${bottom}Z`;
}

/** Steps through the lowest limit of each interval to its last one, so that a short fall is not lost. */
function limitPath(
  intervals: readonly TimelineInterval[],
  most: number,
  x: (index: number) => number,
): string {
  const { top, bottom } = LIMIT_PANEL;
  const y = (limit: number) => round(bottom - (bottom - top) * limit / most);
  const steps = intervals.map(({ limit, lowestLimit }, i) => `V${y(lowestLimit)}V${y(limit)}H${x(i + 1)}`);
  const [first] = intervals;
  return first === undefined ? "" : `M${LEFT},${y(first.limit)}${steps.join("")}`;
}

/** Ticks that stand at a height where something was counted. */
function marks(
  intervals: readonly TimelineInterval[],
  x: (index: number) => number,
  count: (interval: TimelineInterval) => number,
  foot: number,
): string {
  return intervals.map((interval, i) => count(interval) > 0 ? `M${x(i + 0.5)},${foot}v-6` : "").join("");
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
