import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { DownloadEvent } from "../../lib/archive/download_event.ts";
import { iterDownloadPlanResults } from "../../lib/archive/downloader.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import { ManualClock } from "../net/manual_clock.ts";
import { pause, serveHttp, serveRaw } from "../net/test_server.ts";
import { brief, collect, DownloadFixture, fitsBytes, validateLength } from "./download_fixture.ts";

function lastOf<Type extends DownloadEvent["type"]>(
  events: readonly DownloadEvent[],
  type: Type,
): Extract<DownloadEvent, { type: Type }> {
  const found = events.findLast((event) => event.type === type);
  assert(found !== undefined, `no ${type} in ${brief(events)}`);
  return found as Extract<DownloadEvent, { type: Type }>;
}

Deno.test("iterDownloadPlanResults() brings a file in: streamed, hashed, validated, named", async () => {
  const bytes = fitsBytes(28_800);
  await using server = serveHttp(() => new Response(bytes, { headers: { "content-length": "28800" } }));
  await using here = new DownloadFixture();
  const item = here.item("a", `${server.url}/a.fits?center=1,2`);
  const seenByValidator: string[] = [];
  const events = await collect(iterDownloadPlanResults(
    [item],
    here.options({
      validate: async (path) => {
        seenByValidator.push(path, ...here.files());
        return await validateLength(path);
      },
    }),
  ));
  assert.deepEqual(brief(events), ["a started", "a completed"]);
  const done = lastOf(events, "download_completed");
  assert.deepEqual(
    [done.path, done.bytes, done.bytesReceived, done.attempts, done.sha256, done.validation.status],
    [item.localPath, 28_800, 28_800, 1, sha256Hex(bytes), "passed"],
  );
  assert.deepEqual(await Deno.readFile(item.localPath), bytes);
  // The file did not have its name before it had passed.
  assert.deepEqual(seenByValidator, [item.partialPath, "data/partial/a.fits.part"]);
  assert.deepEqual(here.files(), ["data/a.fits"]);
});

Deno.test("a 503 is tried again after its delay and does not block a fast file", async () => {
  const clock = new ManualClock();
  await using server = serveHttp((request, index) =>
    index === 0
      ? new Response(null, { status: 503 })
      : new Response(fitsBytes(2880), { headers: { "x-path": new URL(request.url).pathname } })
  );
  await using here = new DownloadFixture({ clock });
  const plan = ["slow", "fast"].map((key) => here.item(key, `${server.url}/${key}`));
  const events: DownloadEvent[] = [];
  for await (const event of iterDownloadPlanResults(plan, here.options({ clock, maxWorkers: 1 }))) {
    events.push(event);
    if (event.type === "download_completed" && event.key === "fast") clock.advance(1000);
  }
  assert.deepEqual(brief(events), [
    "slow started",
    "slow retry",
    "fast started",
    "fast completed",
    "slow started",
    "slow completed",
  ]);
  const retry = lastOf(events, "download_retry");
  assert.deepEqual([retry.attempt, retry.delayMs, retry.code, retry.status], [1, 1000, "net/status", 503]);
  assert.equal(lastOf(events, "download_completed").attempts, 2);
});

Deno.test("Retry-After delays only the file that was told to wait", async () => {
  const clock = new ManualClock();
  await using server = serveHttp((request) =>
    new URL(request.url).pathname === "/b" && server.requests.filter((path) => path === "/b").length === 1
      ? new Response(null, { status: 429, headers: { "retry-after": "45" } })
      : new Response(fitsBytes(2880))
  );
  await using here = new DownloadFixture({ clock });
  const plan = ["a", "b", "c", "d"].map((key) => here.item(key, `${server.url}/${key}`));
  const finished: string[] = [];
  let delayMs = 0;
  for await (const event of iterDownloadPlanResults(plan, here.options({ clock }))) {
    if (event.type === "download_retry") delayMs = event.delayMs;
    if (event.type === "download_completed") finished.push(event.key);
    if (finished.length === 3) clock.advance(45_000);
  }
  assert.equal(delayMs, 45_000);
  assert.deepEqual([finished.slice(0, 3).sort(), finished[3]], [["a", "c", "d"], "b"]);
});

Deno.test("items begin in the order of the plan", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880)));
  await using here = new DownloadFixture();
  const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
  const plan = keys.map((key) => here.item(key, `${server.url}/${key}`));
  const events = await collect(iterDownloadPlanResults(plan, here.options({ maxWorkers: 5 })));
  const begun = events.filter((event) => event.type === "download_started").map((event) => event.key);
  assert.deepEqual(begun, keys);
  assert.equal(events.filter((event) => event.type === "download_completed").length, 40);
});

Deno.test("a file is recorded before its event is yielded", async () => {
  await using server = serveHttp((request) =>
    new URL(request.url).pathname === "/bad"
      ? new Response(null, { status: 404 })
      : new Response(fitsBytes(2880))
  );
  await using here = new DownloadFixture();
  const recorded: string[] = [];
  const plan = [here.item("good", `${server.url}/good`), here.item("bad", `${server.url}/bad`)];
  const record = async (event: DownloadEvent) => {
    await pause(2);
    recorded.push(event.key);
  };
  for await (const event of iterDownloadPlanResults(plan, here.options({ record }))) {
    if (event.type === "download_completed" || event.type === "download_failed") {
      assert(recorded.includes(event.key), `${event.key} was yielded before it was recorded`);
    }
  }
  assert.deepEqual(recorded.sort(), ["bad", "good"]);
});

Deno.test("a body below the lowest speed is given up and fetched again", async () => {
  const bytes = fitsBytes(2880);
  await using server = serveRaw(async (connection, index) => {
    await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2880\r\nConnection: close\r\n\r\n");
    if (index > 0) return await connection.send(bytes);
    for (let i = 0; i < 400; i++) {
      await connection.send(bytes.subarray(i, i + 1));
      await pause(5);
    }
  });
  await using here = new DownloadFixture();
  const timeouts = { lowSpeedBytesPerSecond: 10_000, lowSpeedMs: 60 };
  const events = await collect(
    iterDownloadPlanResults([here.item("a", server.url)], here.options({ timeouts })),
  );
  assert.equal(lastOf(events, "download_retry").code, "net/low-speed");
  assert.equal(lastOf(events, "download_completed").attempts, 2);
});

Deno.test("broken answers are told apart, tried again, and never accepted", async () => {
  const bytes = fitsBytes(5760);
  const head = (length: number) =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
  const html = "<!DOCTYPE html><html><head><title>Scheduled downtime</title></head></html>";
  const faults: Record<string, { code: string; answer: (string | Uint8Array)[] }> = {
    reset: { code: "net/connection", answer: [] },
    truncated: { code: "net/truncated", answer: [head(5760), bytes.subarray(0, 3000)] },
    "length-too-long": { code: "net/truncated", answer: [head(9000), bytes] },
    "length-too-short": { code: "archive/invalid-cutout", answer: [head(5000), bytes] },
    html: { code: "archive/not-fits", answer: [head(html.length), html] },
    xml: { code: "archive/not-fits", answer: [head(20), "<?xml version='1.0'?>"] },
    empty: { code: "archive/empty", answer: [head(0)] },
    tiny: { code: "archive/not-fits", answer: [head(3), "SIM"] },
  };
  await using server = serveRaw(async (connection) => {
    const path = server.requests.at(-1)!;
    const first = server.requests.filter((other) => other === path).length === 1;
    for (const piece of first ? faults[path.slice(1)]!.answer : [head(5760), bytes]) {
      await connection.send(piece);
    }
  });
  await using here = new DownloadFixture();
  for (const [key, { code }] of Object.entries(faults)) {
    const events = await collect(
      iterDownloadPlanResults([here.item(key, `${server.url}/${key}`)], here.options()),
    );
    assert.deepEqual(brief(events), [`${key} started`, `${key} retry`, `${key} started`, `${key} completed`]);
    assert.equal(lastOf(events, "download_retry").code, code, key);
    assert.equal(lastOf(events, "download_completed").sha256, sha256Hex(bytes), key);
  }
  assert.match(
    await Deno.readTextFile(`${here.root}/quarantine/length-too-short.1.reason.json`),
    /5000 bytes/,
  );
});

Deno.test("an item is given up with its reason after its attempts", async () => {
  await using server = serveHttp(() => new Response("<html>nothing here</html>", { status: 200 }));
  await using here = new DownloadFixture();
  const item = here.item("a", `${server.url}/a?token=secret`);
  const events = await collect(iterDownloadPlanResults([item], here.options({ retry: { attempts: 3 } })));
  const failed = lastOf(events, "download_failed");
  assert.deepEqual([failed.code, failed.phase, failed.attempts, server.requests.length], [
    "archive/not-fits",
    "download",
    3,
    3,
  ]);
  assert.match(failed.message, /^The archive sent an HTML page instead of a FITS file: nothing here$/);
  assert.doesNotMatch(JSON.stringify(events), /secret/);
  assert.deepEqual(here.clock.sleeps, [1000, 2000]);
  assert.deepEqual(here.files(), []);
});

Deno.test("what cannot get better is not tried again", async () => {
  await using server = serveHttp(() => new Response("The box does not intersect the image", { status: 400 }));
  await using here = new DownloadFixture();
  const events = await collect(iterDownloadPlanResults([here.item("a", server.url)], here.options()));
  const failed = lastOf(events, "download_failed");
  assert.deepEqual([failed.code, failed.status, failed.attempts], ["net/status", 400, 1]);
  assert.match(failed.message, /does not intersect the image/);
});

Deno.test("a refused file goes to the quarantine with the reason, and is fetched once more", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(1000)));
  await using here = new DownloadFixture();
  const events = await collect(iterDownloadPlanResults([here.item("a", server.url)], here.options()));
  const failed = lastOf(events, "download_failed");
  assert.deepEqual([failed.phase, failed.code, failed.attempts], ["validation", "archive/invalid-cutout", 2]);
  assert.equal(failed.validation?.status, "failed_invalid_fits");
  assert.deepEqual(here.files(), [
    "quarantine/a.1.fits",
    "quarantine/a.1.reason.json",
    "quarantine/a.2.fits",
    "quarantine/a.2.reason.json",
  ]);
  assert.equal(failed.quarantinePath, `${here.root}/quarantine/a.2.fits`);
  const note = JSON.parse(await Deno.readTextFile(`${here.root}/quarantine/a.1.reason.json`));
  assert.equal(note.validation.reason, "1000 bytes are no whole number of blocks");
});

Deno.test("a valid file that is there needs no request, an invalid one is replaced", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880, 5)));
  await using here = new DownloadFixture();
  const plan = ["valid", "invalid"].map((key) => here.item(key, `${server.url}/${key}`));
  await Deno.mkdir(`${here.root}/data`);
  await Deno.writeFile(plan[0]!.localPath, fitsBytes(5760));
  await Deno.writeFile(plan[1]!.localPath, fitsBytes(100));
  const events = await collect(iterDownloadPlanResults(plan, here.options()));
  assert.deepEqual(server.requests, ["/invalid"]);
  const attempts = events.filter((event) => event.type === "download_completed").map((
    event,
  ) => [event.key, event.attempts]);
  assert.deepEqual(attempts.sort(), [["invalid", 1], ["valid", 0]]);
  assert.deepEqual(here.files(), [
    "data/invalid.fits",
    "data/valid.fits",
    "quarantine/invalid.0.fits",
    "quarantine/invalid.0.reason.json",
  ]);
  const again = await collect(iterDownloadPlanResults([plan[0]!], here.options({ overwriteExisting: true })));
  assert.equal(lastOf(again, "download_completed").attempts, 1);
});

Deno.test("progress is told while bytes arrive", async () => {
  await using server = serveHttp(() => {
    const bytes = fitsBytes(2880 * 4);
    const body = new ReadableStream({
      async start(controller) {
        for (let i = 0; i < 4; i++) {
          if (i > 0) await pause(5);
          controller.enqueue(bytes.subarray(i * 2880, (i + 1) * 2880));
        }
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  });
  await using here = new DownloadFixture();
  const options = here.options({ progressIntervalMs: 0 });
  const events = await collect(iterDownloadPlanResults([here.item("a", server.url)], options));
  const progress = events.filter((event) => event.type === "download_progress");
  assert(progress.length >= 2, `${progress.length} progress events`);
  assert.deepEqual([progress.at(-1)!.bytes, progress.at(-1)!.totalBytes], [11_520, 11_520]);
});

Deno.test("a slow reader slows the download", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880)));
  await using here = new DownloadFixture();
  const plan = Array.from({ length: 600 }, (_, i) => here.item(`k${i}`, `${server.url}/${i}`));
  const events = iterDownloadPlanResults(plan, here.options({ maxWorkers: 8 }));
  await events.next();
  await pause(1200);
  assert(server.requests.length < 300, `${server.requests.length} requests while nobody read`);
  await events.return();
});

Deno.test("a plan that leaves the project or names a path twice is refused before anything is fetched", async () => {
  await using server = serveHttp(() => new Response(fitsBytes(2880)));
  await using here = new DownloadFixture();
  const item = here.item("a", server.url);
  const outside = { ...item, localPath: `${here.root}/../elsewhere.fits` };
  await assert.rejects(
    collect(iterDownloadPlanResults([outside], here.options())),
    (error) => isTaggedError(error, "storage/outside-project"),
  );
  const samePath = { ...here.item("b", server.url), localPath: item.localPath };
  await assert.rejects(collect(iterDownloadPlanResults([item, samePath], here.options())), RangeError);
  await assert.rejects(collect(iterDownloadPlanResults([item, item], here.options())), RangeError);
  assert.equal(server.requests.length, 0);
});
