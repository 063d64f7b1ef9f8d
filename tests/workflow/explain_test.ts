import assert from "node:assert/strict";
import { sha256File } from "../../lib/files/sha256.ts";
import { isTaggedError } from "../../lib/core/errors.ts";
import { Database } from "../../lib/store/database.ts";
import { explain } from "../../lib/workflow/explain.ts";
import type { MeasurementExplanation, SourceExplanation } from "../../lib/workflow/explain_model.ts";
import { measurementId } from "../../lib/workflow/identities.ts";
import { explanationText } from "../../lib/cli/explain_text.ts";
import {
  benchTests,
  CATALOG,
  checksumsBelow,
  queryProject,
  readSpectrum,
  recordRun,
  writeCatalog,
} from "./project_fixture.ts";

benchTests("explain()", {
  "tells every input of a number, and they give its identity": async (bench) => {
    const project = await bench.project("measured");
    const [row] = readSpectrum(project, "alpha");
    const id = row!["measurement_id"]!;
    const found = await explain({ project, subject: id }) as MeasurementExplanation;
    assert.equal(
      measurementId({
        sourceId: found.target.sourceId,
        productId: found.image.productId,
        sourceRowHash: found.sourceRowHash!,
        targetHash: found.targetHash!,
        cutoutKey: found.cutout.cutoutKey,
        cutoutSha256: found.cutout.contentSha256,
        spectralWcsCalibrationId: found.calibrations.find(({ role }) =>
          role === "spectral_wcs"
        )!.calibrationId,
        solidAngleCalibrationId: found.calibrations.find(({ role }) =>
          role === "solid_angle_pixel_map"
        )!.calibrationId,
        psfCalibrationId: null,
        fluxCorrectionCalibrationId: null,
        photometryConfigHash: found.photometryConfigHash,
        codeVersion: found.codeVersion,
        schemaVersion: found.schemaVersion,
      }),
      id,
    );
    assert.equal(found.fluxMicroJy, Number(row!["selected_flux_uJy"]));
    for (const { file, sha256 } of found.calibrations) {
      assert.equal(file!.state, "there");
      assert.equal(await sha256File(`${project}/${file!.path}`), sha256);
    }
    assert.equal(await sha256File(`${project}/${found.cutout.file.path}`), found.cutout.fileSha256);
    assert.deepEqual(found.photometryFlags.map(({ name }) => name).join(";"), row!["photometry_flags"]);
    assert.deepEqual(found.cutoutFlags.map(({ name }) => name).join(";"), row!["image_flag_names"]);
    assert(found.outputs.every(({ state }) => state === "there"), JSON.stringify(found.outputs));
    assert.equal(found.runConfig.state, "there");
    assert.deepEqual([found.isPublished, found.plan?.reason, found.changes], [
      true,
      "measurement is current",
      [],
    ]);
    assert.deepEqual(await explain({ project, subject: id.slice(0, 8) }), found);
    const text = explanationText(found);
    for (const hash of [id, found.cutout.contentSha256, found.targetHash!, found.image.productId]) {
      assert(text.includes(hash), hash);
    }
  },

  "says what has changed since, and changes nothing": async (bench) => {
    const project = await bench.project("measured");
    const id = readSpectrum(project, "alpha")[0]!["measurement_id"]!;
    const before = await checksumsBelow(`${project}/results`);
    const config = { "photometry.detection_snr_threshold": 4 };
    const found = await explain({ project, config, subject: id }) as MeasurementExplanation;
    assert.deepEqual(found.changes.map(({ input }) => input), ["photometryConfigHash"]);
    assert.match(explanationText(found), /the photometry configuration +[0-9a-f]{64} → [0-9a-f]{64}/);
    assert.deepEqual(await checksumsBelow(`${project}/results`), before);
  },

  "tells of a measurement that another has replaced, and of a cutout that was cleaned up": async (bench) => {
    const project = await bench.project("measured");
    const id = readSpectrum(project, "alpha")[0]!["measurement_id"]!;
    await recordRun({ project, config: { "photometry.detection_snr_threshold": 4 } });
    const found = await explain({ project, subject: id }) as MeasurementExplanation;
    assert.deepEqual([found.isCurrent, found.isPublished], [false, false]);
    assert.equal(found.cutout.file.state, "cleaned up");
    assert.match(explanationText(found), /replaced/);
  },

  "tells what there is of a source, by name, also when it has left the catalog": async (bench) => {
    const project = await bench.project("measured");
    const rows = readSpectrum(project, "alpha");
    const found = await explain({ project, subject: "alpha" }) as SourceExplanation;
    assert.deepEqual([found.kind, found.state, found.failures], ["source", "source_complete", []]);
    assert.deepEqual(
      found.measurements.map((each) => each.measurementId).sort(),
      rows.map((row) => row["measurement_id"]).sort(),
    );
    assert.deepEqual(found.reasons.map(({ items, reason }) => [items, reason]), [[
      rows.length,
      "measurement is current",
    ]]);
    assert.match(explanationText(found), /^alpha: complete, \d+ measurements/);
    writeCatalog(project, CATALOG.replace(/^alpha.*\n/m, ""));
    await recordRun({ project });
    const retired = await explain({ project, subject: "alpha" }) as SourceExplanation;
    assert.notEqual(retired.target.retiredAt, null);
    assert.equal(retired.measurements.length, rows.length);
  },

  "names what it does not know, and what it cannot tell apart": async (bench) => {
    const project = await bench.project("measured");
    await assert.rejects(
      explain({ project, subject: "alphq" }),
      (error) => isTaggedError(error, "catalog/unknown-source") && error.hint === 'Did you mean "alpha"?',
    );
    await assert.rejects(
      explain({ project, subject: "0".repeat(64) }),
      (error) => isTaggedError(error, "catalog/unknown-source"),
    );
    const [{ id }] = queryProject(project, "SELECT measurement_id AS id FROM measurements LIMIT 1") as [
      { id: string },
    ];
    {
      using database = new Database(`${project}/db/cutoutdb.sqlite`);
      database.write(
        "UPDATE measurements SET measurement_id = ? WHERE rowid = (SELECT max(rowid) FROM measurements WHERE measurement_id <> ?)",
        `${id.slice(0, 20)}${"0".repeat(44)}`,
        id,
      );
    }
    await assert.rejects(
      explain({ project, subject: id.slice(0, 12) }),
      (error) =>
        isTaggedError(error, "usage/ambiguous") && /Several measurements begin with/.test(error.message),
    );
  },
});
