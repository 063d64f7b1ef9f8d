import { bytesText, countedText } from "../core/number_text.ts";
import { wordsOfName } from "../core/text.ts";
import type { WorkflowEvent } from "./events.ts";
import type { PlanState } from "./plan_source.ts";

type EventText = {
  readonly [Type in WorkflowEvent["type"]]: (event: Extract<WorkflowEvent, { type: Type }>) => string;
};

function fluxText(flux: number | null, error: number | null): string {
  return flux === null || error === null ? "no flux" : `${flux.toPrecision(4)} ± ${error.toPrecision(2)} uJy`;
}

/** A cutout as people tell it: the start of a hash, or the whole name of its image. */
function cutoutName(cutoutKey: string): string {
  return /^[0-9a-f]{16,}$/.test(cutoutKey) ? cutoutKey.slice(0, 8) : cutoutKey;
}

const PLAN_WORDS: Readonly<Record<PlanState, string>> = {
  photometry_valid: "done",
  cutout_valid_measurement_missing: "to measure",
  cutout_missing_or_invalid: "to fetch and measure",
  calibration_missing: "without calibration",
};

const TEXT: EventText = {
  progress: (event) => `${event.stage} ${event.done}/${event.total}, ${event.failed} failed`,
  run_started: (event) =>
    `Run ${event.runId} of ${event.command}, configuration ${event.configHash.slice(0, 12)}`,
  workflow_runtime: (event) =>
    `Limits: ${
      Object.entries(event.limits).map(([name, value]) => `${wordsOfName(name)} ${value}`).join(", ")
    }`,
  catalog_ingested: (event) =>
    `Catalog ${event.path}: ${
      countedText(event.sources, "source")
    }, ${event.added} new, ${event.changed} changed, ${event.retired} retired`,
  discovery_answered: (event) =>
    `${event.sourceName}: ${
      countedText(event.products, "image")
    } in ${event.collection}, ${event.newMatches} new${event.overflow ? ", cut short by the service" : ""}`,
  discovery_skipped: (event) =>
    `${event.sourceName}: ${countedText(event.collections, "collection")} asked before`,
  discovery_failed: (event) =>
    `${event.sourceName}: ${event.collection} failed: ${event.message} [${event.code}]`,
  discovery_fallback: (event) => `${event.sourceName}: TAP answered, because SIA2 failed: ${event.message}`,
  footprints_stored: (event) =>
    `${event.collection}: ${
      countedText(event.rows, "footprint")
    } from MJD ${event.startMjd} to ${event.endMjd}`,
  index_waiting: ({ path, holder }) => `Waiting for the index of footprints ${path}: ${holder}`,
  index_ready: (event) =>
    `Index ${event.path}: ${countedText(event.footprints, "footprint")}, ${
      countedText(event.rows, "row")
    } fetched`,
  calibration_ready: (event) =>
    `${event.release} ${event.product} D${event.detector} ${event.version} ${
      event.downloaded ? `fetched, ${bytesText(event.bytes)}` : "is in the cache"
    }`,
  calibration_failed: (event) =>
    `${event.release} ${event.product} D${event.detector} failed: ${event.message} [${event.code}]`,
  plan_reason: (event) =>
    `${event.sourceName}: ${countedText(event.items, "image")} ${PLAN_WORDS[event.state]}: ${event.reason}`,
  workflow_plan: ({ counts }) =>
    `Plan: ${countedText(counts.items, "image")} of ${
      countedText(counts.sources, "source")
    }: ${counts.photometryValid} current, ` +
    `${counts.cutoutValidMeasurementMissing} to measure, ${counts.cutoutMissingOrInvalid} to fetch and measure, ` +
    `${counts.calibrationMissing} without calibration`,
  download_planned: ({ sourceName, cutouts, bytes, existing }) => {
    const there = existing === 0 ? "" : `, ${existing} are there already`;
    return cutouts === 0
      ? `${sourceName}: no cutouts to fetch${there}`
      : `${sourceName}: ${countedText(cutouts, "cutout")} to fetch, about ${bytesText(bytes)}${there}`;
  },
  download_completed: (event) =>
    `${event.sourceName}: cutout ${cutoutName(event.cutoutKey)} fetched, ${
      bytesText(event.bytes)
    } (${event.access}), attempt ${event.attempts}`,
  download_retry: (event) =>
    `${event.sourceName}: cutout ${cutoutName(event.cutoutKey)} attempt ${event.attempt} failed, again in ${
      event.delaySeconds.toFixed(1)
    } s${
      event.nextAccess === event.access ? "" : ` by ${event.nextAccess}`
    }: ${event.message} [${event.code}]`,
  download_failed: (event) =>
    `${event.sourceName}: cutout ${
      cutoutName(event.cutoutKey)
    } failed (${event.phase}): ${event.message} [${event.code}]`,
  image_left_out: (event) =>
    `${event.sourceName}: image of cutout ${cutoutName(event.cutoutKey)} left out: ${event.message}`,
  fit_queued: (event) => `${event.sourceName}: cutout ${cutoutName(event.cutoutKey)} waits for its fit`,
  measurement_done: (event) =>
    `${event.sourceName}: ${event.wavelengthMicron?.toFixed(4) ?? "no wavelength"} um, ${
      fluxText(event.fluxMicroJy, event.fluxErrorMicroJy)
    }, ${event.detectionStatus}${event.scienceRecommended ? "" : ", not recommended"}`,
  fit_failed: (event) =>
    `${event.sourceName}: fit of cutout ${
      cutoutName(event.cutoutKey)
    } failed: ${event.message} [${event.code}]`,
  backpressure: (event) =>
    `Downloads wait: ${countedText(event.liveCutouts, "cutout")}, ${
      bytesText(event.liveBytes)
    } on disk; ${event.waiting} to come`,
  blocked_storage_backpressure: (event) =>
    `${event.sourceName}: ${countedText(event.items, "image")} left for another run. ${event.hint}`,
  outputs_written: (event) => `${event.sourceName}: outputs written, ${countedText(event.rows, "row")}`,
  output_failed: (event) => `${event.sourceName}: outputs failed: ${event.message} [${event.code}]`,
  full_qa_missing_no_cutout: (event) =>
    `${event.sourceName}: ${countedText(event.items, "full-QA plot")} cannot be made. ${event.hint}`,
  full_qa_written: (event) => `${event.sourceName}: ${countedText(event.plots, "full-QA plot")} written`,
  source_finalized: (event) =>
    `${event.sourceName}: ${event.state}, ${event.measured} measured, ${event.recommended} recommended, ${event.failed} failed`,
  cleanup: (event) =>
    `${event.sourceName}: ${countedText(event.deleted, "cutout")} deleted, ${
      bytesText(event.bytes)
    } freed, ${event.kept} kept`,
  source_failed: (event) => `${event.sourceName} failed: ${event.message} [${event.code}]`,
  report_written: (event) => `Report ${event.path}`,
  shard_merged: (event) =>
    `Shard ${event.shard}: ${countedText(event.sources, "source")} merged with ${
      countedText(event.measurements, "measurement")
    }, ${event.refused} refused`,
  warning: (event) => `Warning: ${event.message}${event.hint === undefined ? "" : `. ${event.hint}`}`,
  run_failed: ({ status, code, message }) =>
    `Run ${status === "failed" ? "failed" : "was stopped"}: ${message}${code === null ? "" : ` [${code}]`}`,
  workflow_complete: ({ status, counts }) =>
    `Run ended: ${status}, ${counts.measured} measured, ${counts.skippedValid} current before, ${
      countedText(counts.downloaded, "cutout")
    } fetched`,
};

/** One line for people about an event, without time and without a final period. */
export function eventText(event: WorkflowEvent): string {
  return (TEXT[event.type] as (event: WorkflowEvent) => string)(event);
}
