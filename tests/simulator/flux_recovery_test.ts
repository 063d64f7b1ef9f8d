/**
 * Injection and recovery through the whole chain in a small form; `deno task bench:science` is the full one.
 *
 * Tolerances are four standard errors of the statistic: 1 / sqrt(n) of a mean of pulls, 1 / sqrt(2 n) of their width.
 */
import assert from "node:assert/strict";
import { type RecoveryRecord, recoveryRecord } from "../../bench/science/recovery_record.ts";
import { pull, recoveryStatistics, trueSnr } from "../../bench/science/recovery_statistics.ts";
import { FluxRecovery, type RecoveryOptions } from "../../lib/simulator/flux_recovery.ts";

async function recover(options: Partial<RecoveryOptions>): Promise<RecoveryRecord[]> {
  const chosen = { seed: 11, targets: 6, fluxRangeMicroJy: [20, 1e6], cutoutPixels: 30, ...options } as const;
  const chain = new FluxRecovery({
    ...chosen,
    simulation: { visitsPerDetector: 12, ...chosen.simulation },
  });
  const records: RecoveryRecord[] = [];
  for (let target = 0; target < chosen.targets; target++) {
    for await (const recovered of chain.measureTarget(target)) records.push(recoveryRecord(recovered));
  }
  return records;
}

function assertTruePulls(records: readonly RecoveryRecord[]): void {
  const { pullMean, pullWidth, failed } = recoveryStatistics(records);
  assert.equal(failed, 0);
  assert.ok(Math.abs(pullMean) < 4 / Math.sqrt(records.length), `mean ${pullMean} of ${records.length}`);
  assert.ok(Math.abs(pullWidth - 1) < 4 / Math.sqrt(2 * records.length), `width ${pullWidth}`);
}

Deno.test("isolated fluxes come back from simulated files of both releases and all detectors", async () => {
  const records = await recover({});
  assert.ok(records.length > 400);
  assert.deepEqual(new Set(records.map(({ release }) => release)), new Set(["QR2", "QR3"]));
  assert.equal(new Set(records.map(({ detector }) => detector)).size, 6);
  assertTruePulls(records);
  const { bias, biasError } = recoveryStatistics(records);
  assert.ok(Math.abs(bias) < 4 * biasError && biasError < 0.001, `bias ${bias} +- ${biasError}`);
  // The ripple of the maps and the bilinear reading of them leave less than a hundredth of a bandwidth.
  assert.ok(records.every(({ wavelengthErrorMicron }) => Math.abs(wavelengthErrorMicron) < 2e-4));
});

Deno.test("without noise, fluxes come back to a thousandth at any sub-pixel place", async () => {
  const records = await recover({
    targets: 2,
    fluxRangeMicroJy: [5e4, 1e5],
    simulation: { noise: false, variance: "true" },
  });
  for (const { fluxMicroJy, trueFluxMicroJy, release, detector, phaseX, phaseY } of records) {
    const error = fluxMicroJy / trueFluxMicroJy - 1;
    assert.ok(Math.abs(error) < 1e-3, `${error} in ${release} D${detector} at ${phaseX}, ${phaseY}`);
  }
});

Deno.test("cutouts of 60 arcseconds have true errors too", async () => {
  assertTruePulls(await recover({ cutoutPixels: 10 }));
});

Deno.test("flagged pixels and cosmic rays do not become fluxes", async () => {
  const records = await recover({ fluxRangeMicroJy: [20, 2e4], simulation: { defects: true } });
  assertTruePulls(records);
  assert.ok(records.every((record) => Math.abs(pull(record)) < 5));
});

Deno.test("neighbours between 9 and 35 arcseconds are separated", async () => {
  const records = await recover({ fluxRangeMicroJy: [200, 2e4], neighbours: true });
  const bright = records.filter((record) => trueSnr(record) > 10);
  assert.ok(bright.length > 200);
  assertTruePulls(bright);
});
