import assert from "node:assert/strict";
import { eventText } from "../../lib/workflow/event_text.ts";
import { eventAsJson, type WorkflowEvent } from "../../lib/workflow/events.ts";
import { RunTally } from "../../lib/workflow/run_tally.ts";

const CUTOUT = { sourceName: "TDE_2025aarm", cutoutKey: "0123456789abcdef" };
const FAILURE = { code: "net/status", message: "The server answered 503", hint: "Run it again" };
const CALIBRATION = { product: "spectral_wcs", release: "QR2", detector: 3 };
const PLAN = {
  sources: 2,
  items: 10,
  photometryValid: 4,
  cutoutValidMeasurementMissing: 3,
  cutoutMissingOrInvalid: 2,
  calibrationMissing: 1,
};

/** An event of every type, and what its line has to name. */
const EVENTS: Readonly<Record<WorkflowEvent["type"], readonly [object, RegExp]>> = {
  progress: [{ stage: "measure", done: 3, total: 10, failed: 1 }, /^measure 3\/10, 1 failed$/],
  run_started: [{ runId: "R1", command: "run", configHash: "abcdef0123456789" }, /R1 .*run.* abcdef012345$/],
  workflow_runtime: [{ limits: { fitWorkers: 2, openFitsFiles: 8 } }, /fit workers 2, open fits files 8/i],
  catalog_ingested: [
    { path: "c.csv", sources: 9, added: 2, changed: 3, retired: 4 },
    /c\.csv: 9 sources, 2 new, 3 changed, 4 retired/,
  ],
  discovery_answered: [
    { ...CUTOUT, collection: "spherex_qr3", products: 12, newMatches: 5, overflow: true },
    /TDE_2025aarm: 12 images in spherex_qr3, 5 new, cut short/,
  ],
  image_left_out: [
    { ...CUTOUT, message: "The target lies beyond the edge" },
    /TDE_2025aarm: image of cutout [0-9a-f]{8} left out: The target lies beyond the edge$/,
  ],
  shard_merged: [
    { shard: "2/4", sources: 1, measurements: 80, refused: 2 },
    /^Shard 2\/4: 1 source merged with 80 measurements, 2 refused$/,
  ],
  discovery_skipped: [{ ...CUTOUT, collections: 4 }, /TDE_2025aarm: 4 collections/],
  discovery_failed: [
    { ...CUTOUT, ...FAILURE, collection: "spherex_qr3" },
    /spherex_qr3 .*503 \[net\/status\]/,
  ],
  discovery_fallback: [{ ...CUTOUT, message: "status 503" }, /TDE_2025aarm: TAP answered, .*status 503/],
  footprints_stored: [
    { collection: "spherex_qr2", rows: 1, startMjd: 60700, endMjd: 60750.5 },
    /spherex_qr2: 1 footprint from MJD 60700 to 60750\.5/,
  ],
  index_waiting: [
    { path: "/p/cache/footprints.sqlite", holder: "The index of footprints is in use by process 7" },
    /Waiting for .*footprints\.sqlite: .*process 7$/,
  ],
  index_ready: [
    { path: "/p/cache/footprints.sqlite", rows: 12, footprints: 1_200_000 },
    /footprints\.sqlite: 1,200,000 footprints, 12 rows fetched/,
  ],
  calibration_ready: [
    { ...CALIBRATION, version: "cal-wcs-v4-2025-254", downloaded: true, bytes: 33_307_200 },
    /QR2 spectral_wcs D3 cal-wcs-v4-2025-254 fetched, 33(\.3)? MB/,
  ],
  calibration_failed: [{ ...CALIBRATION, ...FAILURE }, /QR2 spectral_wcs D3 .*503 \[net\/status\]/],
  run_failed: [
    { status: "failed", code: "storage/full", message: "No space" },
    /^Run failed: No space \[storage\/full\]$/,
  ],
  plan_reason: [
    { ...CUTOUT, state: "cutout_missing_or_invalid", items: 12, reason: "no cutout yet" },
    /TDE_2025aarm: 12 images to fetch and measure: no cutout yet/,
  ],
  workflow_plan: [
    { counts: PLAN },
    /10 \w+ of 2 sources: 4 current, 3 to measure, 2 to fetch and measure, 1 without calibration/,
  ],
  download_planned: [
    { sourceName: "alpha", cutouts: 42, bytes: 2.1e8, existing: 3 },
    /^alpha: 42 cutouts to fetch, about 210(\.0)? MB, 3 are there already$/,
  ],
  download_completed: [
    { ...CUTOUT, bytes: 5_063_040, bytesReceived: 5_063_040, access: "cutout", attempts: 2 },
    /01234567.*5\.0?[16] MB/,
  ],
  download_retry: [
    { ...CUTOUT, ...FAILURE, attempt: 1, delaySeconds: 2.25, access: "cutout", nextAccess: "cutout" },
    /cutout 01234567 attempt 1 failed, again in 2(\.[23])? s.*503 \[net\/status\]/,
  ],
  download_failed: [
    { ...CUTOUT, ...FAILURE, phase: "download" },
    /01234567 failed \(download\): .*\[net\/status\]/,
  ],
  fit_queued: [CUTOUT, /cutout 01234567/],
  measurement_done: [
    {
      ...CUTOUT,
      measurementId: "m",
      wavelengthMicron: 1.23456,
      fluxMicroJy: -12.345,
      fluxErrorMicroJy: 3.21,
      detectionStatus: "negative_flux",
      scienceRecommended: false,
    },
    /1\.2346 um, -12\.3\d ± 3\.2 uJy, negative_flux, not recommended/,
  ],
  fit_failed: [{ ...CUTOUT, ...FAILURE }, /fit of cutout 01234567 failed: .*\[net\/status\]/],
  backpressure: [{ liveCutouts: 7, liveBytes: 35e6, waiting: 20 }, /7 cutouts, 35\.0 MB on disk; 20 to come/],
  blocked_storage_backpressure: [{ ...CUTOUT, items: 5, hint: "Make room" }, /\b5\b .*Make room/],
  outputs_written: [{ ...CUTOUT, rows: 102, manifest: "m" }, /outputs written, 102 rows/],
  output_failed: [{ ...CUTOUT, ...FAILURE }, /outputs failed: .*\[net\/status\]/],
  full_qa_missing_no_cutout: [
    { ...CUTOUT, items: 3, hint: "Draw them so" },
    /3 full-QA plots .*Draw them so/,
  ],
  full_qa_written: [{ ...CUTOUT, plots: 3 }, /3 full-QA plots written/],
  source_finalized: [
    { ...CUTOUT, state: "source_partial", measured: 5, recommended: 4, failed: 1 },
    /source_partial, 5 measured, 4 recommended, 1 failed/,
  ],
  cleanup: [{ ...CUTOUT, deleted: 4, bytes: 20e6, kept: 1 }, /\b4 cutouts\b.*\b20(\.0)? MB.*\b1 kept/],
  source_failed: [{ sourceName: "alpha", ...FAILURE, hint: null }, /^alpha failed: .*\[net\/status\]$/],
  report_written: [{ path: "results/report.html", sources: 2, dataFiles: 2 }, /results\/report\.html/],
  warning: [{ message: "Odd", hint: "Look at it" }, /^Warning: Odd\. Look at it$/],
  workflow_complete: [
    { status: "success", counts: new RunTally().snapshot() },
    /success, 0 measured, 0 current before, 0 cutouts fetched/,
  ],
};

Deno.test("eventText() tells every event in one line with its names and numbers", () => {
  for (const [type, [fields, expected]] of Object.entries(EVENTS)) {
    const text = eventText({ type, ...fields } as WorkflowEvent);
    assert.match(text, expected, type);
    assert.doesNotMatch(text, /undefined|NaN|\[object|\n|\.$/, `${type}: ${text}`);
  }
});

Deno.test("eventText() says so when a measurement has no wavelength or no flux", () => {
  const nothing = { wavelengthMicron: null, fluxMicroJy: null, fluxErrorMicroJy: null };
  const event = { type: "measurement_done", ...EVENTS.measurement_done[0], ...nothing } as WorkflowEvent;
  assert.match(eventText(event), /no wavelength um, no flux/);
});

Deno.test("eventText() tells a cutout that is known by the name of its image by the whole name", () => {
  const named = { sourceName: "alpha", cutoutKey: "2026W37_1B_0021_2D4", ...FAILURE };
  const event = { type: "fit_failed", ...named } as WorkflowEvent;
  assert.match(eventText(event), /^alpha: fit of cutout 2026W37_1B_0021_2D4 failed: /);
});

/** The names of all fields, those inside others too, in snake case. */
function snakeNames(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ...snakeNames(inner),
  ]).sort();
}

Deno.test("eventAsJson() keeps every field of an event, under names in snake case", () => {
  for (const [type, [fields]] of Object.entries(EVENTS)) {
    const event = { type, ...fields } as WorkflowEvent;
    const json = eventAsJson(event);
    assert.deepEqual(snakeNames(json), snakeNames(event), type);
  }
});
