import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { validateCutouts } from "../../lib/workflow/validate_cutouts.ts";
import { benchTests, filesBelow, queryProject, recordRun, replaceFile } from "./project_fixture.ts";

benchTests("validateCutouts()", {
  "passes what the archive gave, and tells each file as it goes": async (bench) => {
    const project = await bench.project("measured");
    const told: boolean[] = [];
    const found = await validateCutouts({ project, onFile: (file) => told.push(file.known) });
    const files = filesBelow(`${project}/data/cutouts`).length;
    assert.deepEqual([found.checked, found.passed, found.failed, found.missing], [files, files, [], []]);
    assert.deepEqual(told, Array(files).fill(true));
  },

  "finds damaged and missing files; the next run that needs them fetches them again": async (bench) => {
    const project = await bench.project("measured");
    const [damaged, gone] = queryProject(
      project,
      "SELECT cutout_key, local_path FROM cutouts WHERE source_id = 'alpha' ORDER BY local_path LIMIT 2",
    );
    replaceFile(`${project}/${damaged!["local_path"]}`, "<html>no FITS file</html>");
    Deno.removeSync(`${project}/${gone!["local_path"]}`);

    const looked = await validateCutouts({ project, updateDatabase: false });
    assert.equal(looked.failed.length, 1);
    assert.match(looked.failed[0]!.status, /^failed_/);
    assert.deepEqual(looked.missing, [gone!["local_path"]]);
    const state = () =>
      queryProject(project, "SELECT state FROM cutouts WHERE cutout_key = ?", String(damaged!["cutout_key"]));
    assert.deepEqual(state(), [{ state: "valid" }], "nothing is changed by looking");

    await validateCutouts({ project });
    assert.deepEqual(state(), [{ state: "invalid" }]);
    const { counts, status } = await recordRun({
      project,
      forcePhotometryRerun: true,
      sourceNames: ["alpha"],
      cleanupCutouts: "never",
    });
    assert.deepEqual([status, counts.downloaded], ["success", 2]);
    assert.deepEqual((await validateCutouts({ project })).failed, []);
  },

  "checks a file or a folder of the caller's, and says when there is none": async (bench) => {
    const project = await bench.project("measured");
    const folder = bench.folder();
    Deno.writeTextFileSync(`${folder}/bad.fits`, "SIMPLE  = nonsense");
    Deno.writeTextFileSync(`${folder}/notes.txt`, "not looked at");
    const found = await validateCutouts({ project, path: folder });
    assert.deepEqual([found.checked, found.passed, found.failed[0]!.known], [1, 0, false]);
    await assert.rejects(
      validateCutouts({ project, path: `${folder}/nothing` }),
      (error) => isTaggedError(error, "storage/not-found"),
    );
  },
});
