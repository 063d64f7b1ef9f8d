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

  "does with older processings what planning.version_policy says": async (bench, test) => {
    const cases: readonly [
      policy: string,
      expected: { shown: "old" | "new" | "both"; kept: "old" | "new" | "both" },
    ][] = [
      ["keep_all_mark_superseded", { shown: "new", kept: "both" }],
      ["keep_all_no_supersede", { shown: "both", kept: "both" }],
      ["replace", { shown: "new", kept: "new" }],
      ["ignore", { shown: "old", kept: "old" }],
    ];
    for (const [policy, { shown, kept }] of cases) {
      await test.step(policy, async () => {
        const project = await bench.project("measured");
        const [{ version }] = queryProject(
          project,
          "SELECT max(processing_version) AS version FROM products",
        ) as [{ version: string }];
        await using reprocessed = new ReprocessingArchive(bench.archive, version, { keepsOld: true });
        const config = { ...reprocessed.config, "planning.version_policy": policy };
        const before = currentRows(project).length;
        const { status, counts } = await recordRun({ project, config, update: true });
        assert.equal(status, "success");
        const versions = (rows: Record<string, unknown>[]) => {
          const [old, newer] = [version, NEW_VERSION].map((each) =>
            rows.some((row) => row["processing_version"] === each)
          );
          return old && newer ? "both" : newer ? "new" : "old";
        };
        const spectra = ["alpha", "beta"].flatMap((slug) => readSpectrum(project, slug));
        assert.equal(versions(spectra), shown);
        const stored = queryProject(
          project,
          "SELECT processing_version FROM measurements JOIN products USING (product_id)",
        );
        assert.equal(versions(stored), kept);
        assert.equal(counts.measured > 0, policy !== "ignore");
        assert.equal(spectra.length, shown === "both" ? before + counts.measured : before);
        const again = await recordRun({ project, config, update: true });
        assert.deepEqual([again.counts.measured, again.counts.published], [0, 0]);
      });
    }
  },

  "measures new images, and leaves what is measured alone": async (bench) => {
    const project = await bench.project("calibrated");
    await recordRun({
      project,
      config: { "discovery.collections": ["spherex_qr2"] },
      cleanupCutouts: "never",
    });
    const before = currentRows(project);
    const { counts, status } = await recordRun({
      project,
      update: true,
      config: { "spherex.detectors": [2, 3, 5] },
      syncCalibration: true,
    });
    assert.deepEqual([status, counts.skippedValid], ["success", before.length]);
    assert(counts.measured > 0, "images of a detector that was left out before are new");
  },
});
