import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { summary } from "../../lib/workflow/summary.ts";
import { validateProject } from "../../lib/workflow/validate_project.ts";
import { benchTests, exists, recordRun } from "./project_fixture.ts";

benchTests("The database of a project", {
  "is never made by reading, nor in place of one that is gone while there are cutouts and results": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    Deno.removeSync(`${project}/db`, { recursive: true });
    const isGone = (error: unknown) =>
      isTaggedError(error, "project/no-database") && /backup/.test(error.hint!);
    await assert.rejects(summary({ project }), isGone);
    await assert.rejects(validateProject({ project }), isGone);
    await assert.rejects(recordRun({ project, discover: true }), isGone);
    assert(!exists(`${project}/db/cutoutdb.sqlite`));
    for (const folder of ["data/cutouts", "results"]) {
      Deno.removeSync(`${project}/${folder}`, { recursive: true });
    }
    await assert.rejects(
      summary({ project }),
      (error) => isGone(error) && isTaggedError(error) && /run .*--discover/.test(error.hint!),
    );
    assert.equal(
      (await recordRun({ project, discover: true, syncCalibration: true, downloadMissing: false })).plan
        .sources,
      2,
    );
  },

  "is read where it may not be written": async (bench) => {
    const project = await bench.project("measured");
    const before = await summary({ project });
    const folder = `${project}/db`;
    Deno.chmodSync(`${folder}/cutoutdb.sqlite`, 0o444);
    Deno.chmodSync(folder, 0o555);
    try {
      assert.deepEqual(await summary({ project }), before);
      assert.deepEqual((await validateProject({ project })).databaseProblems, []);
    } finally {
      Deno.chmodSync(folder, 0o755);
    }
  },
});
