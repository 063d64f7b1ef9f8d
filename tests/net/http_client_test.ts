import assert from "node:assert/strict";
import { isTaggedError, type TaggedError } from "../../lib/core/errors.ts";
import { createHttpClient, type HttpClient } from "../../lib/net/http_client.ts";
import type { HttpClientOptions, HttpRetry } from "../../lib/net/http_options.ts";
import { FakeClock } from "./fake_clock.ts";
import { pause, serveHttp, serveRaw } from "./test_server.ts";

function open(options: HttpClientOptions = {}): HttpClient & Disposable {
  const client = createHttpClient({ clock: new FakeClock(), random: () => 0, ...options });
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

async function failure(work: Promise<unknown>): Promise<TaggedError> {
  const error = await work.then(() => assert.fail("expected a rejection"), (reason) => reason);
  assert(isTaggedError(error), String(error));
  return error;
}

Deno.test("request() sends the user agent and streams the body", async () => {
  await using server = serveHttp((request) => new Response(`I am ${request.headers.get("user-agent")}`));
  using client = open({ userAgent: "spxcutdb/test" });
  const response = await client.request(`${server.url}/x`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "I am spxcutdb/test");
  const [host] = client.stats().hosts;
  assert.deepEqual([host!.requests, host!.successes, host!.bytesReceived, host!.inFlight], [1, 1, 18, 0]);
});

Deno.test("request() waits as Retry-After says, in seconds and as a date", async () => {
  const clock = new FakeClock(Date.UTC(2026, 4, 1, 12, 0, 0));
  const answers = [
    new Response("slow down", { status: 429, headers: { "retry-after": "7" } }),
    new Response(null, { status: 503, headers: { "retry-after": "Fri, 01 May 2026 12:01:00 GMT" } }),
    new Response("fine"),
  ];
  await using server = serveHttp((_request, index) => answers[index]!);
  using client = open({ clock });
  const response = await client.request(server.url);
  assert.equal(await response.text(), "fine");
  assert.equal(response.attempts, 3);
  // The second wait is counted from the moment of the answer, 7 s after the start.
  assert.deepEqual(clock.sleeps, [7000, 53_000]);
  assert.deepEqual(
    client.stats().hosts.map(({ requests, retries, throttled }) => [requests, retries, throttled]),
    [
      [3, 2, 2],
    ],
  );
});

Deno.test("request() backs off with jitter and gives up after its attempts", async () => {
  const clock = new FakeClock();
  await using server = serveHttp(() => new Response("<h1>Down</h1> for repair", { status: 502 }));
  using client = open({
    clock,
    random: () => 0.5,
    retry: { attempts: 4, backoffMs: [1000, 2000], jitterMs: 100 },
  });
  const retries: HttpRetry[] = [];
  const error = await failure(
    client.request(`${server.url}/a?token=secret`, { onRetry: (retry) => retries.push(retry) }),
  );
  assert.equal(error.code, "net/status");
  assert.equal(error.context.status, 502);
  assert.match(error.message, /answered with status 502: Down for repair$/);
  assert.doesNotMatch(JSON.stringify([error.message, error.context]), /secret/);
  assert.deepEqual(clock.sleeps, [1050, 2050, 2050]);
  assert.deepEqual(retries.map(({ attempt, delayMs }) => [attempt, delayMs]), [[1, 1050], [2, 2050], [
    3,
    2050,
  ]]);
});

Deno.test("request() does not repeat what cannot get better", async () => {
  await using server = serveHttp(() => new Response("no such image", { status: 404 }));
  using client = open();
  const error = await failure(client.request(server.url));
  assert.deepEqual([error.code, error.context.status, server.requests.length], ["net/status", 404, 1]);
  const accepted = await client.request(server.url, { acceptStatuses: [404] });
  assert.equal(await accepted.text(), "no such image");
});

Deno.test("request() repeats a POST only when the server asked for it", async () => {
  await using server = serveHttp(() => new Response(null, { status: 500 }));
  using client = open();
  await failure(client.request(server.url, { method: "POST", body: "QUERY=SELECT" }));
  assert.equal(server.requests.length, 1);
});

Deno.test("request() names a host that refuses connections", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  using client = open({ retry: { attempts: 1 } });
  const error = await failure(client.request(`http://127.0.0.1:${port}/path?key=secret`));
  assert.equal(error.code, "net/connection");
  assert.match(error.message, /^Could not reach http:\/\/127\.0\.0\.1:\d+\/path: /);
  assert.doesNotMatch(error.message + error.stack, /secret/);
});

Deno.test("request() retries a connection that breaks before the answer", async () => {
  await using server = serveRaw(async (connection, index) => {
    if (index > 0) {
      await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
  });
  using client = open();
  const response = await client.request(server.url);
  assert.equal(await response.text(), "ok");
  assert.equal(server.requests.length, 2);
});

Deno.test("request() gives up a server that never answers", async () => {
  await using server = serveRaw((connection) => connection.untilGone());
  using client = open({ retry: { attempts: 1 }, timeouts: { readMs: 40 } });
  const error = await failure(client.request(server.url));
  assert.deepEqual([error.code, error.context.kind], ["net/timeout", "read"]);
});

Deno.test("chunks() gives up a body that stalls, drips, or takes too long in all", async () => {
  await using server = serveRaw(async (connection) => {
    await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    if (server.requests.at(-1) === "/stall") return await connection.untilGone();
    for (let i = 0; i < 1000; i++) {
      await connection.send("x");
      await pause(5);
    }
  });
  using client = open({ retry: { attempts: 1 } });
  const stalled = await failure(client.fetchBytes(`${server.url}/stall`, { timeouts: { readMs: 40 } }));
  assert.deepEqual([stalled.code, stalled.context.kind], ["net/timeout", "read"]);
  const dripping = await failure(client.fetchBytes(`${server.url}/drip`, {
    timeouts: { lowSpeedBytesPerSecond: 100_000, lowSpeedMs: 60 },
  }));
  assert.equal(dripping.code, "net/low-speed");
  const long = await failure(client.fetchBytes(`${server.url}/drip`, { timeouts: { totalMs: 60 } }));
  assert.deepEqual([long.code, long.context.kind], ["net/timeout", "total"]);
  assert.equal(client.stats().hosts[0]!.inFlight, 0);
});

Deno.test("fetchBytes() repeats a body that breaks off, request() says how much came", async () => {
  const whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n";
  await using server = serveRaw((connection, index) =>
    connection.send(whole + (index % 2 === 0 ? "0123" : "0123456789"))
  );
  using client = open();
  const { bytes } = await client.fetchBytes(server.url);
  assert.equal(new TextDecoder().decode(bytes), "0123456789");
  assert.equal(server.requests.length, 2);
  const response = await client.request(server.url);
  const error = await failure(response.bytes());
  assert.deepEqual([error.code, error.context.received, error.context.expected], ["net/truncated", 4, 10]);
});

Deno.test("bytes() refuses a body beyond its bound and lets the rest go", async () => {
  await using server = serveHttp(() => new Response(new Uint8Array(50_000)));
  using client = open();
  const response = await client.request(server.url);
  assert.equal((await failure(response.bytes(1000))).code, "net/too-large");
  assert.equal(client.stats().hosts[0]!.inFlight, 0);
});

Deno.test("request() follows redirects on the host and to allowed hosts only", async () => {
  await using other = serveHttp(() => new Response("elsewhere"));
  await using server = serveHttp((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/near") return new Response(null, { status: 302, headers: { location: "/here" } });
    if (pathname === "/far") {
      return new Response(null, { status: 302, headers: { location: `${other.url}/x?y=1` } });
    }
    if (pathname === "/loop") return new Response(null, { status: 301, headers: { location: "/loop" } });
    return new Response("here");
  });
  using client = open();
  const near = await client.request(`${server.url}/near`);
  assert.deepEqual([await near.text(), near.url], ["here", `${server.url}/here`]);
  assert.equal((await failure(client.request(`${server.url}/far`))).code, "net/host-not-allowed");
  assert.equal(other.requests.length, 0);
  assert.equal((await failure(client.request(`${server.url}/loop`))).code, "net/redirect-loop");
  using trusting = open({ allowedHosts: [new URL(server.url).host, new URL(other.url).host] });
  assert.equal(await (await trusting.request(`${server.url}/far`)).text(), "elsewhere");
});

Deno.test("request() asks no host that is not allowed, and nothing but the web", async () => {
  using client = open({ allowedHosts: ["archive.example", ".store.example:443"] });
  assert.equal((await failure(client.request("http://127.0.0.1:1/"))).code, "net/host-not-allowed");
  assert.equal((await failure(client.request("file:///etc/passwd"))).code, "net/bad-url");
  assert.equal((await failure(client.request("no url"))).code, "net/bad-url");
});

Deno.test("request() stops when the caller does, in the queue, in a backoff and in the body", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = serveHttp((request) => {
    if (new URL(request.url).pathname === "/busy") return new Response("busy", { status: 503 });
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => gone.resolve(),
    });
    return new Response(body);
  });
  using client = createDisposableRealClient();
  const reason = new Error("enough");
  const inBody = new AbortController();
  const response = await client.request(server.url, { signal: inBody.signal });
  const queued = new AbortController();
  const waiting = client.request(server.url, { signal: queued.signal });
  queued.abort(reason);
  await assert.rejects(waiting, reason);
  const reading = response.bytes();
  inBody.abort(reason);
  await assert.rejects(reading, reason);
  await gone.promise;
  const inBackoff = new AbortController();
  const repeating = client.request(`${server.url}/busy`, {
    signal: inBackoff.signal,
    onRetry: () => inBackoff.abort(reason),
  });
  await assert.rejects(repeating, reason);
  assert.equal(client.stats().hosts[0]!.inFlight, 0);
});

function createDisposableRealClient(): HttpClient & Disposable {
  const client = createHttpClient({ limits: { maxConcurrency: 1 }, retry: { backoffMs: [60_000] } });
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

Deno.test("a host that only fails is not stormed: at most three requests for each one wanted", async () => {
  await using server = serveHttp(() => new Response(null, { status: 503 }));
  using client = open({ retry: { attempts: 10 } });
  const wanted = 60;
  const results = await Promise.all(
    Array.from({ length: wanted }, () => failure(client.request(server.url))),
  );
  assert(results.every((error) => error.context.status === 503));
  assert(server.requests.length <= 3 * wanted + 20, `${server.requests.length} requests`);
  assert.equal(client.stats().hosts[0]!.limit, 1);
});

Deno.test("the limit settles near what a host takes at once", async () => {
  let busy = 0;
  let refused = 0;
  await using server = serveHttp(async () => {
    if (busy >= 8) {
      refused++;
      return new Response(null, { status: 503 });
    }
    busy++;
    await pause(4);
    busy--;
    return new Response("ok");
  });
  using client = open({
    retry: { attempts: 20, backoffMs: [0] },
    limits: { startConcurrency: 2, maxConcurrency: 500 },
  });
  await Promise.all(Array.from({ length: 400 }, async () => await (await client.request(server.url)).text()));
  const [host] = client.stats().hosts;
  assert(host!.peakInFlight >= 8 && host!.peakInFlight <= 32, `peak ${host!.peakInFlight}`);
  assert(host!.limit <= 12, `limit ${host!.limit}`);
  assert(refused < 100, `${refused} refused`);
  assert.equal(host!.limitTrace[0]!.reason, "start");
  assert(host!.limitTrace.some(({ reason }) => reason === "throttled"));
});

Deno.test("close() turns away those who wait and those who come", async () => {
  await using server = serveRaw((connection) => connection.untilGone());
  const client = createHttpClient({
    limits: { startConcurrency: 1, maxConcurrency: 1 },
    retry: { attempts: 1 },
  });
  const stop = new AbortController();
  const held = client.request(server.url, { signal: stop.signal });
  const waiting = failure(client.request(server.url));
  while (server.requests.length === 0) await pause(1);
  client.close();
  assert.equal((await waiting).code, "net/closed");
  assert.equal((await failure(client.request(server.url))).code, "net/closed");
  stop.abort(new Error("the held one goes too"));
  await assert.rejects(held, /the held one goes too/);
});

Deno.test("HttpClient follows a POST that is answered elsewhere with a GET, and repeats it where it may", async () => {
  const seen: string[] = [];
  await using server = serveHttp(async (request, index) => {
    seen.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
    if (index === 0) return new Response("busy", { status: 503 });
    if (index === 1) return new Response(null, { status: 303, headers: { location: "/made" } });
    return new Response("made");
  });
  const client = createHttpClient({ clock: new FakeClock() });
  const options = { method: "POST", body: "a=1" } as const;
  const answer = await client.fetchBytes(`${server.url}/make`, { ...options, isRepeatable: true });
  assert.equal(answer.url, `${server.url}/made`);
  assert.deepEqual(seen, ["POST /make a=1", "POST /make a=1", "GET /made "]);
  client.close();
});
