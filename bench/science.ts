/**
 * Injection and recovery of fluxes through the whole chain on simulated files: `deno task bench:science`.
 *
 * Takes the size (1 is full) and a part of a scenario's name as arguments. Prints tables in Markdown; the README keeps
 * them.
 */
import { WorkerPool } from "../lib/pool/worker_pool.ts";
import { isUnblocked, type RecoveryRecord } from "./science/recovery_record.ts";
import type { RecoveryJob } from "./science/recovery_worker.ts";
import { type Scenario, scenarios } from "./science/scenarios.ts";
import { recoveryTables, scenarioTable, statisticsRow } from "./science/tables.ts";

const TARGETS_PER_JOB = 2;

async function recover(
  pool: WorkerPool<RecoveryJob, RecoveryRecord[]>,
  { options }: Scenario,
): Promise<RecoveryRecord[]> {
  const jobs: Promise<RecoveryRecord[]>[] = [];
  for (let first = 0; first < options.targets; first += TARGETS_PER_JOB) {
    jobs.push(pool.submit({ options, first, count: Math.min(TARGETS_PER_JOB, options.targets - first) }));
  }
  return (await Promise.all(jobs)).flat();
}

/** Prints a text and a line break. */
function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const scale = Number(Deno.args[0] ?? 1);
const wanted = Deno.args[1] ?? "";
using pool = new WorkerPool<RecoveryJob, RecoveryRecord[]>({
  size: navigator.hardwareConcurrency,
  start: () => new Worker(new URL("./science/recovery_worker.ts", import.meta.url), { type: "module" }),
});
const rows: string[] = [];
for (const scenario of scenarios(scale)) {
  if (!scenario.name.includes(wanted)) continue;
  const started = performance.now();
  const records = await recover(pool, scenario);
  const seconds = (performance.now() - started) / 1000;
  print(`\n## ${scenario.name}: ${records.length} measurements in ${seconds.toFixed(0)} s\n`);
  print(recoveryTables(records));
  const kept = records.filter(isUnblocked);
  rows.push(statisticsRow(scenario.name, records), statisticsRow(`${scenario.name}, unflagged`, kept));
}
print(`\n## All\n\n${scenarioTable(rows)}`);
