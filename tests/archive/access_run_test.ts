import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { init } from "../../lib/workflow/init.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import {
  archiveConfig,
  CATALOG,
  eventsOf,
  filesBelow,
  queryProject,
  recordRun,
  SMALL_PROJECT,
  startSmallArchive,
} from "../workflow/project_fixture.ts";

/** The published spectra of a project: the text of each table by its path. */
function spectra(project: string): Record<string, string> {
  const paths = filesBelow(`${project}/results`).filter((path) => path.endsWith(".csv"));
  assert(paths.length > 0);
  return Object.fromEntries(paths.map((path) => [path, Deno.readTextFileSync(`${project}/results/${path}`)]));
}

Deno.test("run() gives the same spectra, row hash by row hash, whichever route brought the cutouts", async (test) => {
  await using archive = await startSmallArchive({ qr3Fraction: 0.5 });
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "access_run_" }));
  try {
    Deno.writeTextFileSync(`${folder}/catalog.csv`, CATALOG);
    const config = { ...SMALL_PROJECT, ...archiveConfig(archive), "cutouts.access": "auto" };
    const prepared = `${folder}/prepared/project`;
    await init({ project: prepared, catalog: `${folder}/catalog.csv`, config });
    await discover({ project: prepared });
    await syncCalibrations({ project: prepared });
    const projectFor = (name: string): string => {
      cpSync(`${folder}/prepared`, `${folder}/${name}`, { recursive: true });
      return `${folder}/${name}/project`;
    };
    const found: Record<string, { spectra: Record<string, string>; identities: unknown }> = {};
    for (const access of ["cutout", "truncated", "cloud", "auto"]) {
      const project = projectFor(access);
      archive.resetCounts();
      const { status, events, counts } = await recordRun({
        project,
        cleanupCutouts: "never",
        config: { "cutouts.access": access },
      });
      assert.equal(status, "success");
      const routes = eventsOf(events, "download_completed").map((event) => event.access);
      assert(routes.length > 8);
      if (access === "auto") assert(routes.includes("truncated") && !routes.includes("cutout"));
      else {
        assert.deepEqual([...new Set(routes)], [access]);
        assert.equal(archive.counts()[access === "cloud" ? "cutout" : "s3"].requests, 0);
      }
      const stored = queryProject(project, "SELECT access_route, psf_file_sha256 FROM cutouts");
      assert.deepEqual(new Set(stored.map((row) => row["access_route"])), new Set(routes));
      assert(stored.every((row) => (row["psf_file_sha256"] === null) === (row["access_route"] === "cutout")));
      assert.equal(stored.length, counts.measured);
      const identities = queryProject(
        project,
        "SELECT measurement_id, row_hash, cutout_sha256 FROM measurements ORDER BY measurement_id",
      );
      found[access] = { spectra: spectra(project), identities };
    }
    for (const access of ["truncated", "cloud", "auto"]) {
      assert.deepEqual(found[access], found["cutout"], access);
    }
    await test.step("a second run on another route has nothing to do", async () => {
      const project = `${folder}/truncated/project`;
      const { counts } = await recordRun({ project, config: { "cutouts.access": "cloud" } });
      assert.deepEqual([counts.measured, counts.downloaded], [0, 0]);
    });
    await test.step("auto takes whole files where no PSF product is at hand", async () => {
      const project = projectFor("bare");
      for (const path of filesBelow(`${project}/cache`)) {
        if (/(average_psf|epsf)_D/.test(path)) Deno.removeSync(`${project}/cache/${path}`);
      }
      const { status, events } = await recordRun({ project });
      assert.equal(status, "success");
      assert.deepEqual(
        [...new Set(eventsOf(events, "download_completed").map(({ access }) => access))],
        ["cutout"],
      );
      assert.deepEqual(spectra(project), found["cutout"]!.spectra);
    });
    await test.step("auto falls back to the object store when the cutout service fails", async () => {
      archive.resetCounts();
      const project = projectFor("fallback");
      const { status, events } = await recordRun({
        project,
        // A service that has moved: every request for a cutout answers 404.
        config: { "cutouts.base_url": `${archive.urls.origin}/nowhere` },
      });
      assert.equal(status, "success");
      assert.deepEqual(
        [...new Set(eventsOf(events, "download_completed").map(({ access }) => access))],
        ["cloud"],
      );
      assert(eventsOf(events, "download_retry").length <= 2 * 32);
      assert.deepEqual(spectra(project), found["cutout"]!.spectra);
    });
    await test.step("a cutout whose PSF product has gone is fetched again", async () => {
      const project = `${folder}/truncated/project`;
      for (const path of filesBelow(`${project}/cache`)) {
        if (/(average_psf|epsf)_D/.test(path)) Deno.removeSync(`${project}/cache/${path}`);
      }
      const { status, counts } = await recordRun({
        project,
        forcePhotometryRerun: true,
        config: { "cutouts.access": "auto" },
      });
      assert.equal(status, "success");
      assert.equal(counts.downloaded, counts.measured);
      assert.deepEqual(spectra(project), found["cutout"]!.spectra);
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
