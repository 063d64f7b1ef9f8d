import assert from "node:assert/strict";
import { Database } from "../../lib/store/database.ts";
import { benchTests, filesBelow, queryProject, recordRun } from "../workflow/project_fixture.ts";
import {
  callUnder,
  type FailedCall,
  mountMemory,
  obeyingPermissions,
  resizeMemory,
} from "./failing_program.ts";

/** One source is enough here. */
const ALPHA = { sourceNames: ["alpha"], resume: true, cleanupCutouts: "never" } as const;
const RUN_ALPHA = ["run", "--source-name", "alpha", "--cleanup-cutouts", "never", "--project"];

function rowsOfAlpha(project: string): unknown[] {
  return queryProject(
    project,
    "SELECT measurement_id, row_hash FROM measurements WHERE current = 1 AND source_id = 'alpha' ORDER BY 1",
  );
}

function isSound(project: string): void {
  using database = new Database(`${project}/db/cutoutdb.sqlite`);
  assert.deepEqual(database.integrityProblems(), []);
}

function refused(call: FailedCall, error: RegExp, where = ""): void {
  assert.equal(call.code, 74, `${where} ${call.stderr}`);
  assert.match(call.error ?? "", error, call.stderr);
  assert(call.hasHint, call.stderr);
}

function bytesBelow(folder: string): number {
  return filesBelow(folder).reduce((sum, path) => sum + Deno.statSync(`${folder}/${path}`).size, 0);
}

benchTests("On a disk that refuses", {
  "a run stops when a real file system is full, and goes on when it has room": async (bench, test) => {
    const expected = rowsOfAlpha(await bench.project("measured"));
    for (const room of [300_000, 12_000_000]) {
      const prepared = await bench.project("calibrated");
      const folder = bench.folder();
      const needed = 2 * bytesBelow(`${prepared}/..`) + room;
      await using disk = await mountMemory(folder, 200_000_000 + needed);
      if (disk === undefined) {
        await test.step({ name: "no file system can be mounted here", ignore: true, fn: () => {} });
        return;
      }
      await new Deno.Command("cp", { args: ["-r", `${prepared}/..`, `${folder}/copy`] }).output();
      const project = `${folder}/copy/project`;
      const used = bytesBelow(`${folder}/copy`);
      assert(await resizeMemory(folder, used + room));
      refused(
        await callUnder({}, [...RUN_ALPHA, project]),
        /^storage\/full$/,
      );
      assert(await resizeMemory(folder, used + 500_000_000));
      isSound(project);
      const { status } = await recordRun({ project, ...ALPHA });
      assert.equal(status, "success");
      assert.deepEqual(rowsOfAlpha(project), expected);
    }
  },

  "a run stops when files may not grow, and goes on when they may": async (bench) => {
    const expected = rowsOfAlpha(await bench.project("measured"));
    // Blocks of 1024 bytes: less than a cutout, and less than the database.
    for (const blocks of [4000, 400]) {
      const project = await bench.project("calibrated");
      const shell = `trap '' XFSZ; ulimit -f ${blocks};`;
      refused(await callUnder({ shell }, [...RUN_ALPHA, project]), /^storage\/full$/);
      isSound(project);
      assert.equal((await recordRun({ project, ...ALPHA })).status, "success");
      assert.deepEqual(rowsOfAlpha(project), expected);
    }
  },

  "a run tells which folder it may not write to, and goes on when it may": async (bench) => {
    const expected = rowsOfAlpha(await bench.project("measured"));
    const prefix = obeyingPermissions();
    for (const folder of ["", "db", "data/cutouts", "logs/runs", "results/spectra"]) {
      const project = await bench.project("calibrated");
      const path = `${project}/${folder}`;
      Deno.mkdirSync(path, { recursive: true });
      Deno.chmodSync(path, 0o555);
      try {
        const call = await callUnder({ prefix }, [...RUN_ALPHA, project]);
        if (folder === "results/spectra") {
          // The measurements are kept; what is missing is told of each source.
          assert.equal(call.code, 1, call.stderr);
          const states = queryProject(project, "SELECT DISTINCT state FROM source_states");
          assert.deepEqual(states, [{ state: "source_output_failed" }]);
          assert.deepEqual(rowsOfAlpha(project), expected);
        } else refused(call, /^storage\/permission$/, folder);
      } finally {
        Deno.chmodSync(path, 0o755);
      }
      isSound(project);
      const { status } = await recordRun({ project, ...ALPHA });
      assert.equal(status, "success", folder);
      assert.deepEqual(rowsOfAlpha(project), expected);
    }
  },

  "a run tells which file it may not read": async (bench) => {
    const prefix = obeyingPermissions();
    for (const name of ["spherex_cutoutdb.yaml", "../catalog.csv", "db/cutoutdb.sqlite"]) {
      const project = await bench.project("discovered");
      Deno.chmodSync(`${project}/${name}`, 0);
      try {
        refused(await callUnder({ prefix }, [...RUN_ALPHA, project]), /^storage\/permission$/);
      } finally {
        Deno.chmodSync(`${project}/${name}`, 0o644);
      }
      isSound(project);
    }
  },
});
