import assert from "node:assert/strict";
import { cleanPartials } from "../../lib/workflow/clean_partials.ts";
import { validateCutouts } from "../../lib/workflow/validate_cutouts.ts";
import { benchTests, exists, filesBelow, recordRun, replaceFile } from "./project_fixture.ts";

/** Puts a partial file that was written to so many hours ago into a project. */
function putPartial(project: string, name: string, ageHours: number): void {
  Deno.mkdirSync(`${project}/data/partial`, { recursive: true });
  const path = `${project}/data/partial/${name}`;
  Deno.writeFileSync(path, new Uint8Array(1000));
  const time = new Date(Date.now() - ageHours * 3_600_000);
  Deno.utimeSync(path, time, time);
}

benchTests("cleanPartials()", {
  "removes partial files that nothing has written to for a day": async (bench) => {
    const project = await bench.project("calibrated");
    putPartial(project, "old.fits.part", 25);
    putPartial(project, "old.fits.resume.part", 25);
    putPartial(project, "young.fits.part", 23);
    putPartial(project, "no-partial.txt", 100);
    const told = await cleanPartials({ project, dryRun: true });
    assert.deepEqual([told.files.length, told.isDryRun, told.freedBytes], [2, true, 2000]);
    assert(exists(`${project}/data/partial/old.fits.part`));
    const done = await cleanPartials({ project });
    assert.deepEqual(done, { ...told, isDryRun: false });
    assert.deepEqual(
      done.files.map(({ path, action }) => `${path} ${action}`),
      ["data/partial/old.fits.part deleted", "data/partial/old.fits.resume.part deleted"],
    );
    assert.deepEqual(filesBelow(`${project}/data/partial`), ["no-partial.txt", "young.fits.part"]);
    assert.equal((await cleanPartials({ project, olderThanHours: 0 })).files.length, 1);
    await assert.rejects(cleanPartials({ project, olderThanHours: -1 }), RangeError);
  },

  "takes a project without any download": async (bench) => {
    const { files, kept } = await cleanPartials({ project: await bench.project("new") });
    assert.deepEqual([files, kept], [[], 0]);
  },

  "quarantines or deletes cutouts that failed a validation, and a run fetches them again": async (bench) => {
    const project = await bench.project("measured");
    const [first, second] = filesBelow(`${project}/data/cutouts`).map((path) => `data/cutouts/${path}`);
    for (const path of [first!, second!]) replaceFile(`${project}/${path}`, "not FITS");
    await validateCutouts({ project });
    assert.deepEqual((await cleanPartials({ project })).files, []);
    const moved = await cleanPartials({ project, invalid: "quarantine" });
    assert.deepEqual(
      moved.files.map(({ path, action }) => [path, action]),
      [
        [first, "quarantined"],
        [second, "quarantined"],
      ].sort(),
    );
    assert.equal(moved.freedBytes, 0);
    assert(!exists(`${project}/${first}`));
    const kept = filesBelow(`${project}/data/quarantine`);
    assert.deepEqual(kept.filter((path) => path.endsWith(".reason.json")).length, 2);
    const deleted = await cleanPartials({ project, invalid: "delete" });
    assert.equal(deleted.files.length, kept.length);
    assert.deepEqual(filesBelow(`${project}/data/quarantine`), []);
    const { status, counts } = await recordRun({ project, forcePhotometryRerun: true });
    assert.deepEqual([status, counts.downloaded], ["success", 2]);
  },
});
