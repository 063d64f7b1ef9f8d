import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { FaultKind } from "../../lib/simulator/stand_in_options.ts";
import { validateCutouts } from "../../lib/workflow/validate_cutouts.ts";
import { downloadCutouts } from "../../lib/workflow/download_cutouts.ts";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import {
  archiveConfig,
  benchTests,
  checksumsBelow,
  currentRows,
  eventsOf,
  exists,
  filesBelow,
  queryProject,
  recordRun,
  startSmallArchive,
} from "./project_fixture.ts";

function cutoutsOf(project: string): string[] {
  return filesBelow(`${project}/data/cutouts`);
}

benchTests("downloadCutouts()", {
  "fetches what a run needs, and the run then asks for nothing": async (bench) => {
    const project = await bench.project("calibrated");
    const events: WorkflowEvent[] = [];
    const found = await downloadCutouts({ project, onEvent: (event) => events.push(event) });
    assert.equal(found.status, "success");
    assert(found.wanted > 4);
    assert.deepEqual([found.downloaded, found.failed, found.estimate], [
      found.wanted,
      { download: 0, validation: 0 },
      null,
    ]);
    assert.equal(cutoutsOf(project).length, found.wanted);
    assert.equal(eventsOf(events, "download_completed").length, found.wanted);
    assert.deepEqual(
      queryProject(project, "SELECT state, count(*) AS n FROM work_items GROUP BY state"),
      [{ state: "cutout_valid_measurement_missing", n: found.wanted }],
    );
    assert.deepEqual(filesBelow(`${project}/data/partial`), []);

    const again = await downloadCutouts({ project });
    assert.deepEqual([again.status, again.wanted, again.downloaded], ["success", 0, 0]);
    bench.archive.resetCounts();
    const { counts } = await recordRun({ project });
    assert.deepEqual([counts.measured, counts.downloaded], [found.wanted, 0]);
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(currentRows(project), currentRows(await bench.project("measured")));
  },

  "keeps to a number and to sources": async (bench) => {
    const project = await bench.project("calibrated");
    const three = await downloadCutouts({ project, maxDownloads: 3 });
    assert.deepEqual([three.wanted, three.downloaded, cutoutsOf(project).length], [3, 3, 3]);
    const beta = await downloadCutouts({ project, sourceNames: ["beta"] });
    assert.equal(beta.status, "success");
    assert.equal(cutoutsOf(project).filter((path) => path.startsWith("beta")).length, beta.downloaded);
    await assert.rejects(
      downloadCutouts({ project, sourceNames: ["gamma"] }),
      (error) => isTaggedError(error, "catalog/unknown-source"),
    );
  },

  "with dryRun tells what would come and changes nothing": async (bench) => {
    const project = await bench.project("calibrated");
    const before = await checksumsBelow(project);
    const { estimate, wanted, runId } = await downloadCutouts({ project, maxDownloads: 3, dryRun: true });
    assert.deepEqual([wanted, estimate!.cutouts, estimate!.requests, runId], [3, 3, 3, null]);
    assert.deepEqual(await checksumsBelow(project), before);
    assert.deepEqual(bench.archive.requests, []);
  },

  "records what failed, and failedPhases tries only that again": async (bench) => {
    const project = await bench.project("calibrated");
    const faults: FaultKind[] = ["html-with-200", "wrong-object"];
    const broken = new Set<string>();
    let isBroken = true;
    await using archive = await startSmallArchive({
      faults: {
        decide: ({ route, url }) => {
          if (!isBroken || route !== "cutout") return undefined;
          if (broken.size < 2) broken.add(url);
          return faults[[...broken].indexOf(url)];
        },
      },
    });
    const config = archiveConfig(archive);
    const first = await downloadCutouts({ project, config });
    assert.equal(first.status, "partial_success");
    assert.deepEqual(first.failed, { download: 1, validation: 1 });
    const open = "SELECT phase FROM failures WHERE resolved_at IS NULL ORDER BY phase";
    assert.deepEqual(queryProject(project, open), [{ phase: "download" }, { phase: "validation" }]);

    isBroken = false;
    // One more is missing that did not fail: a retry leaves it alone.
    Deno.removeSync(`${project}/data/cutouts/${cutoutsOf(project)[0]}`);
    archive.resetCounts();
    const retried = await downloadCutouts({ project, config, failedPhases: ["download"] });
    assert.deepEqual([retried.wanted, retried.downloaded, archive.counts().cutout.requests], [1, 1, 1]);
    assert.deepEqual(queryProject(project, open), [{ phase: "validation" }]);
    const all = await downloadCutouts({ project, config, failedPhases: ["download", "validation"] });
    assert.deepEqual([all.wanted, all.status], [1, "success"]);
    assert.deepEqual(queryProject(project, open), []);
  },

  "failedPhases fetches again what validateCutouts() has refused since": async (bench) => {
    const project = await bench.project("calibrated");
    const { downloaded } = await downloadCutouts({ project });
    Deno.truncateSync(`${project}/data/cutouts/${cutoutsOf(project)[0]}`, 60_000);
    assert.equal((await validateCutouts({ project })).failed.length, 1);
    assert.equal((await downloadCutouts({ project, failedPhases: ["download"] })).wanted, 0);
    assert.equal((await downloadCutouts({ project, failedPhases: ["validation"] })).downloaded, 1);
    assert.equal((await validateCutouts({ project })).passed, downloaded);
  },

  "stops at the limit of bytes on disk, and says how many wait": async (bench) => {
    const project = await bench.project("calibrated");
    const found = await downloadCutouts({ project, config: { "runtime.max_live_cutout_gb": 0.012 } });
    assert.equal(found.status, "partial_success");
    assert(found.downloaded >= 1 && found.downloaded <= 3, `${found.downloaded} came`);
    assert.equal(found.blockedByStorage, found.wanted - found.downloaded);
    const rest = await downloadCutouts({ project });
    assert.deepEqual([rest.status, rest.downloaded], ["success", found.blockedByStorage]);
  },

  "that is stopped leaves .part files only, and is taken up by the next": async (bench) => {
    const project = await bench.project("calibrated");
    const stop = new AbortController();
    const error = await downloadCutouts({
      project,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "download_completed") stop.abort();
      },
    }).catch((thrown) => thrown);
    assert.equal(error.name, "AbortError");
    assert(filesBelow(`${project}/data/partial`).every((path) => path.endsWith(".part")));
    assert.equal(
      queryProject(project, "SELECT status FROM runs ORDER BY started_at DESC LIMIT 1")[0]!["status"],
      "interrupted",
    );
    const rest = await downloadCutouts({ project });
    assert.equal(rest.status, "success");
    assert.equal(cutoutsOf(project).length, currentRows(await bench.project("measured")).length);
  },

  "fetches nothing without calibration, and says so": async (bench) => {
    const project = await bench.project("discovered");
    const { wanted, calibrationMissing } = await downloadCutouts({ project });
    assert.equal(wanted, 0);
    assert(calibrationMissing > 4);
    assert(!exists(`${project}/data/cutouts`) || cutoutsOf(project).length === 0);
    await assert.rejects(
      downloadCutouts({ project: await bench.project("new") }),
      (thrown) => isTaggedError(thrown, "discovery/missing"),
    );
  },
});
