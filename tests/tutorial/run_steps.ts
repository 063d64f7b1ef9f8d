import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BATCH_RUN } from "./discovery_steps.ts";
import type { LoggedEvent, TutorialStep, TutorialWalk } from "./tutorial_walk.ts";

const SOURCE = "TDE_2025aarm";

/** The output files of section 7. */
export const OUTPUT_FILES = [
  `spectra/${SOURCE}.csv`,
  `plots/${SOURCE}_sed.png`,
  `qa/${SOURCE}/${SOURCE}_qa_summary.png`,
  `provenance/${SOURCE}_provenance.json`,
  `provenance/${SOURCE}_measurement_index.json`,
  `provenance/${SOURCE}_output_manifest.json`,
];

function first(events: readonly LoggedEvent[], type: string): number {
  const index = events.findIndex((event) => event.type === type);
  assert(index >= 0, `no event ${type}`);
  return index;
}

/** The order of section 6: plan first, fits as cutouts arrive, outputs from the database, cleanup last. */
async function checkOrder(walk: TutorialWalk): Promise<void> {
  const events = await walk.events();
  const order = [
    "run_started",
    "catalog_ingested",
    "workflow_plan",
    "download_completed",
    "measurement_done",
    "outputs_written",
    "cleanup",
    "workflow_complete",
  ];
  const places = order.map((type) => first(events, type));
  assert.deepEqual(places, places.toSorted((a, b) => a - b), JSON.stringify(events.map(({ type }) => type)));
  for (const source of [SOURCE, "TDE_2026dmt"]) {
    const own = events.filter((event) => event["source_name"] === source).map(({ type }) => type);
    assert(own.lastIndexOf("measurement_done") < own.indexOf("outputs_written"));
    assert(own.indexOf("outputs_written") < own.indexOf("cleanup"));
  }
}

/** The record of section 11: both logs, the effective configuration, and what the flags said. */
async function checkRecord(walk: TutorialWalk): Promise<void> {
  const id = walk.runIds("run").at(-1)!;
  assert.match(await walk.read(`project/logs/runs/${id}.log`), / Plan: 4 images of 2 sources: /);
  const { arguments: given, config } = await walk.json(`project/runs/${id}/cli_overrides.json`);
  assert.equal(given.resume, true);
  assert.deepEqual(config, {
    "catalog.path": "../input_catalog.csv",
    "cleanup.cutouts": "success-after-source",
    "workflow.download_missing": true,
  });
  const effective = await walk.json(`project/runs/${id}/effective_config.json`);
  assert.equal(effective.runtime.max_fit_workers, 4);
  assert.match(await walk.read(`project/runs/${id}/effective_config.yaml`), /max_fit_workers: 4 # batch\n/);
  // What the batch file says is not written back.
  assert.doesNotMatch(await walk.read("project/spherex_cutoutdb.yaml"), /max_fit_workers/);
}

/** The columns that section 7 promises. */
async function checkSpectrum(walk: TutorialWalk): Promise<void> {
  const rows = await walk.rows(`project/results/spectra/${SOURCE}.csv`);
  assert.equal(rows.length, 2);
  const columns = new Set(Object.keys(rows[0]!));
  for (
    const column of [
      "selected_flux_uJy",
      "selected_flux_err_uJy",
      "detection_status",
      "science_recommended",
      "photometry_flags",
      "spectral_wcs_calibration_id",
      "solid_angle_calibration_id",
      "photometry_config_hash",
      "photometry_code_version",
      "output_schema_version",
      "fit_ql_mean_abs_2p5pix",
      "detector_release_match",
      "header_reference_match",
      "exact_match",
      "calibration_match_quality",
    ]
  ) assert(columns.has(column), column);
  for (const row of rows) {
    assert.equal(row["source_id"], SOURCE);
    assert(Number.isFinite(Number(row["selected_flux_uJy"])) && Number(row["selected_flux_err_uJy"]) > 0);
    assert.equal(row["detector_release_match"], "true");
    assert.match(row["photometry_config_hash"]!, /^[0-9a-f]{64}$/);
  }
  const wavelengths = rows.map((row) => Number(row["wavelength_um"]));
  assert.deepEqual(wavelengths, wavelengths.toSorted((a, b) => a - b));
}

/** The manifest of section 7: identities, hashes and checksums that are those of the files. */
async function checkManifest(walk: TutorialWalk): Promise<void> {
  const manifest = await walk.json(`project/results/provenance/${SOURCE}_output_manifest.json`);
  const ids = walk.query(`SELECT measurement_id FROM measurements WHERE source_id = '${SOURCE}' ORDER BY 1`);
  assert.deepEqual(manifest.measurement_ids, ids.map((row) => row["measurement_id"]));
  assert.equal(manifest.measurement_row_count, 2);
  assert.match(manifest.measurement_rows_hash, /^[0-9a-f]{64}$/);
  assert.match(manifest.config_hash, /^[0-9a-f]{64}$/);
  assert.equal(typeof manifest.output_schema_version, "string");
  assert.equal(typeof manifest.photometry_code_version, "string");
  const listed = manifest.files as Record<string, { path: string; size_bytes: number; sha256: string }>;
  for (const { path, size_bytes, sha256 } of Object.values(listed)) {
    const bytes = await Deno.readFile(walk.path(`project/${path}`));
    assert.equal(bytes.length, size_bytes);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
  }
  const paths = new Set(Object.values(listed).map(({ path }) => path));
  for (const file of OUTPUT_FILES.slice(0, -1)) assert(paths.has(`results/${file}`), file);
}

/** Sections 6 and 7: the run and what it leaves. */
export const RUN_STEPS: readonly TutorialStep[] = [
  {
    about: "6 run: plan, fetch, measure, publish, clean up",
    command: BATCH_RUN,
    prints: [
      /^Run +\S+: success\n/,
      /\nPlan +4 images of 2 sources: 0 current, 0 to measure, 4 to fetch, 0 without calibration\n/,
      /\nMeasured +4, /,
      /\nCleanup +4 cutouts, /,
    ],
    cutoutRequests: 4,
    async check(walk) {
      await checkOrder(walk);
      await checkRecord(walk);
      assert.deepEqual(await walk.files("project/data/cutouts"), []);
      assert.equal((await walk.files("project/cache/calibrations")).length, 6);
      assert.equal(walk.query("SELECT * FROM measurements WHERE current = 1").length, 4);
      const states = walk.query("SELECT DISTINCT state FROM work_items").map((row) => row["state"]);
      assert.deepEqual(states, ["persisted"]);
    },
  },
  {
    about: "6 run --sync-calibration: measurements are valid without their cutouts, nothing is fetched",
    command:
      "spxcutdb run --project ./project --catalog input_catalog.csv --sync-calibration --download-missing --resume --cleanup-cutouts success-after-source --qa-level standard",
    prints: [
      /\nPlan +4 images of 2 sources: 4 current, 0 to measure, 0 to fetch/,
      /\nMeasured +0, 4 were current\n/,
    ],
    cutoutRequests: 0,
    async check(walk) {
      const outputs = await walk.files("project/results");
      for (const file of OUTPUT_FILES) assert(outputs.includes(`project/results/${file}`), file);
      await checkSpectrum(walk);
      await checkManifest(walk);
    },
  },
];
