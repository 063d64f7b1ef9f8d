import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  benchTests,
  eventsOf,
  exists,
  filesBelow,
  queryProject,
  readSpectrum,
  recordRun,
} from "./project_fixture.ts";

benchTests("run()", {
  "goes from a discovered catalog to spectra, and a second run does nothing": async (bench, test) => {
    const project = await bench.project("calibrated");
    const first = await recordRun({ project, downloadMissing: true, resume: true });
    const { items } = first.plan;

    await test.step("the plan comes before the first request, and all of it is done", () => {
      assert(items >= 6, `${items} items are too few for this test`);
      assert.equal(first.status, "success");
      assert.deepEqual(first.plan, {
        sources: 2,
        items,
        photometryValid: 0,
        cutoutValidMeasurementMissing: 0,
        cutoutMissingOrInvalid: items,
        calibrationMissing: 0,
      });
      const { measured, downloaded, published, deletedCutouts, sources, failed, blocked } = first.counts;
      assert.deepEqual([measured, downloaded, deletedCutouts, published], [items, items, items, 2]);
      assert.deepEqual(sources, { complete: 2, partial: 0, failed: 0, outputFailed: 0 });
      assert.deepEqual(failed, { download: 0, validation: 0, fit: 0, output: 0 });
      assert.deepEqual(blocked, { calibrationMissing: 0, noDownload: 0, storage: 0 });
      assert.equal(bench.archive.counts().cutout.requests, items);
      const order = first.events.map((event) => event.type);
      assert(order.indexOf("workflow_plan") < order.indexOf("download_completed"));
      assert(order.lastIndexOf("source_finalized") < order.indexOf("workflow_complete"));
    });

    await test.step("every source has the six documented outputs", () => {
      for (const name of ["alpha", "beta"]) {
        for (
          const path of [
            `spectra/${name}.csv`,
            `plots/${name}_sed.png`,
            `qa/${name}/${name}_qa_summary.png`,
            `provenance/${name}_provenance.json`,
            `provenance/${name}_measurement_index.json`,
            `provenance/${name}_output_manifest.json`,
          ]
        ) assert(Deno.statSync(`${project}/results/${path}`).size > 0, path);
        const rows = readSpectrum(project, name);
        const stored = queryProject(
          project,
          "SELECT count(*) AS n FROM measurements WHERE source_id = ? AND current = 1",
          name,
        );
        assert.equal(rows.length, stored[0]!["n"]);
        assert(rows.every((row) => Number.isFinite(Number(row["selected_flux_uJy"]))));
      }
    });

    await test.step("cutouts are gone, calibration files and logs stay", () => {
      assert.deepEqual(filesBelow(`${project}/data`), []);
      assert.equal(filesBelow(`${project}/cache`).filter((path) => path.endsWith(".fits")).length, 4);
      assert(exists(`${project}/logs/runs/${first.runId}.log`));
    });

    await test.step("the run left the documented records", () => {
      const record = (name: string) => Deno.readTextFileSync(`${project}/runs/${first.runId}/${name}`);
      const yaml = parse(record("effective_config.yaml"));
      assert.deepEqual(JSON.parse(record("effective_config.json")), yaml);
      assert.equal(JSON.parse(record("cli_overrides.json")).arguments.resume, true);
      assert.equal(JSON.parse(record("plan_summary.json")).items, items);
      assert.equal(JSON.parse(record("summary.json")).status, "success");
      const lines = Deno.readTextFileSync(`${project}/logs/runs/${first.runId}.jsonl`).trimEnd().split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(lines.map((line) => line.type), first.events.map((event) => event.type));
      assert.equal(
        Deno.readTextFileSync(`${project}/logs/runs/${first.runId}.log`).trimEnd().split("\n").length,
        first.events.length,
      );
      assert.deepEqual(
        queryProject(project, "SELECT status FROM runs WHERE run_id = ?", first.runId!),
        [{ status: "success" }],
      );
    });

    await test.step("a second run asks for nothing, measures nothing and writes nothing", async () => {
      bench.archive.resetCounts();
      const before = queryProject(project, "SELECT measurement_id, created_at FROM measurements ORDER BY 1");
      const second = await recordRun({ project, downloadMissing: true, resume: true });
      assert.equal(second.status, "success");
      const { measured, skippedValid, downloaded, published, outputsCurrent } = second.counts;
      assert.deepEqual([measured, downloaded, published, skippedValid, outputsCurrent], [0, 0, 0, items, 2]);
      assert.deepEqual(bench.archive.requests, []);
      assert.deepEqual(
        queryProject(project, "SELECT measurement_id, created_at FROM measurements ORDER BY 1"),
        before,
      );
      assert.deepEqual(eventsOf(second.events, "outputs_written"), []);
    });
  },

  "merges defaults, project, batch and options in this order, and records it": async (bench) => {
    const project = await bench.project("calibrated");
    const batchConfig = `${project}/../batch.yaml`;
    Deno.writeTextFileSync(
      batchConfig,
      "runtime:\n  max_fit_workers: 3\n  max_inflight_cutouts: 7\ncleanup:\n  cutouts: never\n",
    );
    const { runId } = await recordRun({
      project,
      batchConfig,
      cleanupCutouts: "success-after-run",
      maxFitWorkers: 1,
      downloadMissing: false,
    });
    const config = JSON.parse(Deno.readTextFileSync(`${project}/runs/${runId}/effective_config.json`));
    assert.equal(config.runtime.max_open_fits_files, 512, "default");
    assert.deepEqual(config.spherex.detectors, [2, 5], "project");
    assert.equal(config.runtime.max_inflight_cutouts, 7, "batch");
    assert.equal(config.runtime.max_fit_workers, 1, "option over batch");
    assert.equal(config.cleanup.cutouts, "success-after-run", "option over batch");
    const overrides = JSON.parse(Deno.readTextFileSync(`${project}/runs/${runId}/cli_overrides.json`));
    assert.deepEqual(overrides.config, {
      "cleanup.cutouts": "success-after-run",
      "runtime.max_fit_workers": 1,
      "workflow.download_missing": false,
    });
    assert.match(
      Deno.readTextFileSync(`${project}/spherex_cutoutdb.yaml`),
      /^(?![\s\S]*max_inflight_cutouts: 7)/,
      "the batch does not change the project",
    );
  },

  "with dryRun plans and leaves the archive and the data alone": async (bench) => {
    const project = await bench.project("calibrated");
    const planned = await recordRun({ project, dryRun: true });
    assert.equal(planned.status, "success");
    assert(planned.plan.cutoutMissingOrInvalid > 0);
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(filesBelow(`${project}/results`), []);
    assert.deepEqual(filesBelow(`${project}/data`), []);
  },

  "discovers and syncs calibration first when asked to": async (bench) => {
    const project = await bench.project("new");
    const { status, events, counts } = await recordRun({
      project,
      discover: true,
      syncCalibration: true,
      downloadMissing: true,
      resume: true,
      sourceNames: ["beta"],
    });
    assert.equal(status, "success");
    const order = events.map((event) => event.type);
    assert(order.indexOf("discovery_answered") < order.indexOf("calibration_ready"));
    assert(order.indexOf("calibration_ready") < order.indexOf("workflow_plan"));
    assert.equal(counts.sources.complete, 1);
    assert.equal(exists(`${project}/results/spectra/alpha.csv`), false);
    assert(exists(`${project}/results/spectra/beta.csv`));
  },
});
