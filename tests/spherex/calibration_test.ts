import assert from "node:assert/strict";
import { type ByteSource, memorySource } from "../../lib/fits/byte_source.ts";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { Header } from "../../lib/fits/header.ts";
import { openFileSource } from "../../lib/files/file_source.ts";
import { CalibrationCache } from "../../lib/spherex/calibration_cache.ts";
import { openDetectorMap, openSpectralMaps } from "../../lib/spherex/calibration_file.ts";
import { CalibrationMap } from "../../lib/spherex/calibration_map.ts";
import { type CalibrationRecord, matchCalibration } from "../../lib/spherex/calibration_match.ts";
import { parseCalibrationVersion } from "../../lib/spherex/calibration_products.ts";
import { validateCalibrationFile } from "../../lib/spherex/validate_calibration.ts";
import { bandwidthAt, cubeHdu, epsfHdu, syntheticMaps, wavelengthAt } from "./synthetic_level2.ts";

const valueAt = (x: number, y: number): number => 1000 * y + x;
const numbered = syntheticMaps({ IMAGE: valueAt }, 3, 100);

Deno.test("CalibrationMap reads sections, NaN beyond the detector, in one piece of the file", async () => {
  const reads: number[] = [];
  const inner = memorySource(numbered);
  const source: ByteSource = {
    byteLength: inner.byteLength,
    read: (offset, length) => {
      reads.push(length);
      return Promise.resolve(inner.read(offset, length));
    },
  };
  const map = await CalibrationMap.open(source);
  for (
    const [x0, y0, width, height] of [[10, 20, 7, 5], [-3, 95, 6, 9], [98, -2, 4, 3], [200, 0, 2, 2]] as const
  ) {
    reads.length = 0;
    const values = await map.readSection({ x0, y0, width, height });
    for (let i = 0; i < values.length; i++) {
      const [x, y] = [x0 + i % width, y0 + Math.floor(i / width)];
      const isInside = x >= 0 && y >= 0 && x < 100 && y < 100;
      assert.equal(values[i], isInside ? valueAt(x, y) : NaN, `pixel ${x}, ${y}`);
    }
    assert(reads.length <= 1);
  }
});

Deno.test("CalibrationMap reads float64 maps and maps from files the same way", async () => {
  const data = Float64Array.from({ length: 10_000 }, (_, i) => valueAt(i % 100, Math.floor(i / 100)));
  const doubles = await CalibrationMap.open(
    memorySource(encodeFits([primaryHdu(), imageHdu("M", data, [100, 100])])),
  );
  const path = await Deno.makeTempFile({ suffix: ".fits" });
  try {
    await Deno.writeFile(path, numbered);
    using file = openFileSource(path);
    const fromFile = await CalibrationMap.open(file, "IMAGE");
    const section = { x0: 95, y0: 3, width: 9, height: 4 };
    assert.deepEqual(await doubles.readSection(section), await fromFile.readSection(section));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("openSpectralMaps() and openDetectorMap() check detector, HDUs and shapes", async () => {
  const spectral = memorySource(syntheticMaps({ CWAVE: wavelengthAt, CBAND: bandwidthAt }, 3, 50));
  assert.equal((await openSpectralMaps(spectral, 3)).wavelength.width, 50);
  await assert.rejects(openSpectralMaps(spectral, 2), { code: "spherex/wrong-detector" });
  await assert.rejects(openSpectralMaps(memorySource(numbered)), { code: "fits/missing-hdu" });
  const uneven = encodeFits([
    primaryHdu(),
    imageHdu("CWAVE", new Float32Array(6), [2, 3]),
    imageHdu("CBAND", new Float32Array(6), [3, 2]),
  ]);
  await assert.rejects(openSpectralMaps(memorySource(uneven)), { code: "spherex/bad-calibration" });
  await assert.rejects(openDetectorMap(memorySource(encodeFits([primaryHdu()]))), {
    code: "spherex/bad-calibration",
  });
});

Deno.test("CalibrationCache opens a product once, closes the oldest, and all at the end", async () => {
  const log: string[] = [];
  const cache = new CalibrationCache({
    maxOpenFiles: 2,
    openSource: (path) => {
      log.push(`open ${path}`);
      return Object.assign(memorySource(numbered), {
        [Symbol.dispose]: () => void log.push(`close ${path}`),
      });
    },
  });
  const [a, again] = await Promise.all([cache.detectorMap("a"), cache.detectorMap("a", 3)]);
  assert.equal(a, again);
  await cache.detectorMap("b");
  await cache.detectorMap("a");
  await cache.detectorMap("c");
  assert.deepEqual(log, ["open a", "open b", "open c", "close b"]);
  await assert.rejects(cache.detectorMap("wrong", 5), { code: "spherex/wrong-detector" });
  assert(log.includes("close wrong"));
  cache[Symbol.dispose]();
  await Promise.resolve();
  await Promise.resolve();
  assert(log.includes("close c"));
  assert.equal(
    log.filter((line) => line.startsWith("open")).length,
    log.filter((line) => line.startsWith("close")).length,
  );
});

function record(
  product: CalibrationRecord["product"],
  release: CalibrationRecord["release"],
  version: string,
  extra: Partial<CalibrationRecord> = {},
): CalibrationRecord {
  return {
    calibrationId: version,
    product,
    release,
    detector: 3,
    ...parseCalibrationVersion(version)!,
    ...extra,
  };
}

const RECORDS = [
  record("spectral_wcs", "QR2", "cal-wcs-v3-2025-101"),
  record("spectral_wcs", "QR2", "cal-wcs-v4-2025-254"),
  record("spectral_wcs", "QR3", "cal-swcs-v5-2026-191"),
  record("solid_angle_pixel_map", "QR2", "cal-sapm-v2-2025-164"),
];

Deno.test("matchCalibration() takes the newest of the release: detector_release_match", () => {
  const match = matchCalibration(RECORDS, {
    detector: 3,
    release: "QR2",
    headerIdentifiers: new Map([["spectral_wcs", "u-1"]]),
  });
  assert.equal(match.quality, "detector_release_match");
  assert.equal(match.chosen.spectral_wcs?.version, "cal-wcs-v4-2025-254");
  assert.equal(match.chosen.solid_angle_pixel_map?.version, "cal-sapm-v2-2025-164");
  assert.deepEqual([match.exactMatch, match.detectorReleaseMatch, match.headerReferenceMatch], [
    false,
    true,
    undefined,
  ]);
  assert.equal(match.headerIdentifiers.get("spectral_wcs"), "u-1");
});

Deno.test("matchCalibration() compares the identifiers that the image names", () => {
  const known = [
    record("spectral_wcs", "QR2", "cal-wcs-v3-2025-101", { archiveIdentifier: "u-3" }),
    record("spectral_wcs", "QR2", "cal-wcs-v4-2025-254", { archiveIdentifier: "u-4" }),
  ];
  const need = { detector: 3, release: "QR2", products: ["spectral_wcs"] } as const;
  const exact = matchCalibration(known, { ...need, headerIdentifiers: new Map([["spectral_wcs", "u-3"]]) });
  assert.deepEqual([exact.quality, exact.exactMatch, exact.headerReferenceMatch], [
    "exact_match",
    true,
    true,
  ]);
  assert.equal(exact.chosen.spectral_wcs?.version, "cal-wcs-v3-2025-101");
  const other = matchCalibration(known, { ...need, headerIdentifiers: new Map([["spectral_wcs", "u-9"]]) });
  assert.deepEqual([other.quality, other.headerReferenceMatch], ["header_reference_mismatch", false]);
  assert.equal(other.chosen.spectral_wcs?.version, "cal-wcs-v4-2025-254");
});

Deno.test("matchCalibration() uses another release only when that is allowed", () => {
  const need = { detector: 3, release: "QR3" } as const;
  const strict = matchCalibration(RECORDS, need);
  assert.equal(strict.quality, "detector_release_mismatch");
  assert.deepEqual(strict.missing, ["solid_angle_pixel_map"]);
  assert.equal(strict.detectorReleaseMatch, false);
  const allowed = matchCalibration(RECORDS, { ...need, allowOtherRelease: true });
  assert.deepEqual(allowed.missing, []);
  assert.equal(allowed.quality, "detector_release_mismatch");
  assert.equal(allowed.chosen.solid_angle_pixel_map?.release, "QR2");
  const none = matchCalibration(RECORDS, { detector: 4, release: "QR2", allowOtherRelease: true });
  assert.deepEqual([none.quality, none.missing.length], ["missing", 2]);
});

Deno.test("validateCalibrationFile() passes each product and names what is wrong", async () => {
  const primary = primaryHdu(Header.of([["DETECTOR", 3], ["VERSION", "6.4"]]));
  const spectral = syntheticMaps({ CWAVE: wavelengthAt, CBAND: bandwidthAt });
  const solidAngle = syntheticMaps({ IMAGE: () => 37.9 }, 3, 100);
  const cube = encodeFits([primary, cubeHdu("PSF-DATA-CUBE", false)]);
  const table = encodeFits([primary, epsfHdu()]);
  const passing: [Uint8Array, string][] = [
    [spectral, "spectral_wcs"],
    [solidAngle, "solid_angle_pixel_map"],
    [cube, "average_psf"],
    [table, "epsf"],
    [syntheticMaps({ X: () => 0.97 }, 3, 100), "l3_flux_corrections"],
    [solidAngle, "abs_gain_matrix"],
  ];
  for (const [bytes, product] of passing) {
    const { status, reason } = await validateCalibrationFile(memorySource(bytes), product, 3);
    assert.deepEqual([status, reason], ["passed", undefined], product);
  }
  const failing: [Uint8Array, string, RegExp][] = [
    [solidAngle, "spectral_wcs", /CWAVE/],
    [spectral.subarray(0, spectral.length - 9000), "spectral_wcs", /truncated/],
    [syntheticMaps({ CWAVE: () => NaN, CBAND: bandwidthAt }, 3, 100), "spectral_wcs", /median is NaN/],
    [syntheticMaps({ CWAVE: () => 4.1, CBAND: bandwidthAt }, 3, 100), "spectral_wcs", /4.1.*1.63 to 2.41/],
    [syntheticMaps({ IMAGE: () => -1 }, 3, 100), "solid_angle_pixel_map", /median is -1/],
    [syntheticMaps({ IMAGE: () => 37.9 }, 2, 100), "solid_angle_pixel_map", /detector 2, expected 3/],
    [table, "average_psf", /as average_psf/],
    [solidAngle, "epsf", /PSF/],
    [encodeFits([primary, cubeHdu("PSF-DATA-CUBE", false, 0)]), "average_psf", /sum to 0/],
    [new TextEncoder().encode("<html>not here</html>"), "epsf", /web page: "not here"/],
  ];
  for (const [bytes, product, expectedReason] of failing) {
    const { status, reason } = await validateCalibrationFile(memorySource(bytes), product, 3);
    assert.equal(status, "failed", product);
    assert.match(reason!, expectedReason);
  }
});
