import assert from "node:assert/strict";
import { type ComparedFlux, fluxesOfTable } from "../../../lib/workflow/compare/compared_flux.ts";
import { matchChannels } from "../../../lib/workflow/compare/match_fluxes.ts";
import { readForeignTable } from "../../../lib/workflow/compare/read_foreign_table.ts";
import { dialectOf } from "../../../lib/workflow/compare/spectrum_dialect.ts";
import { fluxAgreements } from "../../../lib/spectrum/compare_fluxes.ts";

async function readFixture(name: string): Promise<{ kind: string; fluxes: ComparedFlux[] }> {
  const path = decodeURIComponent(new URL(`../../fixtures/spectra/${name}`, import.meta.url).pathname);
  const table = await readForeignTable(path);
  const dialect = dialectOf(table, path);
  return { kind: dialect.name, fluxes: fluxesOfTable(table, dialect, path) };
}

Deno.test("fluxesOfTable() and matchChannels() bring the published exposures and the published spectrum together", async () => {
  const exposures = await readFixture("simp_j0136_unbinned_columns.csv");
  const published = await readFixture("simp_j0136_binned.csv");
  assert.deepEqual([exposures.kind, published.kind], ["SPIFF", "SPIFF binned"]);
  // One of the 216 exposures has no flux.
  assert.equal(exposures.fluxes.length, 215);
  assert.equal(published.fluxes.length, 102);
  assert.ok(exposures.fluxes.every(({ observationId, detector }) => observationId !== "" && detector > 0));
  const source = { sourceName: "SIMP", rightAscensionDeg: 24, declinationDeg: 9, fluxes: exposures.fluxes };
  const pairs = matchChannels(source, published.fluxes);
  const all = fluxAgreements(pairs, 10).at(-1)!;
  // Channels in which two detectors overlap are cut differently there; the others are the same numbers.
  assert.ok(pairs.length > 90 && Math.abs(all.ratioMedian! - 1) < 1e-9 && all.ratioMad! < 1e-9);
});
