// deno-lint-ignore-file no-console
/**
 * Mutates real files and hands them to the readers of data from outside: `deno task bench:fuzz [inputs] [seed]`, a
 * million inputs without arguments. Each must end in a result or a typed error within a second and 256 MB.
 */
import { fuzz } from "../tests/endurance/fuzz/fuzz_run.ts";
import { cleanTargets, fuzzTargets } from "../tests/endurance/fuzz/targets.ts";

const inputs = Number(Deno.args[0] ?? 1_000_000);
const seed = Number(Deno.args[1] ?? Date.now() % 1e9);
const CHUNK = 5000;

const targets = await fuzzTargets();
const started = performance.now();
const totals = new Map<string, { read: number; refused: number }>();
let [mostBytes, mostMs, mostResident, faults] = [0, 0, 0, 0];
for (let first = 0; first < inputs; first += CHUNK) {
  const tally = await fuzz(targets, seed, first, Math.min(CHUNK, inputs - first));
  for (const [name, { read, refused }] of Object.entries(tally.counts)) {
    const total = totals.get(name) ?? { read: 0, refused: 0 };
    totals.set(name, { read: total.read + read, refused: total.refused + refused });
  }
  for (const fault of tally.faults) console.log(fault);
  faults += tally.faults.length;
  mostBytes = Math.max(mostBytes, tally.mostBytes);
  mostMs = Math.max(mostMs, tally.mostMs);
  mostResident = Math.max(mostResident, Deno.memoryUsage().rss);
  console.error(`${first + CHUNK} of ${inputs}, seed ${seed}`);
}
cleanTargets();
console.table(Object.fromEntries(totals));
const seconds = (performance.now() - started) / 1000;
console.log(
  `${inputs} inputs, seed ${seed}, ${seconds.toFixed(0)} s: ${faults} faults; at most ${
    mostMs.toFixed(0)
  } ms, ` +
    `${(mostBytes / 1e6).toFixed(1)} MB of arrays, ${(mostResident / 1e6).toFixed(0)} MB resident`,
);
if (faults > 0) Deno.exit(1);
