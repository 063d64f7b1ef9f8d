import assert from "node:assert/strict";
import { AdaptiveLimiter, type Permit } from "../../lib/net/adaptive_limiter.ts";
import { FakeClock } from "./fake_clock.ts";

async function takeAll(limiter: AdaptiveLimiter): Promise<Permit[]> {
  const permits: Permit[] = [];
  while (limiter.inFlight < limiter.limit) permits.push(await limiter.acquire());
  return permits;
}

async function roundOf(limiter: AdaptiveLimiter, latencyMs: number): Promise<void> {
  for (const permit of await takeAll(limiter)) permit.release("ok", latencyMs);
}

Deno.test("AdaptiveLimiter starts low, rises while answers are quick, and stays below its ceiling", async () => {
  const limiter = new AdaptiveLimiter({ start: 4, max: 20 }, new FakeClock());
  assert.equal((await takeAll(limiter)).length, 4);
  const patient = new AdaptiveLimiter({ start: 4, max: 20 }, new FakeClock());
  for (let round = 0; round < 100; round++) await roundOf(patient, 200);
  assert.equal(patient.limit, 20);
  assert.equal(patient.peakInFlight, 20);
});

Deno.test("AdaptiveLimiter stops to rise when answers take twice as long", async () => {
  const limiter = new AdaptiveLimiter({ start: 4, max: 1000 }, new FakeClock());
  // A server that handles eight at once: everyone waits for the batches before.
  for (let round = 0; round < 200; round++) await roundOf(limiter, 200 * Math.ceil(limiter.limit / 8));
  assert(limiter.limit >= 8 && limiter.limit <= 24, `limit ${limiter.limit}`);
});

Deno.test("AdaptiveLimiter halves once for all requests that were under way", async () => {
  const limiter = new AdaptiveLimiter({ start: 16, max: 16 }, new FakeClock());
  for (const permit of await takeAll(limiter)) permit.release("throttled");
  assert.equal(limiter.limit, 8);
  const again = await takeAll(limiter);
  again[0]!.release("timeout");
  assert.equal(limiter.limit, 4);
  assert.deepEqual(
    limiter.trace.map(({ limit, reason }) => [limit, reason]),
    [
      [16, "start"],
      [8, "throttled"],
      [4, "timeout"],
    ].filter(([, reason]) => reason !== "failed"),
  );
  for (const permit of again.slice(1)) permit.release("neutral");
});

Deno.test("AdaptiveLimiter remembers the limit that failed and stays below it", async () => {
  const clock = new FakeClock();
  const limiter = new AdaptiveLimiter({ start: 16, max: 100 }, clock);
  const [first, ...rest] = await takeAll(limiter);
  first!.release("throttled");
  for (const permit of rest) permit.release("ok", 10);
  for (let round = 0; round < 20; round++) await roundOf(limiter, 10);
  const held = limiter.limit;
  assert(held >= 14 && held <= 18, `limit ${held}`);
  clock.advance(61_000);
  for (let round = 0; round < 20; round++) await roundOf(limiter, 10);
  assert(limiter.limit > held + 2, `limit ${limiter.limit} after the memory has faded`);
});

Deno.test("AdaptiveLimiter pauses a host that only fails and asks it with one request", async () => {
  const clock = new FakeClock();
  const limiter = new AdaptiveLimiter({ start: 6, max: 6 }, clock);
  for (let i = 0; i < 12; i++) (await limiter.acquire()).release("failed");
  assert.equal(limiter.limit, 1);
  const before = clock.now();
  const permit = await limiter.acquire();
  assert.equal(clock.now() - before, 2000);
  permit.release("ok", 5);
});

Deno.test("acquire() serves in order and leaves the queue when stopped", async () => {
  const limiter = new AdaptiveLimiter({ start: 1, max: 1 }, new FakeClock());
  const first = await limiter.acquire();
  const served: string[] = [];
  const stop = new AbortController();
  const second = limiter.acquire().then((permit) => (served.push("second"), permit));
  const stopped = limiter.acquire(stop.signal);
  const third = limiter.acquire().then((permit) => (served.push("third"), permit));
  stop.abort(new Error("no more"));
  await assert.rejects(stopped, /no more/);
  first.release("neutral");
  first.release("neutral");
  (await second).release("neutral");
  (await third).release("neutral");
  assert.deepEqual(served, ["second", "third"]);
  assert.equal(limiter.inFlight, 0);
});
