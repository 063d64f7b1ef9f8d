import { bytesText, countText, durationText } from "../core/number_text.ts";
import type { ReportedRun, ReportFigure, ReportHost } from "../outputs/report/run_report.ts";
import type { ProjectTotals, SourceSummary } from "../store/summaries.ts";
import type { RunCounts } from "./events.ts";
import type { StageTime } from "./stage_clock.ts";

/** What was exchanged and how long it took in a run. */
export interface RunTraffic {
  /** The hosts that were talked to. */
  readonly hosts: readonly ReportHost[];
  /** The stages. */
  readonly stages: readonly StageTime[];
}

/** The run that a report tells of. */
export interface RunToReport extends RunTraffic {
  /** Identity of the run. */
  readonly runId: string;
  /** The command. */
  readonly command: string;
  /** How it ended. */
  readonly status: string;
  /** When it began, ISO 8601. */
  readonly startedAt: string;
  /** When it ended, ISO 8601; null when it has not. */
  readonly finishedAt: string | null;
  /** What it did; undefined when it did not come that far. */
  readonly counts: RunCounts | undefined;
}

function figure(label: string, value: string | number, remark = ""): ReportFigure {
  return { label, value: typeof value === "number" ? countText(value) : value, remark };
}

function share(part: number, whole: number): string {
  return whole === 0 ? "" : `${Math.round(100 * part / whole)} %`;
}

/** The numbers of a project as a whole; `failed` counts its open failures. */
export function totalFigures(
  totals: ProjectTotals,
  sources: readonly SourceSummary[],
  failed: number,
): ReportFigure[] {
  const { sourcesByState } = totals;
  const complete = sourcesByState["source_complete"] ?? 0;
  const images = sources.reduce((sum, source) => sum + source.products, 0);
  const detected = sources.reduce((sum, source) => sum + source.detected, 0);
  return [
    figure("Sources", totals.sources, `${countText(complete)} complete`),
    figure("Images", images, "that cover them"),
    figure("Measurements", totals.measurements, share(totals.measurements, images)),
    figure("Detections", detected, share(detected, totals.measurements)),
    figure(
      "Recommended",
      totals.recommended,
      `${share(totals.recommended, totals.measurements)} for science`.trim(),
    ),
    figure("Open failures", failed, failed === 0 ? "" : "see below"),
    figure("Cutouts on disk", totals.cutouts, bytesText(totals.cutoutBytes)),
  ];
}

/** What a report says of a run. */
export function reportedRun(run: RunToReport): ReportedRun {
  const { counts, runId, command, status, startedAt, finishedAt } = run;
  const seconds = finishedAt === null ? NaN : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  const failed = counts === undefined
    ? 0
    : Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
  const blocked = counts === undefined
    ? 0
    : Object.values(counts.blocked).reduce((sum, count) => sum + count, 0);
  const figures = counts === undefined ? [] : [
    figure("Measured", counts.measured, `${countText(counts.skippedValid)} were current`),
    figure("Fetched", bytesText(counts.downloadedBytes), `${countText(counts.downloaded)} cutouts`),
    figure("Failed", failed, blocked === 0 ? "" : `${countText(blocked)} left for later`),
    figure("Outputs written", counts.published, `${countText(counts.outputsCurrent)} were current`),
    figure("Cleaned up", bytesText(counts.deletedBytes), `${countText(counts.deletedCutouts)} cutouts`),
    figure("Took", Number.isNaN(seconds) ? "\u2013" : durationText(seconds)),
  ];
  return { runId, command, status, startedAt, finishedAt, figures };
}

/** What a report says of a host. */
export function reportedHost(host: ReportHost): ReportHost {
  const { requests, failures, retries, throttled, bytesReceived, peakInFlight, timeline } = host;
  const numbers = { host: host.host, requests, failures, retries, throttled, bytesReceived, peakInFlight };
  return timeline === undefined ? numbers : { ...numbers, timeline };
}
