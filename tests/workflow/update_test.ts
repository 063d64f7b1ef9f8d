import assert from "node:assert/strict";
import { summary } from "../../lib/workflow/summary.ts";
import {
  benchTests,
  currentRows,
  filesBelow,
  queryProject,
  readSpectrum,
  recordRun,
} from "./project_fixture.ts";
import { NEW_VERSION, ReprocessingArchive } from "./reprocessing_archive.ts";

benchTests("run() with update", {
  "asks for every source again and does nothing when nothing is new": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    await recordRun({ project });
    bench.archive.resetCounts();
    const { status, counts } = await recordRun({
      project,
      update: true,
      downloadMissing: true,
      resume: true,
    });
    assert.deepEqual([status, counts.measured, counts.skippedValid], ["success", 0, rows.length]);
    assert.deepEqual([bench.archive.counts().sia.requests, bench.archive.counts().cutout.requests], [2, 0]);
  },

  "measures reprocessed images in place of the older ones, which are kept but no longer shown": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const [{ version }] = queryProject(
      project,
      "SELECT max(processing_version) AS version FROM products",
    ) as [
      { version: string },
    ];
    const old = queryProject(
      project,
      "SELECT product_id, source_id FROM products JOIN matches USING (product_id) WHERE processing_version = ? ORDER BY 1",
      version,
    );
    const shown = readSpectrum(project, "alpha").length;
    await using reprocessed = new ReprocessingArchive(bench.archive, version);
    const options = {
      project,
      config: reprocessed.config,
      update: true,
      downloadMissing: true,
      resume: true,
    };

    const { status, counts } = await recordRun(options);
    assert.equal(status, "success");
    assert.deepEqual([counts.measured, counts.downloaded], [old.length, old.length]);
    assert.equal(reprocessed.cutoutRequests, old.length, "only what is new is fetched");
    const versions = queryProject(
      project,
      `SELECT older.product_id, newer.processing_version AS version FROM products older
       JOIN products newer ON newer.product_id = older.superseded_by ORDER BY 1`,
    );
    const ids = [...new Set(old.map((row) => row["product_id"]))];
    assert.deepEqual(versions, ids.map((product_id) => ({ product_id, version: NEW_VERSION })));
    const rows = readSpectrum(project, "alpha");
    assert.equal(rows.length, shown, "one row for each image");
    assert(rows.some((row) => row["processing_version"] === NEW_VERSION));
    assert(rows.every((row) => row["processing_version"] !== version));
    const { n } = queryProject(project, "SELECT count(*) AS n FROM measurements")[0]!;
    assert.equal(n, currentRows(project).length, "older measurements stay in the database");
    assert.deepEqual(filesBelow(`${project}/data/cutouts`), [], "the cutouts of older processings go, too");

    const again = await recordRun(options);
    assert.deepEqual([again.counts.measured, again.counts.published], [0, 0]);
    assert.deepEqual((await summary({ project })).sources.map(({ state }) => state), [
      "source_complete",
      "source_complete",
    ]);
  },
});
