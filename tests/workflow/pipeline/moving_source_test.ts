/** Apertures that follow a source across the sky. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import { Pipeline, runPipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import { fixtureFolder } from "./fixture_folder.ts";

const MOTION = { raMasPerYear: -2400, decMasPerYear: 1800, epochYear: 2016 };
const STAR = {
  name: "runner",
  rightAscensionDeg: 150.1,
  declinationDeg: 2.2,
  spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 20000, slope: 0 },
  neighbours: [],
  motion: MOTION,
} as const;

Deno.test("The aperture stands where a moving source is at the date of each image", async () => {
  using folder = fixtureFolder();
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: 3,
    fieldStarsPerSquareDegree: 0,
    defects: false,
    targetsOnRequest: false,
    targets: [STAR],
  });
  const config = {
    ra: STAR.rightAscensionDeg,
    dec: STAR.declinationDeg,
    name: STAR.name,
    outputDir: join(folder.path, "out"),
    bands: ["D2"],
    cutoutSize: "31px",
    config: standInConfig(archive.urls),
  };
  const { raMasPerYear, decMasPerYear, epochYear } = MOTION;
  const properMotion = { ra_mas_per_yr: raMasPerYear, dec_mas_per_yr: decMasPerYear, epoch_yr: epochYear };
  const { photometry_results: rows } = await runPipeline({
    ...config,
    properMotion,
    stages: ["query", "download", "processing"],
  });
  const truth = archive.truth(STAR.name);
  assert(rows.length >= 3);
  for (const row of rows) {
    const { fluxMicroJy } = truth.find((each) =>
      each.observationId === row.obs_id && row.band === `D${each.detector}`
    )!;
    assert(Math.abs(row.flux! - fluxMicroJy) < 5 * row.flux_error!, `${row.flux} ${fluxMicroJy}`);
  }
  const saved = await Pipeline.fromSavedState(STAR.name, config.outputDir);
  assert.deepEqual((await saved.state()).parameters.source.proper_motion, properMotion);

  const still = await runPipeline({
    ...config,
    outputDir: join(folder.path, "still"),
    stages: ["query", "download", "processing"],
  });
  assert(still.photometry_results.every((row) => Math.abs(row.flux!) < 0.1 * Math.abs(rows[0]!.flux!)));
});
