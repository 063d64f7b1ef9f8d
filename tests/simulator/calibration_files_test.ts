import assert from "node:assert/strict";
import { openFits } from "../../lib/fits/fits_file.ts";
import { readImageSection } from "../../lib/fits/read_image.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import type { DetectorNumber } from "../../lib/spherex/bands.ts";
import {
  calibrationArchiveKey,
  newestCalibrationVersion,
  parseCalibrationVersion,
} from "../../lib/spherex/calibration_products.ts";
import { parseTabularWcs } from "../../lib/wcs/tabular_wcs.ts";
import {
  calibrationFile,
  calibrationOfKey,
  OFFERED_CALIBRATIONS,
} from "../../lib/simulator/calibration_files.ts";
import { fluxCorrectionFactor } from "../../lib/simulator/flux_correction.ts";
import { detectorModel } from "../../lib/simulator/detector_model.ts";
import { Level2Writer } from "../../lib/simulator/level2_writer.ts";
import { Simulation } from "../../lib/simulator/simulation.ts";
import { median } from "./statistics.ts";

const simulation = new Simulation({ seed: 1, visitsPerDetector: 8 });
const writer = new Level2Writer(simulation);
const DETECTORS: readonly DetectorNumber[] = [1, 2, 3, 4, 5, 6];

function open(release: "QR2" | "QR3", product: string, detector: DetectorNumber, isOutdated = false) {
  const offer = OFFERED_CALIBRATIONS.find((each) =>
    each.release === release && each.product === product && each.detectors.includes(detector) &&
    each.isOutdated === isOutdated
  )!;
  const file = calibrationFile(offer, detector, writer);
  return openFits({ byteLength: file.byteLength, read: (offset, length) => file.read(offset, length) });
}

async function mapValue(
  hdu: Awaited<ReturnType<typeof open>>,
  name: string,
  x: number,
  y: number,
): Promise<number> {
  const image = await readImageSection(await hdu.hdu(name), { x0: x, y0: y, width: 1, height: 1 });
  return Number(image.data[0]);
}

Deno.test("calibrationFile() of spectral_wcs gives the wavelengths of the truth", async () => {
  simulation.requestTarget(150, 2.2);
  for (const row of simulation.truth({ rightAscensionDeg: 150, declinationDeg: 2.2 }).slice(0, 40)) {
    const fits = await open(row.release as "QR2" | "QR3", "spectral_wcs", row.detector);
    const [x, y] = [Math.round(row.detectorX), Math.round(row.detectorY)];
    const wavelength = await mapValue(fits, "CWAVE", x, y);
    const slope = await mapValue(fits, "CWAVE", x, Math.min(2039, y + 1)) - wavelength;
    const expected = wavelength + slope * row.phaseY;
    assert(Math.abs(expected - row.wavelengthMicron) < 1e-4, `${expected} against ${row.wavelengthMicron}`);
    assert(Math.abs(await mapValue(fits, "CBAND", x, y) - row.bandwidthMicron) < 1e-4);
  }
});

Deno.test("calibrationFile() of spectral_wcs agrees with its WCS-WAVE table to about a nanometre", async () => {
  for (const detector of DETECTORS) {
    for (const release of ["QR2", "QR3"] as const) {
      const fits = await open(release, "spectral_wcs", detector);
      const table = await readTable(await fits.hdu("WCS-WAVE"));
      const numbers = (name: string) => {
        const column = table.column(name);
        assert(column.kind === "number");
        return Float64Array.from(column.data as Float32Array);
      };
      const header = new Map<string, string | number>([
        ["CTYPE1W", "WAVE-TAB"],
        ["CTYPE2W", "WAVE-TAB"],
        ["PS1_0W", "WCS-WAVE"],
        ["PS2_0W", "WCS-WAVE"],
        ["PV1_3W", 1],
        ["PV2_3W", 2],
        ["CUNIT1W", "um"],
        ["CUNIT2W", "um"],
        ["CRPIX1W", 1],
        ["CRPIX2W", 1],
        ["CRVAL1W", 1],
        ["CRVAL2W", 1],
        ["CDELT1W", 1],
        ["CDELT2W", 1],
      ]);
      const tabular = parseTabularWcs(header, {
        x: numbers("X"),
        y: numbers("Y"),
        values: numbers("VALUES"),
      });
      const differences: number[] = [];
      for (let y = 20; y < 2040; y += 333) {
        for (let x = 20; x < 2040; x += 333) {
          differences.push(
            Math.abs(tabular.valueAt(x, y).wavelengthMicron - await mapValue(fits, "CWAVE", x, y)),
          );
        }
      }
      assert(
        median(differences) < 0.0015 && Math.max(...differences) < 0.004,
        `D${detector} ${release}: ${median(differences)}`,
      );
      assert(Math.max(...differences) > 0.0001, "the table is only an approximation");
    }
  }
});

Deno.test("calibrationFile() of spectral_wcs bends the lines of equal wavelength and falls upwards", async () => {
  const fits = await open("QR2", "spectral_wcs", 4);
  const middle = await mapValue(fits, "CWAVE", 1020, 500);
  assert(await mapValue(fits, "CWAVE", 0, 500) > middle + 0.02);
  assert(await mapValue(fits, "CWAVE", 2039, 500) > middle + 0.02);
  assert(await mapValue(fits, "CWAVE", 1020, 1500) < middle - 0.3);
});

Deno.test("calibrationFile() of older versions differs, so that choosing the newest matters", async () => {
  const older = await mapValue(await open("QR2", "spectral_wcs", 1, true), "CWAVE", 900, 900);
  const newest = await mapValue(await open("QR2", "spectral_wcs", 1), "CWAVE", 900, 900);
  assert(Math.abs(older - newest - 0.004) < 1e-6);
  const qr3 = await mapValue(await open("QR3", "spectral_wcs", 5), "CWAVE", 900, 900);
  const qr2 = await mapValue(await open("QR2", "spectral_wcs", 5), "CWAVE", 900, 900);
  assert(Math.abs(qr3 - qr2 - 0.0064) < 1e-6, "the real shift of D5 between the releases");
  for (const product of ["spectral_wcs", "solid_angle_pixel_map", "average_psf"]) {
    const offers = OFFERED_CALIBRATIONS.filter((each) => each.product === product && each.release === "QR2");
    const newestVersion = newestCalibrationVersion(
      offers.map(({ version }) => parseCalibrationVersion(version)!),
    )!;
    assert.equal(offers.find(({ version }) => version === newestVersion.version)!.isOutdated, false);
  }
});

Deno.test("calibrationFile() of solid_angle_pixel_map has the median and scatter that real headers state", async () => {
  for (const detector of DETECTORS) {
    const fits = await open("QR2", "solid_angle_pixel_map", detector);
    const hdu = await fits.hdu("IMAGE");
    const values: number[] = [];
    for (let y = 17; y < 2040; y += 34) {
      const row = await readImageSection(hdu, { x0: 0, y0: y, width: 2040, height: 1 });
      values.push(...Array.from(row.data as Float32Array).filter((_, x) => x % 17 === 8));
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sigma = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const { solidAngleMedianArcsec2, solidAngleSigmaArcsec2 } = detectorModel(detector);
    assert(Math.abs(median(values) / solidAngleMedianArcsec2 - 1) < 2e-4, `D${detector} ${median(values)}`);
    assert(Math.abs(sigma / solidAngleSigmaArcsec2 - 1) < 0.03, `D${detector} ${sigma}`);
  }
});

Deno.test("calibrationFile() of average_psf and epsf holds the tables of the Level-2 files", async () => {
  const cube = await open("QR2", "average_psf", 3);
  const hdu = await cube.hdu("PSF-DATA-CUBE");
  assert.deepEqual([1, 2, 3].map((axis) => hdu.header.getNumber(`NAXIS${axis}`)), [101, 101, 121]);
  assert.deepEqual(await hdu.source.read(hdu.dataOffset, hdu.dataByteLength), writer.psfCube(3));
  const epsf = await (await open("QR3", "epsf", 3)).hdu("EPSF");
  assert.equal(epsf.header.getNumber("NAXIS2"), 451);
  assert.deepEqual(await epsf.source.read(epsf.dataOffset, epsf.dataByteLength), writer.epsfRows(3));
});

Deno.test("calibrationOfKey() knows the keys of what is offered and no others", () => {
  for (const { release, product, version, detectors } of OFFERED_CALIBRATIONS) {
    const key = calibrationArchiveKey(release, product, detectors[0]!, version);
    assert.equal(calibrationOfKey(key)?.offer.version, version);
    assert.equal(calibrationOfKey(`x/${key}`), undefined);
  }
  assert.equal(calibrationOfKey(calibrationArchiveKey("QR3", "epsf", 3, "cal-epsf-v1-2026-191")), undefined);
});

Deno.test("calibrationFile() of l3_flux_corrections holds the factors, and few pixels without one", async () => {
  const fits = await open("QR3", "l3_flux_corrections", 1);
  const row = await readImageSection(await fits.hdu("IMAGE"), { x0: 0, y0: 1000, width: 2040, height: 20 });
  const values = Array.from(row.data, Number);
  const wild = values.filter((value) => value < 0.5 || value > 2);
  assert(wild.length > 0 && wild.length < 0.001 * values.length, `${wild.length}`);
  assert(Math.abs(median(values) - fluxCorrectionFactor(1, 1009.5)) < 1e-3);
});
