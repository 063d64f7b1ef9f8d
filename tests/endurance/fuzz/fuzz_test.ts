import assert from "node:assert/strict";
import { MOST_BYTES, MOST_MS } from "./budget.ts";
import { fuzz } from "./fuzz_run.ts";
import { cleanTargets, fuzzTargets } from "./targets.ts";

const SEED = 20261121;
const INPUTS = 20_000;

Deno.test(`readers of data from outside end ${INPUTS} mutated inputs in a result or a tagged error (seed ${SEED})`, async () => {
  const targets = await fuzzTargets();
  try {
    const { faults, counts, mostBytes, mostMs } = await fuzz(targets, SEED, 0, INPUTS);
    assert.deepEqual(faults, []);
    assert(mostBytes <= MOST_BYTES && mostMs <= MOST_MS);
    for (const { name } of targets) {
      const { read, refused } = counts[name]!;
      // Problems of a catalog and a manifest that is none are results, not errors.
      assert(refused > 0 || ["catalog", "manifest"].includes(name), `${name} refuses nothing`);
      assert(read > 0, `${name} reads nothing`);
    }
  } finally {
    cleanTargets();
  }
});
