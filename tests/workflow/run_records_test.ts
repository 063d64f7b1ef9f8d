import assert from "node:assert/strict";
import { parse } from "yaml";
import { isTaggedError } from "../../lib/core/errors.ts";
import { errorJson } from "../../lib/cli/error_text.ts";
import { exportManifest } from "../../lib/workflow/export_manifest.ts";
import { exportTables } from "../../lib/workflow/export_tables.ts";
import { run } from "../../lib/workflow/run.ts";
import {
  archiveConfig,
  benchTests,
  exists,
  filesBelow,
  queryProject,
  recordRun,
  startSmallArchive,
} from "./project_fixture.ts";

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(Deno.readTextFileSync(path));
}

/** Everything that a project has written down of its runs, as one text. */
function records(project: string): string {
  const files = [...filesBelow(`${project}/logs`).map((path) => `logs/${path}`)];
  files.push(...filesBelow(`${project}/runs`).map((path) => `runs/${path}`));
  const tables = ["runs", "failures", "work_items"].flatMap((table) =>
    queryProject(project, `SELECT * FROM ${table}`)
  );
  return [...files.map((path) => Deno.readTextFileSync(`${project}/${path}`)), JSON.stringify(tables)].join(
    "\n",
  );
}

benchTests("The record of a run", {
  "holds configuration, overrides, plan, events, summary and report": async (bench) => {
    const project = await bench.project("calibrated");
    const { runId, plan, counts, events } = await recordRun({ project, maxFitWorkers: 2 });
    const folder = `${project}/runs/${runId}`;
    assert.deepEqual(filesBelow(folder).filter((path) => !path.includes("/")), [
      "cli_overrides.json",
      "effective_config.json",
      "effective_config.yaml",
      "plan_summary.json",
      "report.html",
      "summary.json",
      "traffic.json",
    ]);
    const config = readJson(`${folder}/effective_config.json`);
    assert.deepEqual(parse(Deno.readTextFileSync(`${folder}/effective_config.yaml`)), config);
    assert.equal((config["runtime"] as Record<string, unknown>)["max_fit_workers"], 2);
    assert.deepEqual(
      readJson(`${folder}/cli_overrides.json`)["config"] as Record<string, unknown>,
      { "runtime.max_fit_workers": 2 },
    );
    assert.equal((readJson(`${folder}/plan_summary.json`) as unknown as typeof plan).items, plan.items);
    const summary = readJson(`${folder}/summary.json`);
    assert.deepEqual([summary["status"], summary["counts"]], ["success", counts]);
    const log = Deno.readTextFileSync(`${project}/logs/runs/${runId}.jsonl`).trimEnd().split("\n");
    assert.deepEqual(log.map((line) => JSON.parse(line).type), events.map((event) => event.type));
  },

  "has a report also when the run was stopped or failed": async (bench) => {
    const project = await bench.project("calibrated");
    const stop = new AbortController();
    const onEvent = (event: { type: string }) => {
      if (event.type === "measurement_done") stop.abort();
    };
    await assert.rejects(run({ project, signal: stop.signal, onEvent }));
    await assert.rejects(run({ project, sourceNames: ["nobody"] }));
    const ended = queryProject(
      project,
      "SELECT run_id, status FROM runs WHERE command = 'run' ORDER BY started_at",
    );
    assert.deepEqual(ended.map(({ status }) => status), ["interrupted", "failed"]);
    for (const { run_id: id, status } of ended) {
      const page = Deno.readTextFileSync(`${project}/runs/${id}/report.html`);
      assert(page.includes(`<span class="status ${status}">${status}</span>`), String(status));
      assert.equal(readJson(`${project}/runs/${id}/summary.json`)["status"], status);
    }
  },

  "names no address with its query, and no secret that a service puts into one": async (bench) => {
    const project = await bench.project("discovered");
    await using archive = await startSmallArchive({
      faults: { decide: ({ route }) => route === "cutout" || route === "sia" ? "status-503" : undefined },
    });
    await recordRun({
      project,
      config: { ...archiveConfig(archive), "download.retry.attempts": 2, "discovery.retry.attempts": 2 },
      update: true,
      syncCalibration: true,
    });
    const text = records(project);
    assert.match(text, /503/, "failures are in the records");
    const queries = text.match(/https?:\/\/[^\s"'<>\\]*\?[^\s"'<>\\]*/g) ?? [];
    assert.deepEqual(queries, []);
  },

  "and all else that is written hold no token of an address that the configuration names": async (bench) => {
    const archived = archiveConfig(bench.archive);
    const project = await bench.project("new");
    const config = { "discovery.sia_endpoint": `${archived["discovery.sia_endpoint"]}?token=isSecret` };
    await recordRun({ project, config, discover: true, syncCalibration: true, cleanupCutouts: "never" });
    // An address with a query makes no place below it: what is told of the failures is what matters.
    const tokens = Object.fromEntries(
      Object.entries(archived).map(([key, url]) => [key, `${url}?token=isSecret`]),
    );
    const errors: unknown[] = [];
    for (const useIndex of [false, true]) {
      const retries = { "download.retry.attempts": 1, "discovery.retry.attempts": 1 };
      const overrides = { ...tokens, ...retries, "discovery.use_index": useIndex };
      await recordRun({ project, update: true, syncCalibration: true, config: overrides })
        .catch((error) => errors.push(errorJson(error)));
    }
    await exportManifest({ project, config });
    await exportTables({ project, config, table: "measurements", format: "csv" });
    assert.notEqual(queryProject(project, "SELECT 1 FROM measurements").length, 0);
    const written = filesBelow(project).filter((path) =>
      Deno.readTextFileSync(`${project}/${path}`).includes("isSecret")
    );
    assert.deepEqual(written, []);
    assert.doesNotMatch(JSON.stringify(errors), /isSecret/);
  },

  "is not begun with a password in an address, which the error does not tell": async (bench) => {
    const project = await bench.project("new");
    const config = {
      "discovery.sia_endpoint": "https://reader:isSecret@archive.invalid/SIA?token=isSecret",
    };
    const error = await run({ project, config }).then(() => assert.fail("it ran"), (reason) => reason);
    assert(isTaggedError(error, "config/invalid-value"));
    assert.match(error.message, /archive\.invalid\/SIA": expected a URL without a user name and password/);
    assert.doesNotMatch(JSON.stringify([error.message, error.context, errorJson(error)]), /isSecret/);
  },

  "is left alone by the next run": async (bench) => {
    const project = await bench.project("calibrated");
    const first = await recordRun({ project });
    const second = await recordRun({ project });
    assert.notEqual(first.runId, second.runId);
    for (const id of [first.runId, second.runId]) assert(exists(`${project}/runs/${id}/summary.json`));
  },
});
