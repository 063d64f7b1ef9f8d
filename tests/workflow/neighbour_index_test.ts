/** Known sources around targets: found, fitted with them, and part of what makes a measurement current. */
import assert from "node:assert/strict";
import { offsetPosition } from "../../lib/math/sphere.ts";
import type { SourceRecord } from "../../lib/store/sources.ts";
import { NeighbourIndex } from "../../lib/workflow/neighbour_index.ts";
import { readCsvRecords } from "./spectra_of_project.ts";
import { run } from "../../lib/workflow/run.ts";
import { benchTests } from "./project_fixture.ts";

const ALPHA = { rightAscensionDeg: 68.05, declinationDeg: -5.37 };
const STILL = { properMotionRaMasPerYear: null, properMotionDecMasPerYear: null, referenceEpochYear: null };
const SOURCE = { ...ALPHA, ...STILL, rowHash: "row" } as SourceRecord;

/** A still source at a distance from alpha. */
function at(positionAngleDeg: number, arcsec: number) {
  return {
    ...offsetPosition(ALPHA.rightAscensionDeg, ALPHA.declinationDeg, positionAngleDeg, arcsec / 3600),
    ...STILL,
  };
}

Deno.test("NeighbourIndex.near() finds the sources around a target, and not the target itself", () => {
  const near = [at(0, 20), at(90, 60), at(180, 95), at(270, 2)];
  const index = new NeighbourIndex([...near, { ...SOURCE }, at(45, 0.5), at(10, 130), at(90, 5000)]);
  const found = index.near(SOURCE);
  assert.equal(found.length, 4);
  for (const source of near) assert.ok(found.some((each) => each.declinationDeg === source.declinationDeg));
  assert.deepEqual(new NeighbourIndex([]).near(SOURCE), []);
});

Deno.test("NeighbourIndex.near() works across the meridian of right ascension 0", () => {
  const index = new NeighbourIndex([{ ...STILL, rightAscensionDeg: 359.995, declinationDeg: 0 }]);
  assert.equal(index.near({ ...STILL, rightAscensionDeg: 0.005, declinationDeg: 0 }).length, 1);
});

Deno.test("NeighbourIndex.hashOf() changes with the neighbours, and is the row's where there is none", () => {
  assert.equal(new NeighbourIndex([at(0, 500)]).hashOf(SOURCE), "row");
  const one = new NeighbourIndex([at(0, 20)]).hashOf(SOURCE);
  assert.notEqual(one, "row");
  assert.notEqual(new NeighbourIndex([at(0, 20), at(90, 30)]).hashOf(SOURCE), one);
  const moving = { ...at(0, 20), properMotionRaMasPerYear: 50, referenceEpochYear: 2016 };
  assert.notEqual(new NeighbourIndex([moving]).hashOf(SOURCE), one);
  assert.equal(new NeighbourIndex([at(0, 20), at(9, 900)]).hashOf(SOURCE), one);
});

benchTests("run() with a neighbour catalog", {
  "fits its sources with the targets and measures anew when they change": async (bench) => {
    const project = await bench.project("calibrated");
    const { rightAscensionDeg, declinationDeg } = at(40, 14);
    const row = `n1,${rightAscensionDeg},${declinationDeg}\n`;
    Deno.writeTextFileSync(`${project}/neighbours.csv`, `Name,RA_deg,DEC_deg\n${row}`);
    const options = { project, cleanupCutouts: "never" as const };
    const known = { "catalog.neighbors_path": "neighbours.csv" };
    await run({ ...options, config: known });
    const rows = readCsvRecords(`${project}/results/spectra/alpha.csv`);
    assert.ok(rows.length > 0 && rows.every((each) => Number(each["n_neighbors"]) >= 1));
    const beta = readCsvRecords(`${project}/results/spectra/beta.csv`);
    const before = beta.map((each) => each["measurement_id"]);
    await run(options);
    const ids = new Set(rows.map((each) => each["measurement_id"]));
    const after = readCsvRecords(`${project}/results/spectra/alpha.csv`);
    assert.ok(after.every((each) => !ids.has(each["measurement_id"]!)));
    assert.deepEqual(
      readCsvRecords(`${project}/results/spectra/beta.csv`).map((each) => each["measurement_id"]),
      before,
    );
  },
});
