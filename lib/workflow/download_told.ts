import type { DownloadEvent } from "../archive/download_event.ts";
import type { WorkflowEvent } from "./events.ts";
import type { PlanItem } from "./plan_source.ts";

/** The events of a workflow that tell of a download. */
export type ToldDownload = Extract<
  WorkflowEvent,
  { type: "download_completed" | "download_failed" | "download_retry" | "image_left_out" }
>;

/** What a workflow tells of a download; undefined for what it keeps to itself. */
export function downloadTold(item: PlanItem, event: DownloadEvent): ToldDownload | undefined {
  const name = { sourceName: item.source.sourceName, cutoutKey: event.key };
  if (event.type === "download_completed") {
    const { type, bytes, attempts, access, bytesReceived } = event;
    return { type, ...name, bytes, attempts, access, bytesReceived };
  }
  if (event.type === "download_failed") {
    const { type, phase, code, message, hint } = event;
    if (code === "archive/target-off-image") return { type: "image_left_out", ...name, message };
    return { type, ...name, phase, code, message, hint };
  }
  if (event.type !== "download_retry") return undefined;
  const { type, attempt, code, message, access, nextAccess } = event;
  return { type, ...name, attempt, delaySeconds: event.delayMs / 1000, code, message, access, nextAccess };
}
