import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { validateCutouts } from "../../lib/workflow/validate_cutouts.ts";
import {
  benchTests,
  currentRows,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
} from "./project_fixture.ts";

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

  "refuses a known file with another SHA-256 than it arrived with; the next run fetches it, to the same measurement":
    async (bench) => {
      const project = await bench.project("measured");
      const [cutout] = queryProject(
        project,
        "SELECT cutout_key, local_path, sha256, content_sha256 FROM cutouts WHERE source_id = 'alpha' LIMIT 1",
      );
      const path = `${project}/${cutout!["local_path"]}`;
      const record = () =>
        queryProject(
          project,
          "SELECT state, validation_status, sha256, content_sha256 FROM cutouts WHERE cutout_key = ?",
          String(cutout!["cutout_key"]),
        )[0];
      const { sha256, content_sha256 } = cutout!;
      const original = Deno.readFileSync(path);
      const flipped = original.slice();
      // The last bit of the first pixel, which nothing in the file tells.
      const text = new TextDecoder("latin1").decode(original);
      const endOfHeader = text.indexOf(`END${" ".repeat(77)}`, text.search(/EXTNAME = 'IMAGE/));
      flipped[Math.ceil(endOfHeader / 2880) * 2880 + 3]! ^= 1;
      replaceFile(path, flipped);

      const { failed } = await validateCutouts({ project });
      assert.deepEqual(failed.map((file) => [file.path, file.status]), [[path, "failed_checksum"]]);
      assert.match(failed[0]!.reason!, new RegExp(`expected ${sha256}`));
      const refused = { state: "invalid", validation_status: "failed_checksum", sha256, content_sha256 };
      assert.deepEqual(record(), refused);

      replaceFile(path, original);
      assert.deepEqual((await validateCutouts({ project })).failed, [], "a restored file passes");
      assert.equal(record()!["state"], "valid");

      replaceFile(path, flipped);
      await validateCutouts({ project });
      const rows = currentRows(project);
      const { counts } = await recordRun({ project, sourceNames: ["alpha"], cleanupCutouts: "never" });
      assert.equal(counts.downloaded, 1);
      assert.equal(record()!["state"], "valid");
      assert.equal(record()!["content_sha256"], content_sha256);
      assert.deepEqual(currentRows(project), rows);
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
