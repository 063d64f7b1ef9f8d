/** The worker of the science bench: measures some targets of a scenario. */
import { serveJobs, type WorkerScope } from "../../lib/pool/serve_jobs.ts";
import { FluxRecovery, type RecoveryOptions } from "../../lib/simulator/flux_recovery.ts";
import { type RecoveryRecord, recoveryRecord } from "./recovery_record.ts";

/** Some targets of a scenario. */
export interface RecoveryJob {
  /** The scenario. */
  readonly options: RecoveryOptions;
  /** First target. */
  readonly first: number;
  /** Number of targets. */
  readonly count: number;
}

let recovery: { readonly key: string; readonly chain: FluxRecovery } | undefined;

/** The chain of a scenario, kept from job to job. */
function chainOf(options: RecoveryOptions): FluxRecovery {
  const key = JSON.stringify(options);
  if (recovery?.key !== key) recovery = { key, chain: new FluxRecovery(options) };
  return recovery.chain;
}

serveJobs<RecoveryJob, RecoveryRecord[]>(
  globalThis as unknown as WorkerScope,
  async ({ options, first, count }) => {
    const chain = chainOf(options);
    const records: RecoveryRecord[] = [];
    for (let index = first; index < first + count; index++) {
      for await (const recovered of chain.measureTarget(index)) records.push(recoveryRecord(recovered));
    }
    return records;
  },
);
