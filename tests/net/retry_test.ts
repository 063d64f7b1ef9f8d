import assert from "node:assert/strict";
import { TaggedError } from "../../lib/core/errors.ts";
import { DEFAULT_RETRY } from "../../lib/net/http_options.ts";
import { connectionError, withoutQuery } from "../../lib/net/net_error.ts";
import { RateGate } from "../../lib/net/rate_gate.ts";
import { parseRetryAfter } from "../../lib/net/retry_after.ts";
import { RetryBudget } from "../../lib/net/retry_budget.ts";
import { isRetryable, retryDelayMs } from "../../lib/net/retry_policy.ts";
import { FakeClock } from "./fake_clock.ts";

Deno.test("parseRetryAfter() reads seconds and the three forms of HTTP dates", () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 0);
  assert.equal(parseRetryAfter("120", now), 120_000);
  assert.equal(parseRetryAfter(" 0 ", now), 0);
  for (const date of ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"]) {
    assert.equal(parseRetryAfter(date, now), 37_000, date);
  }
  assert.equal(parseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", now), 0);
  for (const nonsense of ["soon", "-5", "", "1e3"]) {
    assert.equal(parseRetryAfter(nonsense, now), undefined, nonsense);
  }
  assert.equal(parseRetryAfter(null, now), undefined);
});

Deno.test("retryDelayMs() follows the backoff, Retry-After up to its bound, and adds jitter", () => {
  const policy = { ...DEFAULT_RETRY, backoffMs: [1000, 4000], jitterMs: 500, maxRetryAfterMs: 30_000 };
  const plain = new TaggedError("net/status", "x", { context: { status: 503 } });
  assert.deepEqual([1, 2, 3].map((attempt) => retryDelayMs(policy, attempt, plain, () => 0)), [
    1000,
    4000,
    4000,
  ]);
  assert.equal(retryDelayMs(policy, 1, plain, () => 0.999), 1500);
  const asked = (retryAfterMs: number) =>
    new TaggedError("net/status", "x", { context: { status: 503, retryAfterMs } });
  assert.equal(retryDelayMs(policy, 1, asked(9000), () => 0), 9000);
  assert.equal(retryDelayMs(policy, 1, asked(900_000), () => 0), 30_000);
  assert.equal(retryDelayMs({ ...policy, honorRetryAfter: false }, 1, asked(9000), () => 0), 1000);
});

Deno.test("isRetryable() tells what may pass by itself", () => {
  const status = (code: number) => new TaggedError("net/status", "x", { context: { status: code } });
  for (const code of [408, 429, 500, 502, 503, 504]) assert(isRetryable(status(code), DEFAULT_RETRY));
  for (const code of [400, 401, 403, 404, 410, 501]) assert(!isRetryable(status(code), DEFAULT_RETRY));
  for (const kind of ["timeout", "low-speed", "connection", "truncated"] as const) {
    assert(isRetryable(new TaggedError(`net/${kind}`, "x"), DEFAULT_RETRY));
  }
  assert(!isRetryable(new TaggedError("net/host-not-allowed", "x"), DEFAULT_RETRY));
  assert(!isRetryable(new Error("a mistake"), DEFAULT_RETRY));
});

Deno.test("RetryBudget allows its ratio and a small allowance", () => {
  const budget = new RetryBudget(2);
  for (let i = 0; i < 10; i++) budget.earn();
  let spent = 0;
  while (budget.spend()) spent++;
  assert.equal(spent, 40);
});

Deno.test("RateGate spaces requests evenly after a short burst", async () => {
  const clock = new FakeClock(0);
  const gate = new RateGate(50, clock);
  const starts: number[] = [];
  for (let i = 0; i < 60; i++) {
    await gate.pass();
    starts.push(clock.now());
  }
  // 60 requests at 50 a second, of which the first 100 ms' worth may come at once.
  assert.equal(starts.at(-1), 59 * 20 - 100);
  assert.equal(starts.filter((start) => start === 0).length, 6);
  assert.throws(() => new RateGate(0, clock), RangeError);
});

Deno.test("withoutQuery() cuts what is no one else's business", () => {
  assert.equal(
    withoutQuery("https://user:pass@host.example:8443/a/b?token=1#x"),
    "https://host.example:8443/a/b",
  );
  assert.equal(withoutQuery("not a url?token=1"), "not a url");
  const cause = new TypeError(
    "error sending request for url (http://h.example/p?token=1): client error (Connect)",
  );
  assert.doesNotMatch(connectionError("http://h.example/p?token=1", cause).message, /token/);
});
