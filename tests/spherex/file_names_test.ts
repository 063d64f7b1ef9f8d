import assert from "node:assert/strict";
import {
  CALIBRATION_PRODUCTS,
  calibrationArchiveKey,
  calibrationFileName,
  newestCalibrationVersion,
  parseCalibrationFileName,
  parseCalibrationVersion,
  releaseOfCalibrationFile,
} from "../../lib/spherex/calibration_products.ts";
import { level2ArchiveKey, level2FileName, parseLevel2FileName } from "../../lib/spherex/file_names.ts";

const LEVEL2_KEY =
  "qr2/level2/2025W51_1A/l2b-v21-2025-354/3/level2_2025W51_1A_0684_2D3_spx_l2b-v21-2025-354.fits";

Deno.test("parseLevel2FileName() reads a name, a path and a cutout URL", () => {
  const parsed = parseLevel2FileName(`https://archive.example/${LEVEL2_KEY}?center=10.6,41.2&size=0.05`);
  assert.deepEqual(parsed, {
    observationId: "2025W51_1A_0684_2",
    planningPeriod: "2025W51_1A",
    largeSlew: 684,
    smallSlew: 2,
    detector: 3,
    processingVersion: "l2b-v21-2025-354",
    versionNumber: 21,
    year: 2025,
    dayOfYear: 354,
    processingDate: "2025-12-20",
  });
  assert.equal(level2ArchiveKey("QR2", parsed!), LEVEL2_KEY);
  assert.equal(level2FileName(parsed!), LEVEL2_KEY.split("/").at(-1));
});

Deno.test("parseLevel2FileName() refuses what is no Level-2 name", () => {
  for (
    const name of [
      "level2_2025W51_1A_0684_2D7_spx_l2b-v21-2025-354.fits",
      "level2_2025W51_1A_684_2D3_spx_l2b-v21-2025-354.fits",
      "x_level2_2025W51_1A_0684_2D3_spx_l2b-v21-2025-354.fits",
      "spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits",
      "",
    ]
  ) assert.equal(parseLevel2FileName(name), undefined, name);
});

Deno.test("parseCalibrationFileName() reads the names of both releases", () => {
  const cases: [string, string, number, string, number, string, string | undefined][] = [
    ["spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits", "spectral_wcs", 1, "cal-wcs", 4, "2025-09-11", "QR2"],
    ["spectral_wcs_D5_spx_cal-swcs-v5-2026-191.fits", "spectral_wcs", 5, "cal-swcs", 5, "2026-07-10", "QR3"],
    [
      "solid_angle_pixel_map_D4_spx_cal-sapm-v2-2025-164.fits",
      "solid_angle_pixel_map",
      4,
      "cal-sapm",
      2,
      "2025-06-13",
      "QR2",
    ],
    [
      "solid_angle_pixel_map_D4_spx_cal-sapm-v3-2026-191.fits",
      "solid_angle_pixel_map",
      4,
      "cal-sapm",
      3,
      "2026-07-10",
      "QR3",
    ],
    ["average_psf_D6_spx_cal-psf-v5-2026-082.fits", "average_psf", 6, "cal-psf", 5, "2026-03-23", "QR2"],
    ["epsf_D1_spx_cal-epsf-v1-2026-191.fits", "epsf", 1, "cal-epsf", 1, "2026-07-10", "QR3"],
    [
      "l3_flux_corrections_D2_spx_cal-flxc-v1-2026-191.fits",
      "l3_flux_corrections",
      2,
      "cal-flxc",
      1,
      "2026-07-10",
      "QR3",
    ],
    [
      "abs_gain_matrix_D2_spx_cal-agm-v4-2025-161.fits",
      "abs_gain_matrix",
      2,
      "cal-agm",
      4,
      "2025-06-10",
      undefined,
    ],
  ];
  for (const [fileName, product, detector, token, versionNumber, processingDate, release] of cases) {
    const parsed = parseCalibrationFileName(`cache/calibrations/${fileName}`);
    const version = `${token}-v${versionNumber}-${/\d{4}-\d{3}(?=\.fits)/.exec(fileName)![0]}`;
    assert.deepEqual(parsed, { fileName, product, detector, version, token, versionNumber, processingDate });
    assert.equal(calibrationFileName(product, parsed!.detector!, version), fileName);
    assert.equal(releaseOfCalibrationFile(fileName), release, fileName);
  }
  const channels = parseCalibrationFileName("spectral_channels_spx_cal-sch-v1-2026-106.fits");
  assert.equal(channels?.detector, undefined);
  assert.equal(channels?.product, "spectral_channels");
  assert.equal(parseCalibrationFileName("spectral_wcs_D9_spx_cal-wcs-v4-2025-254.fits"), undefined);
  assert.equal(parseCalibrationFileName("spectral_wcs_D1.fits"), undefined);
});

Deno.test("releaseOfCalibrationFile() believes a path that names the release", () => {
  const key = calibrationArchiveKey("QR3", "spectral_wcs", 2, "cal-wcs-v4-2025-254");
  assert.equal(key, "qr3/spectral_wcs/cal-wcs-v4-2025-254/2/spectral_wcs_D2_spx_cal-wcs-v4-2025-254.fits");
  assert.equal(releaseOfCalibrationFile(key), "QR3");
});

Deno.test("newestCalibrationVersion() goes by date, then by number", () => {
  const tokens = ["cal-psf-v5-2025-206", "cal-psf-v9-2025-161", "cal-psf-v5-2026-082", "cal-psf-v4-2026-082"];
  const versions = tokens.map((token) => parseCalibrationVersion(token)!);
  assert.equal(newestCalibrationVersion(versions)?.version, "cal-psf-v5-2026-082");
  assert.equal(newestCalibrationVersion(versions.slice(0, 2))?.version, "cal-psf-v5-2025-206");
  assert.equal(newestCalibrationVersion([]), undefined);
});

Deno.test("CALIBRATION_PRODUCTS require the two maps that measuring cannot do without", () => {
  const required = CALIBRATION_PRODUCTS.filter((kind) => kind.required).map((kind) => kind.product);
  assert.deepEqual(required, ["spectral_wcs", "solid_angle_pixel_map"]);
});
