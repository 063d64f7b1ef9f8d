import assert from "node:assert/strict";
import { assertFaultRun, FAULT_KINDS } from "./fault_run.ts";

// `deno task bench:acquisition` has the same of 500 cutouts.
Deno.test("run() with 30 % of the answers faulty measures only whole cutouts, lists the others and shows the trace", async () => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fault_run_" }));
  try {
    const found = await assertFaultRun(folder, {
      visitsPerDetector: 45,
      detectors: [2],
      access: "truncated",
    });
    assert(found.items >= 45, `${found.items} items`);
    assert.deepEqual(Object.keys(found.faults).sort(), [...FAULT_KINDS].sort());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
