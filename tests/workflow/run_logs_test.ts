import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { runLog } from "../../lib/workflow/run_logs.ts";
import { benchTests, queryProject, recordRun } from "./project_fixture.ts";

benchTests("runLog()", {
  "gives the log of the last run, or of the one that is named, line by line": async (bench) => {
    const project = await bench.project("measured");
    const [{ run_id: first }] = queryProject(
      project,
      "SELECT run_id FROM runs WHERE command = 'discover'",
    ) as [
      { run_id: string },
    ];
    const { runId, events } = await recordRun({ project, cleanupCutouts: "never" });
    const lines = await Array.fromAsync(runLog({ project, level: "debug" }));
    assert.equal(`${lines.join("\n")}\n`, Deno.readTextFileSync(`${project}/logs/runs/${runId}.log`));
    assert.equal(lines.length, events.length);
    assert.match(lines[0]!, /^\S+Z info +Run /);
    const other = await Array.fromAsync(runLog({ project, runId: first }));
    assert.match(other.join("\n"), /of discover, configuration/);
  },

  "leaves out what matters less, in both forms": async (bench) => {
    const project = await bench.project("measured");
    const config = { "photometry.detection_snr_threshold": 4 };
    const { events } = await recordRun({ project, config });
    const [warnings, documents, all, info] = await Promise.all([
      Array.fromAsync(runLog({ project, level: "warning" })),
      Array.fromAsync(runLog({ project, level: "warning", format: "json" })),
      Array.fromAsync(runLog({ project, level: "debug" })),
      Array.fromAsync(runLog({ project })),
    ]);
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0]!, /warning Warning: \d+ measurements are out of date/);
    assert.deepEqual(documents.map((line) => JSON.parse(line).level), ["warning"]);
    const fits = events.filter((event) => event.type === "fit_queued").length;
    assert.deepEqual([all.length, info.length], [events.length, events.length - fits]);
  },

  "goes on while the run is at work, to its last line": async (bench) => {
    const project = await bench.project("measured");
    const lines: string[] = [];
    let following: Promise<void> | undefined;
    const { runId } = await recordRun({
      project,
      config: { "photometry.detection_snr_threshold": 4 },
      onEvent: (event) => {
        if (event.type !== "workflow_plan") return;
        following = (async () => {
          for await (const line of runLog({ project, level: "debug", follow: true })) lines.push(line);
        })();
      },
    });
    await following;
    assert.equal(`${lines.join("\n")}\n`, Deno.readTextFileSync(`${project}/logs/runs/${runId}.log`));
    const stop = new AbortController();
    stop.abort();
    assert((await Array.fromAsync(runLog({ project, follow: true, signal: stop.signal }))).length > 0);
  },

  "tells of the failure that ended a run, at its end": async (bench) => {
    const project = await bench.project("measured");
    await assert.rejects(recordRun({ project, sourceNames: ["nobody"] }));
    const lines = await Array.fromAsync(runLog({ project, level: "error" }));
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /error +Run failed: No source is named "nobody" \[catalog\/unknown-source\]$/);
  },

  "says which runs there are not": async (bench) => {
    const project = await bench.project("new");
    await assert.rejects(
      Array.fromAsync(runLog({ project })),
      (error) => isTaggedError(error, "project/no-run") && /nothing has run yet/.test(error.message),
    );
    await assert.rejects(
      Array.fromAsync(runLog({ project, runId: "1999" })),
      (error) => isTaggedError(error, "project/no-run") && /"1999"/.test(error.message),
    );
  },
});
