import assert from "node:assert/strict";
import { acquireProjectLock, LOCK_FILE_NAME } from "../../lib/files/project_lock.ts";
import { Database } from "../../lib/store/database.ts";
import { status } from "../../lib/workflow/status.ts";
import type { StatusResult } from "../../lib/workflow/status.ts";
import {
  benchTests,
  CATALOG,
  currentRows,
  queryProject,
  recordRun,
  writeCatalog,
} from "./project_fixture.ts";

benchTests("status()", {
  "tells what is done and left, and what the last run did": async (bench) => {
    const project = await bench.project("calibrated");
    const before = await status({ project });
    assert.deepEqual([before.writer, before.lastRun?.command, before.itemsLeft], [
      null,
      "calibration sync",
      0,
    ]);
    assert.deepEqual(before.totals.sourcesByState, { not_run: 2 });
    const { runId, counts } = await recordRun({ project });
    const after = await status({ project });
    assert.deepEqual([after.lastRun?.runId, after.lastRun?.status], [runId, "success"]);
    assert.equal((after.lastRun!.counts as { measured: number }).measured, counts.measured);
    assert.deepEqual(after.totals.itemsByState, { persisted: counts.measured });
    assert.deepEqual(after.totals.sourcesByState, { source_complete: 2 });
    assert.deepEqual([after.itemsLeft, after.secondsLeft, after.undiscoveredSources], [0, 0, 0]);
  },

  "counts what is left, without what has left the catalog or was replaced": async (bench) => {
    const project = await bench.project("calibrated");
    await recordRun({ project, downloadMissing: false });
    const blocked = await status({ project });
    assert(blocked.itemsLeft > 0);
    assert.deepEqual(blocked.totals.itemsByState, { blocked_no_download: blocked.itemsLeft });
    writeCatalog(project, `${CATALOG.replace(/^alpha.*\n/m, "")}gamma,210.1,-40.2\n`);
    await recordRun({ project, downloadMissing: false });
    const fewer = await status({ project });
    assert(fewer.itemsLeft > 0 && fewer.itemsLeft < blocked.itemsLeft);
    assert.equal(fewer.undiscoveredSources, 1);
  },

  "can be asked while a run is at work, and names it": async (bench) => {
    const project = await bench.project("calibrated");
    let during: Promise<StatusResult> | undefined;
    await recordRun({
      project,
      onEvent: (event) => {
        if (event.type === "measurement_done") during ??= status({ project });
      },
    });
    const { writer, lastRun } = (await during)!;
    assert.equal(writer?.pid, Deno.pid);
    assert.match(writer.command, /run/);
    assert.equal(lastRun?.status, "running");
    assert.equal((await status({ project })).writer, null);
  },

  "tells of a run that crashed": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    // What a killed process leaves: its lock's file without the lock, and a run that never ended.
    Deno.writeTextFileSync(
      `${project}/${LOCK_FILE_NAME}`,
      '{"pid":1,"host":null,"command":"run","startedAt":""}',
    );
    {
      using database = new Database(`${project}/db/cutoutdb.sqlite`);
      database.write("UPDATE runs SET status = 'running', finished_at = NULL WHERE command = 'run'");
      database.write(
        "UPDATE work_items SET state = 'fitting' WHERE product_id = (SELECT min(product_id) FROM work_items)",
      );
    }
    const crashed = await status({ project });
    assert.deepEqual([crashed.writer, crashed.lastRun?.status], [null, "crashed"]);
    assert(crashed.itemsLeft > 0);
    await recordRun({ project, cleanupCutouts: "never" });
    assert.deepEqual(queryProject(project, "SELECT DISTINCT state FROM work_items ORDER BY 1"), [
      { state: "persisted" },
      { state: "photometry_valid" },
    ]);
    assert.deepEqual(currentRows(project), rows);
  },

  "does not keep others from working": async (bench) => {
    const project = await bench.project("discovered");
    for (let i = 0; i < 20; i++) {
      using _lock = acquireProjectLock(project, "run");
      assert.equal((await status({ project })).writer?.command, "run");
    }
  },
});
