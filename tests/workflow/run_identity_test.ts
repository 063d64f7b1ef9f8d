import assert from "node:assert/strict";
import { newRunId } from "../../lib/workflow/run_identity.ts";

Deno.test("newRunId() names the second and sorts by time", () => {
  const early = newRunId(new Date("2026-11-20T22:56:45.678Z"));
  const late = newRunId(new Date("2026-11-20T22:56:46.000Z"));
  assert.match(early, /^20261120T225645Z-[0-9a-f]{6}$/);
  assert(early < late);
});

Deno.test("newRunId() is different for runs of the same second", () => {
  const now = new Date();
  assert.equal(new Set(Array.from({ length: 5 }, () => newRunId(now))).size, 5);
});
