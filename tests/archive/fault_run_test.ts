import assert from "node:assert/strict";
import { FAULT_KINDS } from "../../lib/simulator/stand_in_options.ts";
import { assertFaultRun } from "./fault_run.ts";

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
    assert.equal(FAULT_KINDS.length, 13);
    assert.deepEqual(Object.keys(found.faults).sort(), [...FAULT_KINDS].sort());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
