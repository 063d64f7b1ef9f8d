import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { fluxCorrectionFactor } from "../../lib/simulator/flux_correction.ts";
import type { DetectorNumber } from "../../lib/spherex/bands.ts";
import type { MeasurementRow } from "../../lib/outputs/measurement_row.ts";
import { calibrationStatus } from "../../lib/workflow/calibration_status.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { measureFiles } from "../../lib/workflow/measure_files.ts";
import { run } from "../../lib/workflow/run.ts";
import { benchTests, queryProject } from "./project_fixture.ts";

/** Columns that a row has from the project alone, or that name files otherwise without one. */
const OF_PROJECT = new Set([
  "source_id",
  "measurement_id",
  "work_item_id",
  "cutout_key",
  "product_id",
  "collection",
  "cutout_sha256",
  "spectral_wcs_calibration_id",
  "solid_angle_calibration_id",
  // A PSF that was left out of a cutout is the image's own for the project, which knows where it came from.
  "psf_calibration_id",
  "path",
  "error_code",
  "error_message",
]);

interface StoredMeasurement {
  readonly id: string;
  readonly row: MeasurementRow;
  readonly provenance: { readonly calibration: Readonly<Record<string, { readonly filename: string }>> };
  readonly cutoutPath: string;
}

function storedMeasurements(project: string): StoredMeasurement[] {
  return queryProject(
    project,
    `SELECT m.measurement_id AS id, m.row_json AS row, m.provenance_json AS provenance, c.local_path AS path
     FROM measurements m JOIN cutouts c USING (cutout_key) WHERE m.current = 1 ORDER BY m.measurement_id`,
  ).map(({ id, row, provenance, path }) => ({
    id: String(id),
    row: JSON.parse(String(row)),
    provenance: JSON.parse(String(provenance)),
    cutoutPath: `${project}/${path}`,
  }));
}

benchTests("A project's measurements", {
  "are those of measureFiles() on the same cutouts, to the bit": async (bench) => {
    const project = await bench.project("measured");
    const stored = storedMeasurements(project);
    assert(stored.length >= 6);
    const files = stored.map(({ row, cutoutPath }) => ({
      path: cutoutPath,
      rightAscensionDeg: Number(row["ra_deg"]),
      declinationDeg: Number(row["dec_deg"]),
      name: String(row["source_name"]),
    }));
    let index = 0;
    const calibrationDirectory = `${project}/cache/calibrations`;
    for await (const row of measureFiles({ files, calibrationDirectory, workers: 2, batchSize: 4 })) {
      const expected = stored[index++]!.row;
      for (const [name, value] of Object.entries(row)) {
        if (OF_PROJECT.has(name) || name === "fit_ql" || name === "exact_match") continue;
        assert.equal(value, expected[name] ?? null, name);
      }
    }
    assert.equal(index, stored.length);
  },

  "take the PSF product that the configuration names, and say so": async (bench) => {
    const project = await bench.project("measured");
    const before = storedMeasurements(project);
    const config = { "photometry.psf.source": "epsf" };
    // The effective PSF is a product of QR3 alone; the images here are of QR2.
    const { missing } = await calibrationStatus({ project, config });
    assert.deepEqual(missing, [2, 5].map((detector) => ({ product: "epsf", release: "QR3", detector })));
    await assert.rejects(run({ project, config }), (error) => isTaggedError(error, "calibration/missing"));

    const synced = await syncCalibrations({ project, config });
    assert.equal(synced.downloaded, 2);
    const { counts } = await run({ project, config, cleanupCutouts: "never" });
    assert.equal(counts.measured, before.length);
    const after = storedMeasurements(project);
    const known = new Set(before.map(({ id }) => id));
    for (const { id, row, provenance } of after) {
      assert(!known.has(id));
      assert.equal(row["psf_model"], "effective, bilinear");
      assert.match(String(row["psf_calibration_id"]), /^[0-9a-f]{64}$/);
      assert.match(provenance.calibration["psf"]!.filename, /^epsf_D[25]_spx_cal-epsf/);
    }
    const again = await run({ project, config });
    assert.deepEqual([again.counts.measured, again.counts.skippedValid], [0, before.length]);
    const back = await run({ project });
    assert.deepEqual([back.counts.measured, back.counts.skippedValid], [0, before.length]);
    assert.deepEqual(storedMeasurements(project).map(({ id }) => id), before.map(({ id }) => id));
  },

  "wait for the flux correction when it is to be applied, change by its factor and record it": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const before = storedMeasurements(project);
    const config = { "calibration.apply_flux_correction": true };
    const { missing } = await calibrationStatus({ project, config });
    assert.deepEqual(missing.map(({ product, release }) => `${release} ${product}`), [
      "QR3 l3_flux_corrections",
      "QR3 l3_flux_corrections",
    ]);
    await assert.rejects(run({ project, config }), (error) => isTaggedError(error, "calibration/missing"));

    assert.equal((await syncCalibrations({ project, config })).downloaded, 2);
    const { counts } = await run({ project, config, cleanupCutouts: "never" });
    assert.equal(counts.measured, before.length);
    const after = new Map(storedMeasurements(project).map((each) => [each.cutoutPath, each]));
    for (const { row: old, cutoutPath } of before) {
      const { row, provenance } = after.get(cutoutPath)!;
      const factor = fluxCorrectionFactor(
        Number(row["detector_id"]) as DetectorNumber,
        Number(row["y_detector"]),
      );
      if (row["detector_id"] === 2) assert(factor < 0.995);
      // Noise weighs the slope of the map; the factors themselves are those of the target's pixels.
      for (const name of ["selected_flux_err_uJy", "background_uJy_per_pixel"]) {
        assert(Math.abs(Number(row[name]) / Number(old[name]) / factor - 1) < 1e-3, name);
      }
      const difference = Number(row["selected_flux_uJy"]) - factor * Number(old["selected_flux_uJy"]);
      assert(Math.abs(difference) < 0.02 * Number(row["selected_flux_err_uJy"]), `${difference}`);
      assert.match(String(row["flux_correction_calibration_id"]), /^[0-9a-f]{64}$/);
      assert.match(
        provenance.calibration["l3_flux_corrections"]!.filename,
        /^l3_flux_corrections_D[25]_spx_cal-flxc/,
      );
      assert.equal(old["flux_correction_calibration_id"] ?? null, null);
    }
    const back = await run({ project });
    assert.deepEqual([back.counts.measured, back.counts.skippedValid], [0, before.length]);
  },
});
