import assert from "node:assert/strict";
import { standInConfig } from "../../lib/cli/commands/archive.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { runProgram, startProgram, TestFolder } from "./run_program.ts";

const RUN = ["run", "--project", "p", "--discover", "--sync-calibration", "--resume"];

/** A project with one source and one detector on a stand-in archive. */
async function makeProject(folder: TestFolder, archive: StandInArchive): Promise<void> {
  await folder.write("catalog.csv", "Name,RA_deg,DEC_deg\nA,68.05,-5.37\n");
  await init({
    project: `${folder.path}/p`,
    catalog: `${folder.path}/catalog.csv`,
    config: { ...standInConfig(archive.urls), "spherex.detectors": [1] },
  });
}

/** A line of progress as a log gets it. */
const PROGRESS = /^stage=\w+ done=\d+ total=\d+ failed=\d+( \w+=\S+)*$/;

Deno.test("Data go to stdout, talk goes to stderr, and a log gets plain lines of progress", async () => {
  await using archive = await startStandInArchive({ visitsPerDetector: 1, qr3Fraction: 0 });
  await using folder = new TestFolder();
  await makeProject(folder, archive);

  const plain = await runProgram(RUN, { cwd: folder.path });
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stdout, /^Run +\S+: success\nPlan /);
  const lines = plain.stderr.trimEnd().split("\n").filter((line) => line.startsWith("stage="));
  assert(lines.some((line) => line.startsWith("stage=measure done=2 total=2 failed=0")), plain.stderr);
  for (const line of lines) assert.match(line, PROGRESS);
  // deno-lint-ignore no-control-regex -- no escape sequence where nobody looks
  assert.doesNotMatch(plain.stdout + plain.stderr, /[\x1b\r]/);

  const json = await runProgram([...RUN, "--json", "--verbose"], { cwd: folder.path });
  const document = JSON.parse(json.stdout);
  assert.equal(document.schema_version, 1);
  assert.equal(document.status, "success");
  assert.equal(document.counts.skipped_valid, 2);
  assert.match(json.stderr, /^Plan: 2 images of 1 source: 2 current/m);

  const quiet = await runProgram([...RUN, "--quiet"], { cwd: folder.path });
  assert.deepEqual([quiet.code, quiet.stderr], [0, ""]);
  assert.match(quiet.stdout, /^Run /);

  const still = await runProgram(RUN, { cwd: folder.path, env: { SPXCUTDB_NO_PROGRESS: "1" } });
  assert.doesNotMatch(still.stderr, /stage=/);
});

Deno.test("Colour comes when asked for, and NO_COLOR keeps it away", async () => {
  await using folder = new TestFolder();
  const run = (args: string[], env = {}) =>
    runProgram(["summary", "--project", "x", ...args], { cwd: folder.path, env });
  assert((await run(["--color", "always"])).stderr.startsWith("\x1b[1m\x1b[31merror["));
  assert.match((await run(["--color", "auto"], { NO_COLOR: "1" })).stderr, /^error\[/);
  assert.match((await run(["--color", "never"])).stderr, /^error\[/);
  assert.equal((await run(["--color", "sometimes"])).code, 2);
});

/** Reads a stream to its end; `seen` resolves when `text` has come, or at the end. */
function watch(
  stream: ReadableStream<Uint8Array>,
  text: string,
): { seen: Promise<void>; all: Promise<string> } {
  const seen = Promise.withResolvers<void>();
  async function read(): Promise<string> {
    let all = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      all += part;
      if (all.includes(text)) seen.resolve();
    }
    seen.resolve();
    return all;
  }
  return { seen: seen.promise, all: read() };
}

Deno.test("SIGINT stops a run cleanly with 130, SIGTERM with 143, and the next run goes on", async () => {
  // Slow enough that a signal comes in the middle.
  await using archive = await startStandInArchive({
    visitsPerDetector: 4,
    qr3Fraction: 0,
    link: { latencyMilliseconds: 150, maxConcurrent: 1 },
  });
  await using folder = new TestFolder();
  await makeProject(folder, archive);
  await discover({ project: `${folder.path}/p` });
  await syncCalibrations({ project: `${folder.path}/p` });
  archive.resetCounts();
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const child = startProgram([...RUN, "--verbose", "--max-download-workers", "1"], { cwd: folder.path });
    const [out, err] = [watch(child.stdout, ""), watch(child.stderr, " fetched, ")];
    await err.seen;
    child.kill(signal);
    assert.equal((await child.status).code, code);
    await out.all;
    const told = await err.all;
    assert.match(told, /^Stopping: what is done is kept\. Once more stops at once$/m);
    assert.match(told, /^error\[interrupted\/\w+\]: Stopped before the work was done$/m);
    assert.match(told, /hint: Run the same command again with --resume to go on from here\n/);
  }
  const last = await runProgram([...RUN, "--json"], { cwd: folder.path });
  const { plan, counts, status } = JSON.parse(last.stdout);
  assert.equal(status, "success");
  assert(plan.cutout_missing_or_invalid < plan.items, "nothing was kept of the stopped runs");
  assert.equal(counts.measured + counts.skipped_valid, plan.items);
  // The one request that was open when a signal came may have been for nothing.
  assert(archive.counts().cutout.requests <= plan.items + 2);
});
