import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { positionAt } from "../../lib/workflow/proper_motion.ts";
import { summary } from "../../lib/workflow/summary.ts";
import {
  archiveConfig,
  benchTests,
  CATALOG,
  currentRows,
  eventsOf,
  exists,
  queryProject,
  readSpectrum,
  recordRun,
  SMALL_PROJECT,
  writeCatalog,
} from "./project_fixture.ts";

benchTests("Catalogs", {
  "run() after the catalog has changed works on new rows, keeps retired ones, and takes them back": async (
    bench,
    test,
  ) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    await test.step("a new row that was not discovered is told and left alone", async () => {
      writeCatalog(project, `${CATALOG}gamma,210.1,-40.2\n`);
      const { status, plan, counts, hints, events } = await recordRun({ project, cleanupCutouts: "never" });
      assert.deepEqual([status, plan.sources, counts.measured], ["partial_success", 2, 0]);
      assert.equal(eventsOf(events, "catalog_ingested")[0]!.added, 1);
      assert.match(
        hints.join("\n"),
        /1 sources have not been discovered: run `spxcutdb discover .*--resume`/,
      );
      assert.equal(exists(`${project}/results/spectra/gamma.csv`), false);
      assert.deepEqual((await summary({ project })).sources.map(({ state }) => state), [
        "source_complete",
        "source_complete",
        "not_run",
      ]);
    });
    await test.step("with discovery it is measured, and only it is asked for", async () => {
      const { status, counts } = await recordRun({
        project,
        discover: true,
        resume: true,
        cleanupCutouts: "never",
      });
      assert.equal(status, "success");
      assert.equal(bench.archive.counts().sia.requests, 1);
      assert.deepEqual([counts.skippedValid, counts.published], [rows.length, 1]);
      assert(counts.measured > 0);
      assert(exists(`${project}/results/spectra/gamma.csv`));
    });
    await test.step("a row that is gone is retired: its data stays, nothing is done for it", async () => {
      writeCatalog(project, CATALOG.replace(/^alpha.*\n/m, ""));
      const { plan, events } = await recordRun({ project, cleanupCutouts: "never" });
      assert.equal(plan.sources, 1);
      assert.equal(eventsOf(events, "catalog_ingested")[0]!.retired, 2);
      assert(exists(`${project}/results/spectra/alpha.csv`));
      assert.deepEqual(
        queryProject(
          project,
          "SELECT active, retired_at IS NOT NULL AS retired FROM sources WHERE source_id = 'alpha'",
        ),
        [{ active: 0, retired: 1 }],
      );
    });
    await test.step("when it comes back, its measurements are valid as they were", async () => {
      writeCatalog(project, CATALOG);
      bench.archive.resetCounts();
      const { status, counts } = await recordRun({ project, cleanupCutouts: "never" });
      assert.deepEqual([status, counts.measured, counts.skippedValid], ["success", 0, rows.length]);
      assert.deepEqual(bench.archive.requests, []);
    });
  },

  "run() after the catalog has changed measures a row again whose position has changed, and no other": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const before = queryProject(
      project,
      "SELECT measurement_id FROM measurements WHERE source_id = 'beta' ORDER BY 1",
    );
    writeCatalog(project, CATALOG.replace("68.05,-5.37", "68.0501,-5.3701"));
    const { counts, events, status } = await recordRun({ project, discover: true, resume: true });
    assert.equal(status, "success");
    assert.equal(eventsOf(events, "catalog_ingested")[0]!.changed, 1);
    assert.equal(bench.archive.counts().sia.requests, 1, "alpha is asked for again, beta is not");
    assert.deepEqual([counts.measured, counts.skippedValid], [counts.downloaded, before.length]);
    assert.deepEqual(
      queryProject(
        project,
        "SELECT measurement_id FROM measurements WHERE source_id = 'beta' AND current = 1 ORDER BY 1",
      ),
      before,
    );
    assert(readSpectrum(project, "alpha").every((row) => Number(row["ra_deg"]) === 68.0501));
  },

  "run() after the catalog has changed tells that the archive was asked at another place": async (bench) => {
    const project = await bench.project("measured");
    const quiet = await recordRun({ project, cleanupCutouts: "never" });
    assert.deepEqual(eventsOf(quiet.events, "warning"), []);
    writeCatalog(project, CATALOG.replace("68.05,-5.37", "68.0501,-5.3701"));
    const { events } = await recordRun({ project, cleanupCutouts: "never" });
    const [warning] = eventsOf(events, "warning");
    assert.match(warning!.message, /The archive was asked for 1 source at another place/);
    assert.match(warning!.hint!, /spxcutdb discover --project .* --resume/);
    const asked = await recordRun({ project, discover: true, resume: true, cleanupCutouts: "never" });
    assert.deepEqual(eventsOf(asked.events, "warning"), []);
  },

  "run() after the catalog has changed does not measure again when only other columns or the order of rows change":
    async (bench) => {
      const project = await bench.project("measured");
      const [header, alpha, beta] = CATALOG.trimEnd().split("\n");
      writeCatalog(project, `${header},comment\n${beta},bright\n${alpha},faint\n`);
      const { counts } = await recordRun({ project });
      assert.deepEqual([counts.measured, counts.downloaded], [0, 0]);
    },

  "run() after the catalog has changed leaves the project as it was when the catalog cannot be used": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    for (
      const [text, code] of [
        ["Name,RA_deg,DEC_deg\nalpha,68.05,-95\n", "catalog"],
        ["Name,RA_deg,DEC_deg\nalpha,68.05,-5\nalpha,1,2\n", "catalog"],
        ["Name,DEC_deg\nalpha,2\n", "catalog/missing-column"],
        ["", "catalog"],
      ] as const
    ) {
      writeCatalog(project, text);
      await assert.rejects(recordRun({ project }), (error) => isTaggedError(error, code), text);
    }
    Deno.removeSync(`${project}/../catalog.csv`);
    await assert.rejects(recordRun({ project }), (error) => isTaggedError(error, "catalog/not-found"));
    assert.deepEqual(currentRows(project), rows);
    assert.deepEqual(queryProject(project, "SELECT source_id FROM sources WHERE active = 1 ORDER BY 1"), [
      { source_id: "alpha" },
      { source_id: "beta" },
    ]);
    writeCatalog(project, CATALOG);
    assert.equal((await recordRun({ project })).status, "success");
  },

  "run() after the catalog has changed selects sources by name and number, and names what it does not know":
    async (bench) => {
      const project = await bench.project("measured");
      assert.equal((await recordRun({ project, sourceNames: ["beta"], dryRun: true })).plan.sources, 1);
      assert.equal((await recordRun({ project, limitSources: 1, dryRun: true })).plan.sources, 1);
      const none = await recordRun({ project, limitSources: 0 });
      assert.deepEqual([none.status, none.plan.sources, none.plan.items], ["success", 0, 0]);
      await assert.rejects(
        recordRun({ project, sourceNames: ["beta", "delta"] }),
        (error) => isTaggedError(error, "catalog/unknown-source") && /"delta"/.test(error.message),
      );
      await assert.rejects(
        discover({ project, sourceNames: ["delta"] }),
        (error) => isTaggedError(error, "catalog/unknown-source"),
      );
    },

  "run() cuts out what a row asks for, else what the batch or the project says": async (bench) => {
    const project = await bench.project("calibrated");
    writeCatalog(
      project,
      "Name,RA_deg,DEC_deg,cutout_size_arcsec\nalpha,68.05,-5.37,90\nbeta,127.2,39.08,\n",
    );
    const { status } = await recordRun({
      project,
      config: { "cutouts.default_size_arcsec": 75 },
      cleanupCutouts: "never",
    });
    assert.equal(status, "success");
    const sizes = bench.archive.requests.map(({ url }) => [
      url.includes("68.05") ? "alpha" : "beta",
      Math.round(Number(new URL(url, "http://archive").searchParams.get("size")) * 3600),
    ]);
    assert.deepEqual([...new Set(sizes.map(String))].sort(), ["alpha,90", "beta,75"]);
    const stored = queryProject(project, "SELECT DISTINCT source_id, size_arcsec FROM cutouts ORDER BY 1");
    assert.deepEqual(stored, [{ source_id: "alpha", size_arcsec: 90 }, {
      source_id: "beta",
      size_arcsec: 75,
    }]);
  },

  "run() measures a target with proper motion where it was at the time of each image": async (bench) => {
    const project = await bench.project("calibrated");
    const motion = "pmra,pmdec,ref_epoch\nalpha,68.05,-5.37,1200,-800,2016\n";
    writeCatalog(project, `Name,RA_deg,DEC_deg,${motion}`);
    const config = {
      "catalog.pm_ra_column": "pmra",
      "catalog.pm_dec_column": "pmdec",
      "catalog.epoch_column": "ref_epoch",
    };
    const { status } = await recordRun({ project, config });
    assert.equal(status, "success");
    const target = {
      rightAscensionDeg: 68.05,
      declinationDeg: -5.37,
      properMotionRaMasPerYear: 1200,
      properMotionDecMasPerYear: -800,
      referenceEpochYear: 2016,
    };
    const rows = readSpectrum(project, "alpha");
    assert(rows.length > 2);
    for (const row of rows) {
      const expected = positionAt(target, Number(row["mjd_avg"]));
      assert(Math.abs(Number(row["ra_deg"]) - expected.rightAscensionDeg) < 1e-10);
      assert(Math.abs(Number(row["dec_deg"]) - expected.declinationDeg) < 1e-10);
      assert((Number(row["ra_deg"]) - 68.05) * 3600 > 10, "moved by more than ten arcseconds");
    }
    assert.equal(new Set(rows.map((row) => row["x_cutout"])).size, rows.length);
  },

  "init() makes the documented tree and refuses to do so twice, unless forced, which keeps the data": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const catalog = `${project}/../catalog.csv`;
    for (
      const path of [
        "spherex_cutoutdb.yaml",
        "db/cutoutdb.sqlite",
        "data/cutouts",
        "cache",
        "results",
        "logs",
      ]
    ) {
      assert(exists(`${project}/${path}`), path);
    }
    await assert.rejects(init({ project, catalog }), (error) => isTaggedError(error, "project/exists"));
    const rows = currentRows(project);
    await init({
      project,
      catalog,
      force: true,
      config: { ...SMALL_PROJECT, ...archiveConfig(bench.archive) },
    });
    assert.deepEqual(currentRows(project), rows);
    assert.equal((await recordRun({ project })).counts.skippedValid, rows.length);
  },

  "init() writes nothing for a catalog that cannot be used": async (bench) => {
    const folder = bench.folder();
    Deno.writeTextFileSync(`${folder}/bad.csv`, "Name,RA_deg,DEC_deg\n,1,2\n");
    await assert.rejects(
      init({ project: `${folder}/project`, catalog: `${folder}/bad.csv` }),
      (error) => isTaggedError(error, "catalog"),
    );
    assert.equal(exists(`${folder}/project`), false);
  },
});
