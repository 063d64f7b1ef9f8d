import assert from "node:assert/strict";
import { coverage } from "../../lib/workflow/coverage.ts";
import { exportManifest } from "../../lib/workflow/export_manifest.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { benchTests, queryProject, writeCatalog } from "./project_fixture.ts";

benchTests("coverage()", {
  "counts images by detector, collection and time, and what became of them": async (bench) => {
    const project = await bench.project("measured");
    const { sources } = await coverage({ project });
    assert.deepEqual(sources.map(({ sourceName, coverage }) => [sourceName, coverage]), [
      ["alpha", "covered"],
      ["beta", "covered"],
    ]);
    for (const source of sources) {
      const { images, imagesByDetector, imagesByCollection, firstMjd, lastMjd } = source;
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
      assert.equal(sum(imagesByDetector), images);
      assert.equal(sum(Object.values(imagesByCollection)), images);
      assert.equal(source.measured, imagesByDetector[1]! + imagesByDetector[4]!);
      assert.equal(source.cutouts, source.measured);
      const [times] = queryProject(
        project,
        "SELECT min(start_mjd) AS first, max(end_mjd) AS last FROM matches JOIN products USING (product_id) WHERE source_id = ?",
        source.sourceId,
      );
      assert.deepEqual([firstMjd, lastMjd], [times!["first"], times!["last"]]);
    }
    assert.deepEqual((await coverage({ project, failedOnly: true })).sources, []);
  },

  "tells sources without images from those that were never asked for": async (bench) => {
    const project = await bench.project("new");
    const bare = await coverage({ project });
    assert.deepEqual(bare.sources, []);
    writeCatalog(project, "Name,RA_deg,DEC_deg\nalpha,68.05,-5.37\nbeta,127.2,39.08\n");
    await discover({ project, sourceNames: ["alpha"] });
    const { sources } = await coverage({ project });
    assert.deepEqual(sources.map((source) => source.coverage), ["covered", "not_asked"]);
    const without = await coverage({ project, withoutImagesOnly: true });
    assert.deepEqual(without.sources.map(({ sourceName }) => sourceName), ["beta"]);
    assert.deepEqual([without.sources[0]!.firstMjd, without.sources[0]!.images], [null, 0]);
  },
});

benchTests("exportManifest()", {
  "writes lists of sources, images, cutouts, failures and outputs in each format": async (bench) => {
    const project = await bench.project("measured");
    const folder = bench.folder();
    const { exports } = await exportManifest({
      project,
      formats: ["csv", "ecsv", "csv"],
      outputDirectory: `${folder}/lists`,
    });
    const rows = Object.fromEntries(
      exports.map(({ table, format, files }) => [`${table}.${format}`, files[0]!.rows]),
    );
    const [{ measured, images }] = queryProject(
      project,
      `SELECT (SELECT count(*) FROM measurements) AS measured, (SELECT count(*) FROM matches WHERE active = 1) AS images`,
    ) as [{ measured: number; images: number }];
    for (const format of ["csv", "ecsv"]) {
      assert.equal(rows[`sources.${format}`], 2);
      assert.equal(rows[`images.${format}`], images);
      assert.equal(rows[`cutouts.${format}`], measured);
      assert.equal(rows[`failures.${format}`], 0);
      assert.equal(rows[`manifests.${format}`], 2);
    }
    assert.equal(exports.length, 10);
    const cutouts = Deno.readTextFileSync(`${folder}/lists/cutouts.csv`);
    assert.match(
      cutouts,
      /^source_id,source_name,cutout_key,.*\n.*,valid,data\/cutouts\/alpha\/.*,cutout,passed/,
    );
    const only = await exportManifest({ project, tables: ["images"] });
    assert.deepEqual(only.exports.map(({ files }) => files[0]!.path), [
      `${project}/results/exports/images.csv`,
    ]);
  },
});
