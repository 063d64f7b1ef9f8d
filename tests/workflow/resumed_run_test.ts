import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { acquireProjectLock } from "../../lib/files/project_lock.ts";
import { summary } from "../../lib/workflow/summary.ts";
import {
  benchTests,
  currentRows,
  eventsOf,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
} from "./project_fixture.ts";

/** The number of measurements that a source should have. */
function matches(project: string, source: string): number {
  return Number(
    queryProject(project, "SELECT count(*) AS n FROM matches WHERE source_id = ?", source)[0]!["n"],
  );
}

benchTests("run() on a project with work done", {
  "measures valid cutouts that lie on disk without any request": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    const { status, plan, counts, events } = await recordRun({
      project,
      forcePhotometryRerun: true,
      cleanupCutouts: "never",
    });
    assert.equal(status, "success");
    assert.equal(plan.cutoutValidMeasurementMissing, rows.length);
    assert.deepEqual([counts.measured, counts.downloaded, counts.skippedValid], [rows.length, 0, 0]);
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(eventsOf(events, "fit_queued").length, rows.length);
    assert.deepEqual(currentRows(project), rows, "the same numbers to the last bit");
  },

  "skips valid measurements after their cutouts were cleaned": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    const cleaned = await recordRun({ project });
    assert.equal(cleaned.counts.deletedCutouts, rows.length);
    assert.deepEqual(filesBelow(`${project}/data/cutouts`), []);
    const { counts } = await recordRun({ project, downloadMissing: true, resume: true });
    assert.deepEqual([counts.skippedValid, counts.measured], [rows.length, 0]);
    assert.deepEqual(bench.archive.requests, []);
    const ledger = queryProject(project, "SELECT policy, deleted_at IS NOT NULL AS done FROM cleanup_ledger");
    assert.deepEqual(ledger, rows.map(() => ({ policy: "success-after-source", done: 1 })));
  },

  "measures again, and only then fetches again, what depends on a changed setting": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    const config = { "photometry.detection_snr_threshold": 4 };
    const changed = await recordRun({ project, config, sourceNames: ["alpha"], cleanupCutouts: "never" });
    assert.equal(changed.counts.measured, matches(project, "alpha"));
    assert.deepEqual(bench.archive.requests, [], "the cutouts are still there");
    const back = await recordRun({ project, sourceNames: ["alpha"], cleanupCutouts: "never" });
    assert.deepEqual(
      [back.counts.measured, back.counts.published],
      [0, 1],
      "earlier measurements hold again",
    );
    assert.deepEqual(currentRows(project), rows);
  },

  "fetches a cutout again whose file is gone when its measurement is not current": async (bench) => {
    const project = await bench.project("measured");
    const [cutout] = queryProject(
      project,
      "SELECT local_path FROM cutouts WHERE source_id = 'alpha' LIMIT 1",
    );
    Deno.removeSync(`${project}/${cutout!["local_path"]}`);
    const { counts } = await recordRun({ project, forcePhotometryRerun: true, sourceNames: ["alpha"] });
    assert.deepEqual([counts.measured, counts.downloaded], [matches(project, "alpha"), 1]);
  },

  "leaves missing cutouts alone when it may not download, and says so": async (bench) => {
    const project = await bench.project("calibrated");
    const { status, counts, hints } = await recordRun({ project, downloadMissing: false });
    assert.equal(status, "failed");
    assert.equal(counts.blocked.noDownload, matches(project, "alpha") + matches(project, "beta"));
    assert.match(hints.join("\n"), /run .*--download-missing --resume/);
    assert.deepEqual(bench.archive.requests, []);
    const { sources } = await summary({ project });
    assert.deepEqual(sources.map((source) => source.state), ["source_failed", "source_failed"]);
  },

  "gives the same rows with one worker as with two": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    for (const maxFitWorkers of [1, 2]) {
      await recordRun({ project, forcePhotometryRerun: true, cleanupCutouts: "never", maxFitWorkers });
      assert.deepEqual(currentRows(project), rows);
    }
  },

  "ends with the file and the command when a calibration file was damaged": async (bench) => {
    const project = await bench.project("measured");
    const [file] = queryProject(
      project,
      "SELECT relative_path, file_size_bytes FROM calibration_products WHERE product = 'spectral_wcs' LIMIT 1",
    );
    replaceFile(`${project}/${file!["relative_path"]}`, "not what was registered");
    await assert.rejects(
      recordRun({ project, forcePhotometryRerun: true }),
      (error) =>
        isTaggedError(error, "calibration/damaged") &&
        /calibration sync .*--product spectral_wcs/.test(error.hint!),
    );
    assert.deepEqual(queryProject(project, "SELECT status FROM runs ORDER BY started_at DESC LIMIT 1"), [{
      status: "failed",
    }]);
  },

  "refuses a second writer and names the first; readers are let in": async (bench) => {
    const project = await bench.project("calibrated");
    using _lock = acquireProjectLock(project, "run of a test");
    await assert.rejects(
      recordRun({ project }),
      (error) => isTaggedError(error, "lock/held") && /run of a test/.test(error.message),
    );
    assert.equal((await summary({ project })).totals.sources, 2);
    assert.deepEqual(queryProject(project, "SELECT count(*) AS n FROM runs WHERE command = 'run'"), [{
      n: 0,
    }]);
  },
});
