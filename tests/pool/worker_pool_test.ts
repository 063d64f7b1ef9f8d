import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { WorkerPool } from "../../lib/pool/worker_pool.ts";

function echoPool(size: number, jobTimeoutMs = 20_000): WorkerPool<number | string, number> {
  return new WorkerPool({
    size,
    jobTimeoutMs,
    start: () => new Worker(new URL("./echo_worker.ts", import.meta.url), { type: "module" }),
  });
}

Deno.test("WorkerPool answers every job with its own result", async () => {
  using pool = echoPool(2);
  const results = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.submit(i)));
  assert.deepEqual(results, Array.from({ length: 40 }, (_, i) => 2 * i));
  assert.equal(pool.pendingCount, 0);
});

Deno.test("WorkerPool brings a tagged error back whole", async () => {
  using pool = echoPool(1);
  await assert.rejects(pool.submit("tagged"), (error) => {
    assert(isTaggedError(error, "fits/truncated"));
    assert.deepEqual(error.context, { byteOffset: 80 });
    return true;
  });
  await assert.rejects(pool.submit("throw"), (error) => isTaggedError(error, "internal/worker-job"));
  assert.equal(await pool.submit(4), 8);
});

Deno.test("WorkerPool replaces a crashed worker and fails only its job", async () => {
  using pool = echoPool(1);
  const [crashed, ...others] = await Promise.allSettled(["die", 1, 2, 3].map((job) => pool.submit(job)));
  assert.equal(crashed!.status, "rejected");
  assert(isTaggedError((crashed as PromiseRejectedResult).reason, "internal/worker-crashed"));
  assert.deepEqual(others.map((other) => other.status === "fulfilled" && other.value), [2, 4, 6]);
});

Deno.test("WorkerPool replaces a worker that hangs", async () => {
  using pool = echoPool(1, 500);
  await assert.rejects(pool.submit("hang"), (error) => isTaggedError(error, "internal/worker-crashed"));
  assert.equal(await pool.submit(5), 10);
});

Deno.test("WorkerPool dismisses workers that have nothing to do, and starts them anew", async () => {
  using pool = echoPool(2);
  assert.equal(await pool.submit(1), 2);
  const busy = pool.submit(2);
  pool.dismissIdle();
  assert.equal(await busy, 4);
  pool.dismissIdle();
  assert.equal(await pool.submit(3), 6);
});

Deno.test("WorkerPool rejects what is unanswered when it closes", async () => {
  const pool = echoPool(1);
  const job = pool.submit("hang");
  pool.close();
  await assert.rejects(job, (error) => isTaggedError(error, "interrupted/pool-closed"));
  await assert.rejects(pool.submit(1), TypeError);
});

Deno.test("WorkerPool refuses a size that is not a positive integer", () => {
  assert.throws(() => echoPool(0), RangeError);
  assert.throws(() => echoPool(1.5), RangeError);
});
