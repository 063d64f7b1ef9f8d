/** Known sources around targets: found, fitted with them, and part of what makes a measurement current. */
import assert from "node:assert/strict";
import { offsetPosition } from "../../lib/math/sphere.ts";
import type { SourceRecord } from "../../lib/store/sources.ts";
import type { CelestialWcs } from "../../lib/wcs/celestial_wcs.ts";
import { NeighbourIndex } from "../../lib/workflow/neighbour_index.ts";
import { pixelProfile } from "../../lib/spherex/pixel_profile.ts";
import { sourceProfile } from "../../lib/workflow/source_profile.ts";
import { targetHash } from "../../lib/workflow/target_hash.ts";
import { readCsvRecords } from "./spectra_of_project.ts";
import { run } from "../../lib/workflow/run.ts";
import { benchTests } from "./project_fixture.ts";

const ALPHA = { rightAscensionDeg: 68.05, declinationDeg: -5.37 };
const STILL = { properMotionRaMasPerYear: null, properMotionDecMasPerYear: null, referenceEpochYear: null };
const SOURCE = { ...ALPHA, ...STILL, rowHash: "row", extraJson: "{}" } as SourceRecord;

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

Deno.test("targetHash() changes with neighbours and profile, and is the row's where there is none", () => {
  assert.equal(targetHash(SOURCE, []), "row");
  const one = targetHash(SOURCE, [at(0, 20)]);
  assert.notEqual(one, "row");
  assert.notEqual(targetHash(SOURCE, [at(0, 20), at(90, 30)]), one);
  const moving = { ...at(0, 20), properMotionRaMasPerYear: 50, referenceEpochYear: 2016 };
  assert.notEqual(targetHash(SOURCE, [moving]), one);
  const galaxy = { ...SOURCE, extraJson: JSON.stringify({ effective_radius_arcsec: "4.5" }) };
  assert.notEqual(targetHash(galaxy, []), "row");
});

Deno.test("sourceProfile() reads the shape of a row, and says which column is wrong", () => {
  const of = (extra: Record<string, string>) =>
    sourceProfile({ ...SOURCE, extraJson: JSON.stringify(extra) });
  assert.equal(of({ magnitude: "12" }), undefined);
  assert.deepEqual(of({ effective_radius_arcsec: "4.5" }), {
    sersicIndex: 1,
    effectiveRadiusArcsec: 4.5,
    axisRatio: 1,
    positionAngleDeg: 0,
  });
  const named = of({ effective_radius_arcsec: "3", profile: "de_vaucouleurs", axis_ratio: "0.4" });
  assert.deepEqual([named!.sersicIndex, named!.axisRatio], [4, 0.4]);
  assert.equal(
    of({ effective_radius_arcsec: "3", profile: "exponential", sersic_index: "2.2" })!.sersicIndex,
    2.2,
  );
  assert.throws(() => of({ effective_radius_arcsec: "3", axis_ratio: "1.4" }), {
    code: "catalog/invalid-profile",
    message: /axis_ratio is "1.4"/,
  });
});

Deno.test("pixelProfile() turns the major axis as the image is turned", () => {
  // One pixel an arcsecond, north up along y, east to the left.
  const celestial = {
    skyToPixel: (ra: number, dec: number) => ({
      x: -(ra - 10) * 3600 * Math.cos(Math.PI / 6),
      y: (dec - 30) * 3600,
    }),
  } as unknown as CelestialWcs;
  const position = { rightAscensionDeg: 10, declinationDeg: 30 };
  const shape = { sersicIndex: 1, effectiveRadiusArcsec: 4, axisRatio: 0.5, positionAngleDeg: 90 };
  const { majorAxis, minorAxis } = pixelProfile(shape, celestial, position);
  assert.ok(Math.hypot(majorAxis[0] + 4, majorAxis[1]) < 1e-3, `${majorAxis}`);
  assert.ok(Math.hypot(minorAxis[0], minorAxis[1] + 2) < 1e-3, `${minorAxis}`);
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
