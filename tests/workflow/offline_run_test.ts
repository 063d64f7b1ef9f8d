import assert from "node:assert/strict";
import { benchTests, currentRows, eventsOf, exists, queryProject, recordRun } from "./project_fixture.ts";

benchTests("run() offline", {
  "measures what lies on disk and writes what is missing, without a request": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    Deno.removeSync(`${project}/results/spectra/beta.csv`);
    const config = { "photometry.detection_snr_threshold": 4 };
    const asked = { discover: true, update: true, syncCalibration: true, downloadMissing: true };
    const { status, counts, events } = await recordRun({ project, config, offline: true, ...asked });
    assert.deepEqual([status, counts.measured, counts.published], ["success", rows.length, 2]);
    assert(exists(`${project}/results/spectra/beta.csv`));
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(
      eventsOf(events, "warning").map(({ message }) => message).filter((text) => text.startsWith("Offline")),
      ["Offline, left out: discovery, fetching calibration files, downloads"],
    );
  },

  "leaves what would have to be fetched for another run, and says so": async (bench) => {
    const project = await bench.project("calibrated");
    const { status, counts, hints } = await recordRun({ project, offline: true, downloadMissing: true });
    assert.equal(status, "failed", "nothing could be done");
    assert(counts.blocked.noDownload > 0);
    assert.match(hints.join(), /--download-missing --resume` when there is a connection/);
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(
      queryProject(project, "SELECT DISTINCT state FROM work_items"),
      [{ state: "blocked_no_download" }],
    );
    assert.equal((await recordRun({ project })).status, "success");
  },
});
