import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { DownloadEvent } from "../../lib/archive/download_event.ts";
import { iterDownloadPlanResults } from "../../lib/archive/downloader.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import { serveHttp, serveRaw } from "../net/test_server.ts";
import { brief, collect, DownloadFixture, fitsBytes } from "./download_fixture.ts";

/** A server whose first answer stops in the middle, and which then gives ranges when asked for them. */
function serveInTwoParts(bytes: Uint8Array, headers: string, currentEtag: () => string) {
  const ranges: (string | undefined)[] = [];
  const server = serveRaw(async (connection, index) => {
    const range = server.heads[index]!.match(/^range: bytes=(\d+)-/im)?.[1];
    const condition = server.heads[index]!.match(/^if-range: (.*)$/im)?.[1]?.trim();
    ranges.push(range === undefined ? undefined : `${range} if ${condition}`);
    const from = range !== undefined && condition === currentEtag() ? Number(range) : 0;
    const status = from > 0
      ? `206 Partial Content\r\nContent-Range: bytes ${from}-${bytes.length - 1}/${bytes.length}`
      : "200 OK";
    await connection.send(
      `HTTP/1.1 ${status}\r\nContent-Length: ${bytes.length - from}\r\n${headers}Connection: close\r\n\r\n`,
    );
    await connection.send(bytes.subarray(from, index === 0 ? 3000 : bytes.length));
    if (index === 0) await connection.untilGone();
  });
  return { server, ranges };
}

async function stopAfterFirstBytes(here: DownloadFixture, url: string): Promise<void> {
  const stop = new AbortController();
  const options = here.options({ signal: stop.signal, progressIntervalMs: 0 });
  const events = (async () => {
    for await (const event of iterDownloadPlanResults([here.item("a", url)], options)) {
      if (event.type === "download_progress") stop.abort(new Error("SIGINT"));
    }
  })();
  await assert.rejects(events, (error) => {
    assert(isTaggedError(error, "interrupted/aborted"));
    assert.equal((error.cause as Error).message, "SIGINT");
    return true;
  });
}

const RANGES = 'Accept-Ranges: bytes\r\nETag: "v1"\r\n';

Deno.test("a stopped download leaves only .part files, and the next one goes on where the server offers ranges", async () => {
  const bytes = fitsBytes(28_800);
  const { server, ranges } = serveInTwoParts(bytes, RANGES, () => '"v1"');
  await using _server = server;
  await using here = new DownloadFixture();
  await stopAfterFirstBytes(here, server.url);
  assert.deepEqual(here.files(), ["data/partial/a.fits.part", "data/partial/a.fits.resume.part"]);
  const events = await collect(iterDownloadPlanResults([here.item("a", server.url)], here.options()));
  const done = events.at(-1) as Extract<DownloadEvent, { type: "download_completed" }>;
  assert.deepEqual([done.type, done.resumedFromBytes, done.bytesReceived], [
    "download_completed",
    3000,
    25_800,
  ]);
  assert.equal(done.sha256, sha256Hex(bytes));
  assert.deepEqual(ranges, [undefined, '3000 if "v1"']);
  assert.deepEqual(here.files(), ["data/a.fits"]);
});

Deno.test("a file that has changed since, or a server without ranges, begins anew", async () => {
  const bytes = fitsBytes(28_800, 7);
  const changed = serveInTwoParts(bytes, RANGES, () => changed.ranges.length > 1 ? '"v2"' : '"v1"');
  const rangeless = serveInTwoParts(bytes, 'ETag: "v1"\r\n', () => '"v1"');
  for (const { server, ranges } of [changed, rangeless]) {
    await using _server = server;
    await using here = new DownloadFixture();
    await stopAfterFirstBytes(here, server.url);
    assert(here.files().every((path) => path.endsWith(".part")), here.files().join());
    const events = await collect(iterDownloadPlanResults([here.item("a", server.url)], here.options()));
    const done = events.at(-1) as Extract<DownloadEvent, { type: "download_completed" }>;
    assert.deepEqual([done.type, done.resumedFromBytes, done.sha256], [
      "download_completed",
      0,
      sha256Hex(bytes),
    ]);
    assert.deepEqual(
      ranges,
      server === changed.server ? [undefined, '3000 if "v1"'] : [undefined, undefined],
    );
  }
});

Deno.test("leaving the loop stops what is under way", async () => {
  await using server = serveRaw((connection) => connection.untilGone());
  await using here = new DownloadFixture();
  const plan = ["a", "b"].map((key) => here.item(key, `${server.url}/${key}`));
  for await (const event of iterDownloadPlanResults(plan, here.options())) {
    assert.equal(event.type, "download_started");
    break;
  }
  assert.equal(here.client.stats().hosts[0]?.inFlight ?? 0, 0);
  assert.deepEqual(here.files(), []);
});

Deno.test("a signal that has aborted before starts nothing", async () => {
  await using here = new DownloadFixture();
  const options = here.options({ signal: AbortSignal.abort() });
  const events = iterDownloadPlanResults([here.item("a", "http://127.0.0.1:1/")], options);
  await assert.rejects(collect(events), (error) => isTaggedError(error, "interrupted/aborted"));
});

Deno.test("a disk that refuses stops the download with a typed error", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880)));
  await using here = new DownloadFixture();
  // A file stands where the folder for partial files should be.
  await Deno.mkdir(`${here.root}/data`);
  await Deno.writeTextFile(`${here.root}/data/partial`, "in the way");
  const events: DownloadEvent[] = [];
  const run = (async () => {
    const plan = ["a", "b"].map((key) => here.item(key, server.url));
    for await (const event of iterDownloadPlanResults(plan, here.options({ maxWorkers: 1 }))) {
      events.push(event);
    }
  })();
  await assert.rejects(run, (error) => isTaggedError(error, "storage"));
  assert.deepEqual(brief(events), ["a started", "a failed"]);
});

Deno.test("a mistake in the validator is not taken for a bad file", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880)));
  await using here = new DownloadFixture();
  const options = here.options({ validate: () => Promise.reject(new TypeError("a bug")) });
  await assert.rejects(collect(iterDownloadPlanResults([here.item("a", server.url)], options)), /a bug/);
});

Deno.test("a third of the answers faulty: every file arrives whole, with few requests", async () => {
  const bytes = fitsBytes(5760);
  const faults = [
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 429, headers: { "retry-after": "2" } }),
    () => new Response("<html>maintenance</html>"),
    () => new Response(bytes.subarray(0, 3000)),
  ];
  let answers = 0;
  await using server = serveHttp(() => {
    answers++;
    return answers % 3 === 0 ? faults[(answers / 3) % faults.length]!() : new Response(bytes);
  });
  await using here = new DownloadFixture();
  const plan = Array.from({ length: 120 }, (_, i) => here.item(`k${i}`, `${server.url}/${i}`));
  const options = here.options({ retry: { attempts: 8 }, validationAttempts: 5 });
  const events = await collect(iterDownloadPlanResults(plan, options));
  const done = events.filter((event) => event.type === "download_completed");
  assert.equal(done.length, 120);
  assert(done.every((event) => event.sha256 === sha256Hex(bytes)));
  assert(server.requests.length < 2 * 120, `${server.requests.length} requests`);
  assert.equal(here.files().filter((path) => path.endsWith(".part")).length, 0);
});

Deno.test("a service that is down is not stormed, and every file is listed with its reason", async () => {
  await using server = serveHttp(() => new Response(null, { status: 503 }));
  await using here = new DownloadFixture();
  const plan = Array.from({ length: 50 }, (_, i) => here.item(`k${i}`, `${server.url}/${i}`));
  const events = await collect(iterDownloadPlanResults(plan, here.options({ retry: { attempts: 10 } })));
  const failed = events.filter((event) => event.type === "download_failed");
  assert.equal(failed.length, 50);
  assert(failed.every((event) => event.code === "net/status" && event.status === 503));
  assert(server.requests.length <= 3 * 50 + 20, `${server.requests.length} requests`);
});
