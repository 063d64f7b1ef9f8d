import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { ByteSource } from "../../lib/fits/byte_source.ts";
import type { MeasurementRow } from "../../lib/outputs/measurement_row.ts";
import { SPECTRUM_COLUMNS } from "../../lib/outputs/spectrum_columns.ts";
import { readCutoutPixels } from "../../lib/spherex/cutout_pixels.ts";
import { openLevel2 } from "../../lib/spherex/level2_file.ts";
import type { FileTarget } from "../../lib/workflow/file_target.ts";
import {
  measureFileLines,
  measureFiles,
  type MeasureFilesOptions,
} from "../../lib/workflow/measure_files.ts";
import { measureFile } from "../../lib/workflow/measure_file.ts";
import { FileFixture, FLUX_FACTOR, TARGET } from "./file_fixture.ts";

async function measured(
  files: readonly FileTarget[],
  options: Omit<MeasureFilesOptions, "files"> = {},
): Promise<MeasurementRow[]> {
  const rows: MeasurementRow[] = [];
  for await (const row of measureFiles({ files, ...options })) rows.push(row);
  return rows;
}

function numberOf(row: MeasurementRow | undefined, name: string): number {
  const value = row?.[name];
  assert.equal(typeof value, "number", `${name} is ${value}`);
  return value as number;
}

/** The columns in which two rows of the same file differ. */
function differences(a: MeasurementRow, b: MeasurementRow): string[] {
  return Object.keys(a).filter((name) => a[name] !== b[name]);
}

/** Some bytes of a file that must not be read. */
function poisoned(bytes: Uint8Array): Uint8Array {
  return bytes.fill(0x7f);
}

/**
 * Writes the parts of a file that measuring it reads, and nothing sensible anywhere else; returns how many bytes those
 * parts have.
 */
async function writeSparse(path: string, source: ByteSource): Promise<number> {
  const parts: { offset: number; bytes: Uint8Array }[] = [];
  const recorder: ByteSource = {
    byteLength: source.byteLength,
    read: (offset, length) => {
      const bytes = source.read(offset, length) as Uint8Array;
      parts.push({ offset, bytes });
      return bytes;
    },
  };
  using level2 = await openLevel2(recorder);
  await readCutoutPixels(level2, {}, TARGET);
  using file = Deno.openSync(path, { write: true, create: true });
  file.truncateSync(source.byteLength);
  const pattern = poisoned(new Uint8Array(1 << 20));
  for (let at = 0; at < source.byteLength; at += pattern.length) {
    file.writeSync(pattern.subarray(0, Math.min(pattern.length, source.byteLength - at)));
  }
  for (const { offset, bytes } of parts) {
    file.seekSync(offset, Deno.SeekMode.Start);
    file.writeSync(bytes);
  }
  return parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

Deno.test("measureFiles()", async (test) => {
  using fixture = new FileFixture();
  const calibrationDirectory = fixture.calibrations();
  const [qr2, qr3] = [fixture.images("QR2"), fixture.images("QR3")];
  const files = [...qr2, ...qr3].map((image) => fixture.cutout(image));
  const [first, last] = [files[0]!, files.at(-1)!];

  await test.step("measures cutouts of both releases with the newest products of theirs", async () => {
    const rows = await measured(files, { calibrationDirectory });
    assert(qr2.length >= 2 && qr3.length >= 2);
    assert.deepEqual(rows.map((row) => row["path"]), files.map((file) => file.path));
    assert.deepEqual(rows.map((row) => row["source_name"]), files.map((file) => file.name));
    rows.forEach((row, index) => {
      const { image } = [...qr2, ...qr3][index]!;
      const isQr2 = index < qr2.length;
      assert.equal(row["release"], isQr2 ? "QR2" : "QR3");
      assert.equal(row["parent_filename"], image.fileName);
      assert.equal(row["observation_id"], image.exposure.observationId);
      assert.equal(row["detector_id"], image.detector);
      assert.equal(row["psf_model"], isQr2 ? "oversampled, bilinear" : "effective, bilinear");
      assert.equal(row["calibration_match_quality"], "detector_release_match");
      assert.equal(
        row["spectral_wcs_calibration_id"],
        `spectral_wcs_D2_spx_${isQr2 ? "cal-wcs-v4-2025-254" : "cal-swcs-v5-2026-191"}.fits`,
      );
      assert.equal(row["psf_calibration_id"], null);
      assert.equal(row["measurement_status"], "measured");
      assert.equal(row["detection_status"], "detected");
      assert.equal(row["error_code"], null);
      assert.deepEqual(
        Object.keys(row),
        ["path", ...SPECTRUM_COLUMNS.map(({ name }) => name), "error_code", "error_message"],
      );
    });
  });

  await test.step("gives the same lines in this thread, in one worker and in two, batches large and small", async () => {
    const profile = { sersicIndex: 1, effectiveRadiusArcsec: 4, axisRatio: 0.7, positionAngleDeg: 10 };
    const neighbors = [{ ...TARGET, declinationDeg: TARGET.declinationDeg + 20 / 3600 }];
    const list = Array.from({ length: 40 }, (_, index) => ({
      ...files[index * 7 % files.length]!,
      ...(index % 5 === 1 ? { profile } : {}),
      ...(index % 5 === 2 ? { neighbors } : {}),
    }));
    const lines = async (options: Omit<MeasureFilesOptions, "files">) => {
      const all: string[] = [];
      for await (const batch of measureFileLines({ files: list, calibrationDirectory, ...options })) {
        all.push(...batch.lines);
      }
      return all;
    };
    const here = await lines({});
    assert.equal(here.length, list.length);
    assert.deepEqual(await lines({ workers: 1, batchSize: 5 }), here);
    assert.deepEqual(await lines({ workers: 2, batchSize: 3 }), here);
    assert.deepEqual(await lines({ workers: 2, batchSize: 1 }), here);
  });

  await test.step("goes on behind files that cannot be measured, and says of each what is wrong", async () => {
    const path = (name: string) => `${fixture.folder}/${name}`;
    Deno.writeTextFileSync(path("page.fits"), "<html>Not today</html>");
    Deno.writeFileSync(path("short.fits"), Deno.readFileSync(first.path).subarray(0, 40_000));
    const broken = ["absent.fits", "page.fits", "short.fits"].map((name) => ({ ...first, path: path(name) }));
    const unclear = { ...first, problem: "There is no position in line 7" };
    const rows = await measured([first, ...broken, unclear, last], { calibrationDirectory });
    assert.deepEqual(
      rows.map((row) => [row["measurement_status"], row["error_code"]]),
      [
        ["measured", null],
        ["failed_input", "storage/not-found"],
        ["failed_input", "fits/not-fits"],
        ["failed_input", "fits/truncated"],
        ["failed_input", "usage/bad-list-row"],
        ["measured", null],
      ],
    );
    assert.equal(rows[1]!["measurement_ok"], false);
    assert.equal(rows[1]!["source_name"], first.name);
    assert.equal(rows[1]!["selected_flux_uJy"], null);
    assert.match(String(rows[1]!["error_message"]), /absent\.fits/);
    assert.equal(rows[4]!["error_message"], "There is no position in line 7");
  });

  await test.step("says of one file the same as of many, with the planes of its fit", async () => {
    const one = await measureFile({ ...first, calibrationDirectory });
    const { row, models } = one;
    assert.deepEqual(row, (await measured([first], { calibrationDirectory }))[0]);
    assert.equal(models.raw.length, models.width * models.height);
    assert.equal(models.width, 31);
    const figure = await one.plot();
    assert.match(figure.svg, /Pixel roles/);
    assert.equal(new DataView((await figure.png(800)).buffer).getUint32(16), 800);
    await assert.rejects(measureFile({ ...first, path: `${fixture.folder}/absent.fits` }), {
      code: "storage/not-found",
    });
    await assert.rejects(measureFile({ ...first, rightAscensionDeg: 400 }), { code: "usage/bad-position" });
    await assert.rejects(measureFile({ ...first, config: { "photometry.nois.model": "observed" } }), {
      code: "config/unknown-key",
    });
  });

  await test.step("fits neighbours where they are known to be, and shapes and motions as they are given", async () => {
    const near = { ...TARGET, declinationDeg: TARGET.declinationDeg + 18 / 3600 };
    const far = { ...TARGET, declinationDeg: TARGET.declinationDeg + 0.1 };
    const profile = { sersicIndex: 1, effectiveRadiusArcsec: 9, axisRatio: 0.5, positionAngleDeg: 30 };
    const mjd = numberOf((await measured([first]))[0], "mjd_avg");
    const properMotion = {
      raMasPerYear: 0,
      decMasPerYear: 36e5,
      epochYear: 2000 + (mjd - 51_544.5) / 365.25 - 0.01,
    };
    const rows = await measured([
      first,
      { ...first, neighbors: [near, far] },
      { ...first, profile },
      { ...first, declinationDeg: TARGET.declinationDeg - 0.01, properMotion },
      { ...first, neighbors: [{ ...near, rightAscensionDeg: NaN }] },
    ], { calibrationDirectory });
    const [alone, beside, extended, moved, refused] = rows;
    assert.deepEqual(rows.map((row) => row["n_neighbors"]), [0, 1, 0, 0, null]);
    const flux = (row: MeasurementRow | undefined) => numberOf(row, "selected_flux_uJy");
    assert(Math.abs(flux(beside) / flux(alone) - 1) < 0.01);
    assert(flux(extended) > 1.1 * flux(alone), `${flux(extended)} of ${flux(alone)}`);
    assert(Math.abs(flux(moved) / flux(alone) - 1) < 1e-6);
    assert(Math.abs(numberOf(moved, "dec_deg") - TARGET.declinationDeg) < 1e-9);
    assert.equal(refused!["error_code"], "usage/bad-position");
  });

  await test.step("measures a place outside of the cutout as invalid, not as a failure", async () => {
    const [row] = await measured([{ ...first, declinationDeg: TARGET.declinationDeg + 0.1 }]);
    assert.equal(row!["measurement_status"], "invalid_fit");
    assert.match(String(row!["photometry_flags"]), /EDGE_OF_CUTOUT/);
    assert.equal(row!["wavelength_um"], null);
  });

  await test.step("uses what the file itself says when there is no calibration, and flags it", async () => {
    for (const file of [first, last]) {
      const [calibrated] = await measured([file], { calibrationDirectory });
      const [alone] = await measured([file]);
      for (const [name, tolerance] of [["wavelength_um", 0.003], ["bandwidth_um", 0.001]] as const) {
        assert(Math.abs(numberOf(alone, name) - numberOf(calibrated, name)) < tolerance, name);
      }
      const ratio = numberOf(alone, "selected_flux_uJy") / numberOf(calibrated, "selected_flux_uJy");
      assert(Math.abs(ratio - 1) < 0.002, `${ratio}`);
      assert.match(String(alone!["photometry_flags"]), /CALIBRATION_MISSING;.*SOLID_ANGLE_FROM_WCS/);
      assert.equal(alone!["calibration_match_quality"], "missing");
      assert.equal(alone!["science_recommended"], false);
      assert.doesNotMatch(String(calibrated!["photometry_flags"]), /CALIBRATION|SOLID/);
    }
  });

  await test.step("takes maps that are named in place of those of the folder", async () => {
    const map = (product: string, version: string) =>
      `${calibrationDirectory}/some folder/qr3/${product}/${version}/2/${product}_D2_spx_${version}.fits`;
    const spectralWcsPath = map("spectral_wcs", "cal-swcs-v5-2026-191");
    const solidAnglePath = map("solid_angle_pixel_map", "cal-sapm-v3-2026-191");
    const renamed = `${fixture.folder}/my wavelengths.fits`;
    Deno.linkSync(spectralWcsPath, renamed);
    const [named] = await measured([last], { spectralWcsPath: renamed, solidAnglePath });
    const [found] = await measured([last], { calibrationDirectory });
    assert.deepEqual(differences(named!, found!), ["spectral_wcs_calibration_id"]);
    const [other] = await measured([first], { calibrationDirectory, spectralWcsPath });
    assert.equal(other!["calibration_match_quality"], "detector_release_mismatch");
    assert.match(String(other!["photometry_flags"]), /CALIBRATION_VERSION_MISMATCH/);
    const wrong = `${fixture.folder}/spectral_wcs_D3_spx_cal-swcs-v5-2026-191.fits`;
    Deno.linkSync(spectralWcsPath, wrong);
    const [refused] = await measured([last], { spectralWcsPath: wrong });
    assert.equal(refused!["error_code"], "spherex/wrong-detector");
    for (const path of [solidAnglePath, last.path]) {
      await assert.rejects(measured([last], { spectralWcsPath: path }), {
        code: "spherex/bad-calibration",
        hint: /product spectral_wcs/,
      });
    }
    await assert.rejects(measured([last], { solidAnglePath: `${wrong}x` }), { code: "storage/not-found" });
  });

  await test.step("measures whole images from the part around the target alone", async () => {
    for (const image of [qr2[0]!, qr3[0]!]) {
      const virtual = fixture.parent(image);
      const source = {
        byteLength: virtual.byteLength,
        read: (offset: number, length: number) => virtual.read(offset, length),
      };
      const path = `${fixture.folder}/${image.image.fileName}`;
      const touched = await writeSparse(path, source);
      assert(source.byteLength > 60e6 && touched < 6e6, `${touched} of ${source.byteLength} bytes`);
      const [whole] = await measured([{ path, ...TARGET }], { calibrationDirectory });
      const [cut] = await measured([fixture.cutout(image, 63)], { calibrationDirectory });
      assert.equal(whole!["measurement_status"], "measured");
      // Places are found through the same coordinates from another origin, equal up to rounding.
      for (const { name, type } of SPECTRUM_COLUMNS) {
        if (name === "source_name") continue;
        if (type !== "number" || cut![name] === null) assert.equal(whole![name], cut![name], name);
        else {
          const expected = numberOf(cut, name);
          const scale = Math.max(Math.abs(expected), 1e-3);
          assert(Math.abs(numberOf(whole, name) - expected) < 1e-6 * scale, name);
        }
      }
    }
  });

  await test.step("uses the PSF that the configuration names", async () => {
    const withSource = async (source: string, file: FileTarget, directory?: string) => {
      const config = { "photometry.psf.source": source };
      return (await measured([file], { config, calibrationDirectory: directory }))[0]!;
    };
    const own = await withSource("file", first, calibrationDirectory);
    const average = await withSource("average_psf", first, calibrationDirectory);
    // The simulated archive, as the real one, ships the same cube as product and in each file.
    assert.deepEqual(differences(own, average), ["photometry_config_hash", "psf_calibration_id"]);
    assert.equal(average["psf_calibration_id"], "average_psf_D2_spx_cal-psf-v5-2026-082.fits");
    const effective = await withSource("epsf", first, calibrationDirectory);
    assert.equal(effective["psf_model"], "effective, bilinear");
    assert.equal(effective["psf_calibration_id"], "epsf_D2_spx_cal-epsf-v1-2026-191.fits");
    const ratio = numberOf(effective, "selected_flux_uJy") / numberOf(own, "selected_flux_uJy");
    assert(Math.abs(ratio - 1) < 0.05, `${ratio}`);
    const missing = await withSource("epsf", first);
    assert.equal(missing["measurement_status"], "invalid_fit");
    assert.match(String(missing["photometry_flags"]), /PSF_MISSING/);
  });

  await test.step("brings images before QR3 to its flux scale when it is asked to", async () => {
    const config = { "calibration.apply_flux_correction": true };
    const [before, unchanged] = await measured([first, last], { calibrationDirectory });
    const [after, still] = await measured([first, last], { calibrationDirectory, config });
    for (const name of ["selected_flux_uJy", "selected_flux_err_uJy", "background_uJy_per_pixel"]) {
      const ratio = numberOf(after, name) / numberOf(before, name);
      assert(Math.abs(ratio - FLUX_FACTOR) < 1e-5, `${name}: ${ratio}`);
    }
    assert.equal(
      after!["flux_correction_calibration_id"],
      "l3_flux_corrections_D2_spx_cal-flxc-v1-2026-191.fits",
    );
    assert.deepEqual(differences(unchanged!, still!), []);
    const [without] = await measured([first], { config });
    assert.match(String(without!["photometry_flags"]), /CALIBRATION_MISSING/);
    assert.equal(without!["flux_correction_calibration_id"], null);
  });

  await test.step("takes a list as it comes and stops with its reader", async () => {
    let taken = 0;
    const endless = function* (): Generator<FileTarget> {
      for (;; taken++) yield first;
    };
    let seen = 0;
    for await (const _row of measureFiles({ files: endless(), workers: 2, batchSize: 2 })) {
      if (++seen === 5) break;
    }
    assert(taken < 40, `${taken} files were taken for 5 rows`);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await assert.rejects(measured([first], { signal: stop.signal }), /enough/);
  });

  await test.step("refuses folders without calibration, and numbers of workers that are none", async () => {
    const empty = Deno.makeTempDirSync({ dir: fixture.folder });
    await assert.rejects(
      measured([first], { calibrationDirectory: empty }),
      (error) => isTaggedError(error, "calibration/missing"),
    );
    await assert.rejects(
      measured([first], { calibrationDirectory: `${empty}/absent` }),
      (error) => isTaggedError(error, "storage/not-found"),
    );
    await assert.rejects(measured([first], { workers: 1.5 }), RangeError);
    await assert.rejects(measured([first], { batchSize: 0 }), RangeError);
  });
});
