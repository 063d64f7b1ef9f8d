import assert from "node:assert/strict";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import { summary } from "../../lib/workflow/summary.ts";
import { benchTests, currentRows, eventsOf, filesBelow, queryProject, recordRun } from "./project_fixture.ts";

/** Room for so many cutouts of 60 arcseconds, in 10^9 bytes. */
function roomFor(cutouts: number): number {
  return cutouts * 5_100_000 / 1e9;
}

/** The most cutouts that were on disk at once. */
function mostOnDisk(events: readonly WorkflowEvent[]): number {
  let [now, most] = [0, 0];
  for (const event of events) {
    if (event.type === "download_completed") most = Math.max(most, ++now);
    else if (event.type === "cleanup") now -= event.deleted;
  }
  return most;
}

benchTests("run() within its limits", {
  "keeps no more cutouts on their way than max_inflight_cutouts": async (bench) => {
    const project = await bench.project("calibrated");
    const { status, events } = await recordRun({ project, maxInflightCutouts: 2 });
    assert.equal(status, "success");
    assert(bench.archive.mostConcurrent <= 2, `${bench.archive.mostConcurrent} requests at once`);
    let waiting = 0;
    for (const event of events) {
      if (event.type === "download_completed") waiting++;
      else if (event.type === "measurement_done") waiting--;
      assert(waiting <= 2, "between download and measurement");
    }
    assert.equal(waiting, 0);
  },

  "blocks what does not fit on the disk and says so; the next run with room goes on": async (bench) => {
    const project = await bench.project("calibrated");
    const blocked = await recordRun({ project, maxLiveCutoutGb: roomFor(3), cleanupCutouts: "never" });
    const { items } = blocked.plan;
    assert.equal(blocked.status, "partial_success");
    assert.deepEqual([blocked.counts.measured, blocked.counts.blocked.storage], [3, items - 3]);
    assert.equal(filesBelow(`${project}/data/cutouts`).length, 3);
    assert(eventsOf(blocked.events, "backpressure").length >= 1);
    assert(
      eventsOf(blocked.events, "backpressure").length <= 4,
      "told once each time, not with every message",
    );
    const told = eventsOf(blocked.events, "blocked_storage_backpressure");
    assert.equal(told.reduce((sum, event) => sum + event.items, 0), items - 3);
    assert.match(told[0]!.hint, /max_live_cutout_gb/);
    assert.match(blocked.hints.join("\n"), /max_live_cutout_gb/);
    assert.deepEqual(
      queryProject(
        project,
        "SELECT count(*) AS n FROM work_items WHERE state = 'blocked_storage_backpressure'",
      ),
      [{ n: items - 3 }],
    );
    assert.match((await summary({ project })).sources[0]!.reason ?? "", /without room on disk/);

    const again = await recordRun({ project });
    assert.deepEqual([again.status, again.counts.measured, again.counts.skippedValid], [
      "success",
      items - 3,
      3,
    ]);
  },

  "with success-after-measurement makes room and goes on": async (bench) => {
    const expected = currentRows(await bench.project("measured"));
    const project = await bench.project("calibrated");
    const { status, events, counts, plan } = await recordRun({
      project,
      maxLiveCutoutGb: roomFor(2),
      cleanupCutouts: "success-after-measurement",
    });
    assert.deepEqual([status, counts.measured, counts.blocked.storage], ["success", plan.items, 0]);
    assert.equal(counts.published, 2, "a source counts once, however often it was written to make room");
    assert.equal(counts.deletedCutouts, plan.items);
    assert(mostOnDisk(events) <= 2, `${mostOnDisk(events)} cutouts at once`);
    assert.deepEqual(currentRows(project), expected);
  },

  "with success-after-source goes on to the next source once one is done": async (bench) => {
    const project = await bench.project("calibrated");
    const counted = queryProject(
      project,
      "SELECT count(*) AS n FROM matches GROUP BY source_id ORDER BY 1 DESC",
    );
    const room = Number(counted[0]!["n"]);
    const { status, events } = await recordRun({ project, maxLiveCutoutGb: roomFor(room) });
    assert.equal(status, "success");
    assert(mostOnDisk(events) <= room);
  },

  "does not count cutouts that somebody removed as being on disk": async (bench) => {
    const project = await bench.project("measured");
    Deno.removeSync(`${project}/data/cutouts`, { recursive: true });
    const { status, counts, plan } = await recordRun({
      project,
      forcePhotometryRerun: true,
      sourceNames: ["alpha"],
      maxLiveCutoutGb: roomFor(6),
    });
    assert.deepEqual([status, counts.measured], ["success", plan.items]);
  },
});
