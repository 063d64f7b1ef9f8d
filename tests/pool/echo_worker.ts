/** A worker for the tests of the pool: doubles numbers, and fails, dies or hangs on request. */
import { TaggedError } from "../../lib/core/errors.ts";
import { serveJobs, type WorkerScope } from "../../lib/pool/serve_jobs.ts";

serveJobs<number | string, number>(globalThis as unknown as WorkerScope, async (job) => {
  if (job === "tagged") {
    throw new TaggedError("fits/truncated", "Cannot read the header", { context: { byteOffset: 80 } });
  }
  if (job === "throw") throw new Error("Something odd");
  if (job === "die") {
    setTimeout(() => {
      throw new Error("died");
    });
    await new Promise(() => {});
  }
  if (job === "hang") await new Promise(() => {});
  return Number(job) * 2;
});
