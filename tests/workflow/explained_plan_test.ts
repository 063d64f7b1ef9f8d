import assert from "node:assert/strict";
import { Database } from "../../lib/store/database.ts";
import type { InputName } from "../../lib/workflow/changed_inputs.ts";
import type { RunOptions } from "../../lib/workflow/run_options.ts";
import { benchTests, CATALOG, eventsOf, queryProject, recordRun, writeCatalog } from "./project_fixture.ts";

/** Changes one input of every measurement of alpha. */
type Change = (project: string) => Partial<RunOptions>;

function rewrite(project: string, sql: string): void {
  using database = new Database(`${project}/db/cutoutdb.sqlite`);
  database.write(sql);
}

const CHANGES: Partial<Record<InputName, Change>> = {
  sourceRowHash: (project) => {
    writeCatalog(project, CATALOG.replace("alpha,68.05,", "alpha,68.0500001,"));
    return {};
  },
  targetHash: (project) => {
    Deno.writeTextFileSync(`${project}/../near.csv`, "Name,RA_deg,DEC_deg\nnear,68.0505,-5.37\n");
    return { config: { "catalog.neighbors_path": "../near.csv" } };
  },
  photometryConfigHash: () => ({ config: { "photometry.detection_snr_threshold": 4 } }),
  codeVersion: (project) => {
    rewrite(
      project,
      "UPDATE measurements SET code_version = 'an older code', measurement_id = 'x' || measurement_id",
    );
    return {};
  },
  schemaVersion: (project) => {
    rewrite(
      project,
      "UPDATE measurements SET schema_version = 'older', measurement_id = 'x' || measurement_id",
    );
    return {};
  },
  cutoutSha256: (project) => {
    rewrite(project, "UPDATE cutouts SET content_sha256 = 'other pixels'");
    return {};
  },
  spectralWcsCalibrationId: (project) => newerCalibration(project, "spectral_wcs"),
  solidAngleCalibrationId: (project) => newerCalibration(project, "solid_angle_pixel_map"),
};

/** Registers the calibration files of a product once more as a newer version. */
function newerCalibration(project: string, product: string): Partial<RunOptions> {
  rewrite(
    project,
    `INSERT INTO calibration_products SELECT 'newer' || calibration_id, release, product, detector,
       replace(version, '-2025-', '-2029-'), version_rank + 1, filename, relative_path, source_url, file_size_bytes,
       sha256, validation_status, validation_reason, summary_json, registered_at
     FROM calibration_products WHERE product = '${product}'`,
  );
  return {};
}

benchTests("run() with explain", {
  "says of each source what is to be done and why": async (bench) => {
    const project = await bench.project("calibrated");
    const { reasons, plan, events } = await recordRun({ project, dryRun: true, explain: true });
    assert.deepEqual(
      reasons.map(({ sourceName, state, reason }) => [sourceName, state, reason]),
      ["alpha", "beta"].map((name) => [name, "cutout_missing_or_invalid", "no cutout yet"]),
    );
    assert.equal(reasons.reduce((sum, { items }) => sum + items, 0), plan.items);
    assert.equal(eventsOf(events, "plan_reason").length, reasons.length);
    assert.deepEqual((await recordRun({ project, dryRun: true })).reasons, []);
  },

  "names the one input that has changed, whichever it is": async (bench, test) => {
    for (const [input, change] of Object.entries(CHANGES) as [InputName, Change][]) {
      await test.step(input, async () => {
        const project = await bench.project("measured");
        const options = change(project);
        const { reasons } = await recordRun({ project, dryRun: true, explain: true, ...options });
        const alpha = reasons.filter(({ sourceName }) => sourceName === "alpha");
        assert(
          alpha.every(({ reason }) => reason.startsWith("out of date, changed: ")),
          JSON.stringify(alpha),
        );
        const inputs = new Set(alpha.flatMap(({ changes }) => changes.map((each) => each.input)));
        // A moved target needs another cutout, too.
        const expected = input === "sourceRowHash" ? [input, "cutoutKey"] : [input];
        assert.deepEqual([...inputs], expected);
        for (const { before, now } of alpha.flatMap(({ changes }) => changes)) assert.notEqual(before, now);
        assert.deepEqual(
          queryProject(project, "SELECT DISTINCT state FROM work_items"),
          [{ state: "persisted" }],
          "a dry run changes no state",
        );
      });
    }
  },
});
