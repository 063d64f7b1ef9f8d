import assert from "node:assert/strict";
import { Database } from "../../lib/store/database.ts";
import { clean } from "../../lib/workflow/clean.ts";
import { CLEANUP_CONDITIONS, type CleanupCondition } from "../../lib/workflow/cleanup_conditions.ts";
import {
  benchTests,
  CATALOG,
  checksumsBelow,
  filesBelow,
  queryProject,
  recordRun,
  writeCatalog,
} from "./project_fixture.ts";

function rewrite(project: string, sql: string, ...values: string[]): void {
  using database = new Database(`${project}/db/cutoutdb.sqlite`);
  database.write(sql, ...values);
}

/** What makes all cutouts of alpha fail one condition, and no other. */
const VIOLATIONS: Readonly<Record<CleanupCondition, (project: string) => Record<string, unknown>>> = {
  policy: () => ({ "cleanup.cutouts": "never" }),
  managed: (project) => {
    rewrite(project, "UPDATE cutouts SET local_path = 'results/' || cutout_key WHERE source_id = 'alpha'");
    return {};
  },
  recorded: (project) => {
    rewrite(project, "UPDATE measurements SET cutout_sha256 = 'of another' WHERE source_id = 'alpha'");
    return {};
  },
  unused: (project) => {
    rewrite(project, "UPDATE work_items SET state = 'fitting' WHERE source_id = 'alpha'");
    return {};
  },
  files: (project) => {
    Deno.writeTextFileSync(`${project}/results/spectra/alpha.csv`, "tampered\n");
    return {};
  },
  manifest: (project) => {
    Deno.removeSync(`${project}/results/provenance/alpha_output_manifest.json`);
    return {};
  },
  full_qa: () => ({ "photometry.qa_level": "full" }),
};

benchTests("clean()", {
  "with dryRun tells which of the seven conditions each cutout fails, and changes nothing": async (
    bench,
    test,
  ) => {
    for (const [condition, violate] of Object.entries(VIOLATIONS)) {
      await test.step(condition, async () => {
        const project = await bench.project("measured");
        const config = violate(project);
        const before = await checksumsBelow(`${project}/data`);
        const { cutouts, dryRun } = await clean({ project, config, dryRun: true });
        const alpha = cutouts.filter(({ sourceName }) => sourceName === "alpha");
        assert(dryRun && alpha.length > 0);
        for (const { unmet, isDeleted } of alpha) {
          assert.equal(isDeleted, false);
          assert.deepEqual(unmet.map((each) => each.condition), [condition]);
          assert.equal(unmet[0]!.meaning, CLEANUP_CONDITIONS[condition as CleanupCondition]);
        }
        const others = cutouts.filter(({ sourceName }) => sourceName === "beta");
        const concernsAll = condition === "policy" || condition === "full_qa";
        assert(others.length > 0 && others.every(({ isDeleted }) => isDeleted !== concernsAll));
        assert.deepEqual(await checksumsBelow(`${project}/data`), before);
      });
    }
  },

  "deletes what the dry run has told, keeps the others, and does so once": async (bench) => {
    const project = await bench.project("measured");
    Deno.writeTextFileSync(`${project}/results/spectra/alpha.csv`, "tampered\n");
    const told = await clean({ project, dryRun: true });
    const done = await clean({ project });
    assert.deepEqual({ ...done, dryRun: true }, told);
    const left = told.cutouts.filter(({ isDeleted }) => !isDeleted).map(({ path }) => path).sort();
    assert(done.deleted > 0 && left.length > 0);
    assert.deepEqual(filesBelow(`${project}/data/cutouts`).map((path) => `data/cutouts/${path}`), left);
    const ledger = queryProject(
      project,
      "SELECT count(*) AS n FROM cleanup_ledger WHERE deleted_at IS NOT NULL",
    );
    assert.deepEqual(ledger, [{ n: done.deleted }]);
    assert.deepEqual((await clean({ project })).deleted, 0);
    const [{ status }] = queryProject(
      project,
      "SELECT status FROM runs WHERE command = 'clean' ORDER BY started_at DESC LIMIT 1",
    ) as [{ status: string }];
    assert.equal(status, "success");
  },

  "cleans up after sources that have left the catalog, and after single ones": async (bench) => {
    const project = await bench.project("measured");
    writeCatalog(project, CATALOG.replace(/^alpha.*\n/m, ""));
    await recordRun({ project, cleanupCutouts: "never" });
    const { cutouts, deleted } = await clean({ project, sourceNames: ["beta"] });
    assert(deleted > 0 && cutouts.every(({ sourceName }) => sourceName === "beta"));
    const left = await clean({ project, sourceNames: ["alpha"], dryRun: true });
    assert(left.deleted > 0 && left.cutouts.every(({ sourceName }) => sourceName === "alpha"));
    await assert.rejects(clean({ project, sourceNames: ["gamma"] }), { code: "catalog/unknown-source" });
    const rest = await clean({ project, sourceNames: ["alpha"] });
    assert.equal(rest.deleted, left.deleted);
    assert(rest.deleted > 0 && rest.cutouts.every(({ sourceName }) => sourceName === "alpha"));
    assert.deepEqual(filesBelow(`${project}/data/cutouts`), []);
  },

  "takes what a crashed run was busy with for free": async (bench) => {
    const project = await bench.project("measured");
    rewrite(project, "UPDATE work_items SET state = 'fitting'");
    assert.equal((await clean({ project, dryRun: true })).deleted, 0);
    const { deleted, kept } = await clean({ project });
    assert(deleted > 0 && kept === 0);
  },
});
