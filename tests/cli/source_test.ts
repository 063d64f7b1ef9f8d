import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { standInConfig } from "../../lib/cli/commands/archive.ts";
import { nestValues } from "../../lib/config/config_keys.ts";
import { startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { runProgram, TestFolder } from "./run_program.ts";

Deno.test("spxcutdb source runs stage by stage, and goes on with what is left", async () => {
  await using folder = new TestFolder();
  await using archive = await startStandInArchive({ seed: 7, visitsPerDetector: 2, defects: false });
  const settings = nestValues(Object.entries(standInConfig(archive.urls)));
  await Deno.writeTextFile(join(folder.path, "archive.yaml"), stringify(settings));
  const run = (...args: string[]) => runProgram(["source", ...args], { cwd: folder.path });
  const place = [
    "--ra",
    "10:00:24",
    "--dec",
    "2.2",
    "--name",
    "one",
    "--config",
    "archive.yaml",
    "--bands",
    "D2",
  ];

  const early = await run(...place, "--stages", "processing");
  assert.equal(early.code, 2);
  assert.match(early.stderr, /query and download must be completed first/);

  const first = await run(...place, "--cutout-size", "31px", "--stages", "query,download", "--no-progress");
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(first.stdout, /done +query, download\n/);
  assert.match(first.stdout, /source +one at 150.1, 2.2\n/);

  archive.resetCounts();
  const second = await run(
    "--name",
    "one",
    "--resume",
    "--json",
    "--stages",
    "query,download,processing,visualization",
  );
  assert.equal(second.code, 0);
  const state = JSON.parse(second.stdout);
  assert.equal(state.stage, "complete");
  assert(state.photometry_results.length > 0);
  assert.equal(archive.counts().cutout.requests + archive.counts().sia.requests, 0);
  assert((await Deno.stat(join(folder.path, "output/results/combined_plot.png"))).size > 1000);
});

Deno.test("spxcutdb source says what is missing", async () => {
  await using folder = new TestFolder();
  for (const args of [["--ra", "10"], ["--name", "x"], ["--resume", "--name", "x", "--bands", "D1"]]) {
    const { code, stderr } = await runProgram(["source", ...args], { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(stderr, /The source has no position/);
  }
  const none = await runProgram(["source", "--resume", "--name", "x"], { cwd: folder.path });
  assert.match(none.stderr, /There is no state of "x"/);
});
