import { bytesText, countedText, countText, durationText } from "../core/number_text.ts";
import type { PlanCounts } from "../workflow/events.ts";
import type { RouteEstimate, TransferEstimate } from "../workflow/transfer_estimate.ts";

/** The counts of a plan in one line. */
export function planText(plan: PlanCounts): string {
  return `Plan      ${countedText(plan.items, "image")} of ${countedText(plan.sources, "source")}: ` +
    `${countText(plan.photometryValid)} current, ${
      countText(plan.cutoutValidMeasurementMissing)
    } to measure, ` +
    `${countText(plan.cutoutMissingOrInvalid)} to fetch, ${
      countText(plan.calibrationMissing)
    } without calibration`;
}

/** What would be fetched, by host and route, and how long that takes at which rates. */
export function estimateText(estimate: TransferEstimate): string {
  const { cutouts, requests, bytes, seconds, hosts, routes } = estimate;
  if (requests === 0) return "Fetch     nothing";
  const time = cutouts === 0 ? "" : `, about ${durationText(seconds)}`;
  return [
    `Fetch     ${countedText(cutouts, "cutout")}, ${countedText(requests, "request")}, ${
      bytesText(bytes)
    }${time}`,
    ...hosts.map((host) =>
      `  from    ${host.host}: ${countedText(host.requests, "request")}, ${bytesText(host.bytes)}`
    ),
    ...routes.map(routeText),
  ].join("\n");
}

function routeText({ access, cutouts, bytes, secondsPerCutout, isSeen }: RouteEstimate): string {
  const rate = (1 / secondsPerCutout).toFixed(1);
  const basis = isSeen ? `${rate}/s as in earlier runs` : `${rate}/s assumed, as nothing came this way yet`;
  return `  by      ${access}: ${countedText(cutouts, "cutout")}, ${bytesText(bytes)}, ${basis}`;
}
