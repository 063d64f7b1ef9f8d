/** Galaxies through a whole project: profiles in the catalog, images from the archive, fluxes against the truth. */
import assert from "node:assert/strict";
import { startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { SimulatedProfile, SimulatedTarget } from "../../lib/simulator/simulated_target.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { openProject } from "../../lib/workflow/open_project.ts";
import { run } from "../../lib/workflow/run.ts";
import { archiveConfig, SMALL_PROJECT } from "./project_fixture.ts";

const SPECTRUM = { kind: "power-law", fluxAtTwoMicronMicroJy: 6000, slope: 0 } as const;

/** A galaxy without neighbours. */
function galaxy(name: string, rightAscensionDeg: number, profile: SimulatedProfile): SimulatedTarget {
  return { name, rightAscensionDeg, declinationDeg: -5.37, profile, spectrum: SPECTRUM, neighbours: [] };
}

const DISC = galaxy("disc", 68.05, {
  sersicIndex: 1,
  effectiveRadiusArcsec: 6,
  axisRatio: 0.5,
  positionAngleDeg: 40,
});
const SPHEROID = galaxy("spheroid", 68.2, {
  sersicIndex: 4,
  effectiveRadiusArcsec: 4,
  axisRatio: 0.8,
  positionAngleDeg: -20,
});
const SERSIC = galaxy("sersic", 68.35, {
  sersicIndex: 2,
  effectiveRadiusArcsec: 5,
  axisRatio: 1,
  positionAngleDeg: 0,
});

const CATALOG = [
  "Name,RA_deg,DEC_deg,profile,sersic_index,effective_radius_arcsec,axis_ratio,position_angle_deg",
  "disc,68.05,-5.37,exponential,,6,0.5,40",
  "spheroid,68.2,-5.37,de_vaucouleurs,,4,0.8,-20",
  "sersic,68.35,-5.37,,2,5,,",
].join("\n");
const POINTS = "Name,RA_deg,DEC_deg\ndisc,68.05,-5.37\n";

Deno.test("run() measures the profiles of catalog rows, to the truth", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "spxcutdb_galaxies_" });
  await using archive = await startStandInArchive({
    seed: 3,
    visitsPerDetector: 8,
    qr3Fraction: 0.5,
    fieldStarsPerSquareDegree: 0,
    defects: false,
    targets: [DISC, SPHEROID, SERSIC],
  });

  /** The rows of each source of a project with this catalog, and their distances from the truth. */
  async function measured(name: string, catalog: string) {
    const project = `${folder}/${name}`;
    await Deno.writeTextFile(`${folder}/${name}.csv`, catalog);
    const config = { ...SMALL_PROJECT, "spherex.detectors": [2], ...archiveConfig(archive) };
    await init({ project, catalog: `${folder}/${name}.csv`, defaultCutoutSizeArcsec: 180, config });
    await discover({ project });
    await syncCalibrations({ project });
    await run({ project });
    using view = await openProject(project);
    return new Map(
      view.sources().map(({ sourceName }) => {
        const { rows } = view.spectrum(sourceName);
        const truth = new Map(archive.truth(sourceName).map((row) => [row.fileName, row]));
        const pulls = rows.map((row) => {
          const { fluxMicroJy } = truth.get(String(row["parent_filename"]))!;
          return (Number(row["selected_flux_uJy"]) - fluxMicroJy) / Number(row["selected_flux_err_uJy"]);
        });
        return [sourceName, { rows, pulls }] as const;
      }),
    );
  }

  await test.step("with their profiles", async () => {
    const galaxies = await measured("galaxies", CATALOG);
    assert.equal(galaxies.size, 3);
    for (const [name, { rows, pulls }] of galaxies) {
      assert.ok(rows.length >= 6, `${rows.length} rows of ${name}`);
      assert.deepEqual(new Set(rows.map((row) => row["release"])), new Set(["QR2", "QR3"]));
      const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
      assert.ok(Math.abs(mean) < 4 / Math.sqrt(pulls.length), `${name}: mean pull ${mean}`);
      assert.ok(pulls.every((pull) => Math.abs(pull) < 5), `${name}: ${pulls}`);
      const recommended = rows.filter((row) => row["science_recommended"] === true).length;
      assert.ok(recommended > 0.8 * rows.length, `${name}: ${rows.map((row) => row["photometry_flags"])}`);
    }
  });

  await test.step("and loses the light of one, and says so, when it is taken for a point", async () => {
    for (const [name, { rows, pulls }] of await measured("points", POINTS)) {
      const low = pulls.filter((pull) => pull < -5).length;
      assert.ok(low > 0.8 * pulls.length, `${name}: ${pulls}`);
      const recommended = rows.filter((row) => row["science_recommended"] === true).length;
      assert.ok(recommended < 0.2 * rows.length, `${name}: ${recommended} of ${rows.length}`);
    }
  });
  await Deno.remove(folder, { recursive: true });
});
