import assert from "node:assert/strict";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { serveRaw } from "../net/test_server.ts";
import { archiveConfig, filesBelow } from "../workflow/project_fixture.ts";
import { runProgram, startProgram, TestFolder } from "./run_program.ts";

/** What a transfer has sent when it stops. */
const HALF_BYTES = 2_000_000;

/** One request for a cutout. */
interface Asked {
  readonly path: string;
  readonly from: number;
  readonly condition: string | undefined;
}

/** Cutouts of an archive with ranges offered; the answers stop in their middle while `isHeld`. */
function serveResumable(archive: StandInArchive) {
  const asked: Asked[] = [];
  const state = { isHeld: true };
  const server = serveRaw(async (connection, index) => {
    const path = server.requests[index]!;
    const head = server.heads[index]!;
    const etag = `"${path.length}-${path.slice(-40)}"`;
    const answer = await fetch(`${archive.urls.origin}${path}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const condition = /^if-range: (.*)$/im.exec(head)?.[1]?.trim();
    const from = condition === etag ? Number(/^range: bytes=(\d+)-/im.exec(head)?.[1] ?? 0) : 0;
    const status = from > 0
      ? `206 Partial Content\r\nContent-Range: bytes ${from}-${bytes.length - 1}/${bytes.length}`
      : "200 OK";
    await connection.send(
      `HTTP/1.1 ${status}\r\nContent-Type: application/fits\r\nContent-Length: ${bytes.length - from}\r\n` +
        `Accept-Ranges: bytes\r\nETag: ${etag}\r\nConnection: close\r\n\r\n`,
    );
    asked.push({ path, from, condition });
    await connection.send(bytes.subarray(from, state.isHeld ? HALF_BYTES : bytes.length));
    if (state.isHeld) await connection.untilGone();
  });
  return { server, asked, state };
}

/** Resolves once partial files of a project hold so many bytes. */
async function partialBytes(project: string, count: number): Promise<void> {
  for (;;) {
    const bytes = partialFiles(project).reduce((sum, file) => sum + file.bytes, 0);
    if (bytes >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function partialFiles(project: string): { path: string; bytes: number }[] {
  return filesBelow(`${project}/data`).filter((path) => path.endsWith(".fits.part"))
    .map((path) => ({ path, bytes: Deno.statSync(`${project}/data/${path}`).size }));
}

Deno.test("SIGINT in the middle of downloads leaves .part files only, and the next run fetches what is missing of them", async () => {
  await using archive = await startStandInArchive({ visitsPerDetector: 3, qr3Fraction: 0 });
  const { server, asked, state } = serveResumable(archive);
  await using _server = server;
  await using folder = new TestFolder();
  await folder.write("catalog.csv", "Name,RA_deg,DEC_deg\nA,68.05,-5.37\n");
  const project = `${folder.path}/p`;
  const config = {
    ...archiveConfig(archive),
    "spherex.detectors": [1],
    "cutouts.access": "cutout",
    "cutouts.base_url": server.url,
  };
  await init({ project, catalog: `${folder.path}/catalog.csv`, config });
  await discover({ project });
  await syncCalibrations({ project });

  const child = startProgram(["run", "--project", "p", "--max-download-workers", "2"], { cwd: folder.path });
  await partialBytes(project, 2 * HALF_BYTES);
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 130, new TextDecoder().decode(stderr));
  const left = filesBelow(`${project}/data`);
  assert(left.every((path) => path.endsWith(".part")), left.join());
  assert.deepEqual(partialFiles(project).map(({ bytes }) => bytes), [HALF_BYTES, HALF_BYTES]);
  const begun = asked.splice(0);
  assert.equal(begun.length, 2);

  state.isHeld = false;
  const { stdout, code: nextCode } = await runProgram(
    ["run", "--project", "p", "--resume", "--cleanup-cutouts", "never", "--json"],
    { cwd: folder.path },
  );
  assert.equal(nextCode, 0);
  const { counts, plan } = JSON.parse(stdout);
  assert.equal(counts.measured, plan.items);
  for (const { path, from, condition } of asked) {
    const isResumed = begun.some((first) => first.path === path);
    assert.equal(from, isResumed ? HALF_BYTES : 0);
    assert.equal(condition !== undefined, isResumed);
  }
  assert.equal(asked.length, plan.items, "each cutout was asked for once");
  assert.deepEqual(partialFiles(project), []);
});

/** A program that measures the list behind a pipe that nobody writes to; `told` when it has heeded a signal. */
function startHanging(folder: TestFolder, pipe: string) {
  const child = startProgram(["measure", "--list", pipe], { cwd: folder.path });
  const told = Promise.withResolvers<void>();
  const text = (async () => {
    let all = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      all += part;
      if (all.includes("Once more stops at once")) told.resolve();
    }
    return all;
  })();
  return { child, told: told.promise, text };
}

Deno.test({
  name: "A second SIGINT stops at once with 130, even where the first one cannot be heeded",
  // The work is made to hang by a pipe that nobody writes to.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = new TestFolder();
    const pipe = `${folder.path}/list`;
    assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    const { child, told, text } = startHanging(folder, pipe);
    // Opens when the program has opened the other end, which it does in the middle of its work.
    using _writer = await Deno.open(pipe, { write: true });
    child.kill("SIGINT");
    await told;
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    await child.stdout.cancel();
    assert.doesNotMatch(await text, /error\[/);
  },
});

Deno.test({
  name: "SIGINT names --resume only for commands that have it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = new TestFolder();
    const pipe = `${folder.path}/list`;
    assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    const { child, told, text } = startHanging(folder, pipe);
    {
      using writer = await Deno.open(pipe, { write: true });
      child.kill("SIGINT");
      await told;
      await writer.write(new TextEncoder().encode("path,ra_deg,dec_deg\n/nowhere.fits,1,2\n"));
    }
    assert.equal((await child.status).code, 130);
    await child.stdout.cancel();
    assert.match(await text, /hint: Run the same command again\n/);
  },
});
