/** Aperture and PSF photometry of the same cutouts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import { measureFiles } from "../../../lib/workflow/measure_files.ts";
import { runPipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import { fixtureFolder } from "./fixture_folder.ts";

const STAR = {
  name: "star",
  rightAscensionDeg: 150.1,
  declinationDeg: 2.2,
  spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 3000, slope: -1 },
  neighbours: [],
} as const;

Deno.test("Aperture and PSF fluxes of an isolated star agree within their errors, with the same calibration", async () => {
  using folder = fixtureFolder();
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: 9,
    qr3Fraction: 0.4,
    fieldStarsPerSquareDegree: 0,
    targets: [STAR],
  });
  const outputDir = join(folder.path, "out");
  const { photometry_results, downloaded_files, parameters } = await runPipeline({
    ra: STAR.rightAscensionDeg,
    dec: STAR.declinationDeg,
    name: STAR.name,
    outputDir,
    bands: ["D2", "D5"],
    cutoutSize: "25px",
    syncCalibration: true,
    stages: ["query", "download", "processing"],
    config: standInConfig(archive.urls),
  });
  const good = photometry_results.filter((row) =>
    row.flux !== null && parameters.photometry.bad_flags.every((bit) => (row.flag & (1 << bit)) === 0)
  );
  assert(good.length >= 10, `${good.length} of ${photometry_results.length}`);
  assert(good.every((row) => row.photometry_flags === "" && row.spectral_wcs_calibration_id !== null));

  const files = downloaded_files.map((path) => ({ ...STAR, path: join(outputDir, path) }));
  const psf = new Map<string, Record<string, unknown>>();
  for await (const row of measureFiles({ files, calibrationDirectory: join(outputDir, "calibrations") })) {
    psf.set(`${row["observation_id"]}D${row["detector_id"]}`, row);
  }
  const pulls = good.filter((row) => psf.get(`${row.obs_id}${row.band}`)!["science_recommended"] === true)
    .map((row) => {
      const fitted = psf.get(`${row.obs_id}${row.band}`)!;
      const [flux, error] = [
        fitted["selected_flux_uJy"] as number,
        fitted["selected_flux_err_uJy"] as number,
      ];
      assert(Math.abs(row.wavelength! - (fitted["wavelength_um"] as number)) < 1e-3);
      return (row.flux! - flux) / Math.hypot(row.flux_error!, error);
    });
  assert(pulls.length >= 8, `${pulls.length} in common`);
  // Both measure the same pixels: their difference is smaller than errors that were independent would make it.
  assert(pulls.every((pull) => Math.abs(pull) < 3), pulls.join(" "));
  const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
  assert(Math.abs(mean) < 3 / Math.sqrt(pulls.length), `mean pull ${mean}`);
});
