import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { standInConfig } from "../../lib/cli/commands/archive.ts";
import { nestValues } from "../../lib/config/config_keys.ts";
import { readParameterFile } from "../../lib/workflow/pipeline/parameter_file.ts";
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
  assert.equal(first.code, 0);
  assert.match(first.stderr, /^one: \d cutouts to fetch, about \d+(\.\d)? MB\n$/);
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

Deno.test("spxcutdb source --catalog tells of each source, and of rows that cannot be used", async () => {
  await using folder = new TestFolder();
  await using archive = await startStandInArchive({ seed: 7, visitsPerDetector: 1, defects: false });
  const settings = nestValues(Object.entries(standInConfig(archive.urls)));
  await folder.write("archive.yaml", stringify(settings));
  await folder.write(
    "catalog.csv",
    "id,RA_deg,DEC_deg\na star,150.1,2.2\nbad,150.1,99\nother,10:00:26,2.21\n",
  );
  await folder.write(
    "parameters.yaml",
    "query:\n  query_service: tap\ndownload:\n  cutout_size: 25px\n  max_retries: 2\nvisualization:\n  dpi: 50\n",
  );
  const args = ["--catalog", "catalog.csv", "--config", "archive.yaml", "--parameters", "parameters.yaml"];
  const ended = await runProgram(
    ["source", ...args, "--target-id-column", "id", "--bands", "D2", "--no-progress"],
    { cwd: folder.path },
  );
  assert.equal(ended.code, 1, ended.stderr);
  assert.match(ended.stderr, /other: no cutouts to fetch, 2 are there already/);
  assert.match(ended.stderr, /catalog\.csv:3: /);
  assert.match(
    ended.stdout,
    /^source +state +images +measured +folder\na star +complete +\d +\d +output\/a_star/,
  );
  assert.match(ended.stdout, /2 of 2 sources done, cutouts fetched in 1 fields/);
  assert(archive.counts().tap.requests >= 2 && archive.counts().sia.requests === 0);

  const both = await runProgram(["source", ...args, "--ra", "10"], { cwd: folder.path });
  assert.equal(both.code, 2);
  await folder.write("empty.csv", "id,RA_deg,DEC_deg\n");
  const empty = await runProgram(["source", "--catalog", "empty.csv"], { cwd: folder.path });
  assert.notEqual(empty.code, 0);
  assert.match(empty.stderr, /has a heading but no rows/);
});

Deno.test("spxcutdb source --parameters names wrong keys with their place; --print-parameters is such a file", async () => {
  await using folder = new TestFolder();
  const run = (...args: string[]) =>
    runProgram(["source", "--ra", "10", "--dec", "2", ...args], { cwd: folder.path });
  const printed = await run("--print-parameters");
  assert.equal(printed.code, 0);
  await folder.write("all.yaml", printed.stdout);
  const { photometry, visualization } = await readParameterFile(join(folder.path, "all.yaml"));
  const defaults = await readParameterFile(await folderFile(folder, "none.yaml", ""));
  assert.deepEqual({ photometry, visualization }, {
    photometry: defaults.photometry,
    visualization: defaults.visualization,
  });
  const wrong: [text: string, said: RegExp][] = [
    [
      "photometry:\n  aperture_diametre: 3\n",
      /wrong\.yaml:2:3: Unknown key photometry\.aperture_diametre[^]*aperture_diameter/,
    ],
    ["photometry:\n  aperture_diameter: -3\n", /wrong\.yaml:2:22: Cannot use photometry\.aperture_diameter/],
    ["download:\n  chunk_size: 8192\n", /Unknown key download\.chunk_size[^]*[Ll]eave chunk_size out/],
    ["photometry: [\n", /wrong\.yaml:/],
  ];
  for (const [text, said] of wrong) {
    await folder.write("wrong.yaml", text);
    const { code, stderr } = await run("--parameters", "wrong.yaml");
    assert.notEqual(code, 0);
    assert.match(stderr, said);
  }
});

async function folderFile(folder: TestFolder, name: string, text: string): Promise<string> {
  await folder.write(name, text);
  return join(folder.path, name);
}

Deno.test("spxcutdb source says what is missing", async () => {
  await using folder = new TestFolder();
  for (const args of [["--ra", "10"], ["--name", "x"], ["--resume", "--bands", "D1"]]) {
    const { code, stderr } = await runProgram(["source", ...args], { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(stderr, /The source has no position/);
  }
  const saved = await runProgram(["source", "--resume", "--name", "x", "--bands", "D1", "--query", "tap"], {
    cwd: folder.path,
  });
  assert.equal(saved.code, 2);
  assert.match(saved.stderr, /Cannot use --bands, --query with --resume and --name alone/);
  assert.match(saved.stderr, /Leave --bands, --query out/);
  const motion = await runProgram(["source", "--ra", "10", "--dec", "2", "--proper-motion", "12,13"], {
    cwd: folder.path,
  });
  assert.equal(motion.code, 2);
  assert.match(motion.stderr, /expected two motions in mas a year and an epoch/);
  const none = await runProgram(["source", "--resume", "--name", "x"], { cwd: folder.path });
  assert.match(none.stderr, /There is no state of "x"/);
});
