import assert from "node:assert/strict";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { archiveConfig, startSmallArchive } from "../workflow/project_fixture.ts";
import { type ProgramResult, runProgram, TestFolder } from "./run_program.ts";

Deno.test("plan, download, retry-failed, coverage, clean-partials and export-manifest say what they did", async () => {
  await using archive = await startSmallArchive();
  await using folder = new TestFolder();
  await folder.write("catalog.csv", "Name,RA_deg,DEC_deg\nA,68.05,-5.37\n");
  const project = `${folder.path}/p`;
  const config = { ...archiveConfig(archive), "spherex.detectors": [1], "cutouts.access": "cutout" };
  await init({ project, catalog: `${folder.path}/catalog.csv`, config });
  await discover({ project });
  await syncCalibrations({ project });
  const call = (...args: string[]): Promise<ProgramResult> =>
    runProgram([...args, "--project", "p"], { cwd: folder.path });

  const planned = await call("plan", "--export-plan", "plan.csv");
  assert.equal(planned.code, 0, planned.stderr);
  assert.match(planned.stdout, /^Plan +(\d+) images of 1 source: 0 current, 0 to measure, \1 to fetch/);
  assert.match(planned.stdout, /^Fetch +(\d+) cutouts, \1 requests, [\d.]+ MB, about /m);
  const images = Number(/(\d+) images/.exec(planned.stdout)![1]);
  const lines = Deno.readTextFileSync(`${folder.path}/plan.csv`).trimEnd().split("\n");
  assert.equal(lines.length, images + 1);
  assert.match(lines[0]!, /^source_name,observation_id,detector,.*,url$/);
  const json = JSON.parse((await call("plan", "--json")).stdout);
  assert.deepEqual([json.schema_version, json.items.length, json.estimate.cutouts], [1, images, images]);

  const dry = await call("download", "--dry-run", "--max-downloads", "1");
  assert.match(dry.stdout, /^Fetch +1 cutout, 1 request,/);
  const fetched = await call("download");
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stdout, new RegExp(`Fetched +${images} of ${images} cutouts, `));
  const retried = JSON.parse((await call("retry-failed", "--phase", "download", "--json")).stdout);
  assert.deepEqual([retried.status, retried.wanted], ["success", 0]);

  const covered = await call("coverage", "--format", "csv");
  assert.match(covered.stdout, /^source,coverage,images,D1,.*\nA,covered,\d+,/);
  assert.match((await call("coverage", "--no-coverage-only")).stdout, /^All sources have images/);
  const cleaned = await call("clean-partials", "--older-than-hours", "0");
  assert.match(cleaned.stdout, /^0 files deleted, 0 B; 0 quarantined; 0 partial files younger and kept/);
  const listed = await call(
    "export-manifest",
    "--table",
    "cutouts",
    "--table",
    "images",
    "--output-dir",
    "lists",
  );
  assert.match(listed.stdout, /^Written +.*lists\/cutouts\.csv\nTable +cutouts: \d+ rows/);

  const wrong = await call("retry-failed", "--phase", "fit");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /download, validation/);
  const both = await call("clean-partials", "--quarantine-invalid", "--delete-invalid");
  assert.equal(both.code, 2, both.stderr);
  assert.equal((await call("clean-partials", "--older-than-hours", "-3")).code, 2);
});
