import assert from "node:assert/strict";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { imageHdu } from "../../lib/fits/encode_fits.ts";
import { Header } from "../../lib/fits/header.ts";
import { openFileSource } from "../../lib/files/file_source.ts";
import { decodedSamples } from "../../lib/psf/psf_samples.ts";
import { CalibrationCache } from "../../lib/spherex/calibration_cache.ts";
import { HeadBuffers } from "../../lib/spherex/head_source.ts";
import { openDetectorMap, openSpectralMaps } from "../../lib/spherex/calibration_file.ts";
import { readCutoutPixels } from "../../lib/spherex/cutout_pixels.ts";
import { type Level2File, openLevel2 } from "../../lib/spherex/level2_file.ts";
import { PixelMemory } from "../../lib/spherex/pixel_memory.ts";
import {
  bandwidthAt,
  REAL_ORIGIN,
  syntheticLevel2,
  syntheticMaps,
  type SyntheticOptions,
  wavelengthAt,
  zoneMark,
} from "./synthetic_level2.ts";

const spectral = await openSpectralMaps(
  memorySource(syntheticMaps({ CWAVE: wavelengthAt, CBAND: bandwidthAt })),
  3,
);
const solidAngleAt = (x: number, y: number): number => 37 + x / 4096 + y / 8192;
const solidAngle = await openDetectorMap(memorySource(syntheticMaps({ IMAGE: solidAngleAt })), 3);
const calibration = { spectral, solidAngle };

function near(actual: number, wanted: number, tolerance: number, what: string): void {
  assert(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual}, expected ${wanted}`);
}

async function open(options: SyntheticOptions = {}): Promise<Level2File> {
  return await openLevel2(memorySource(syntheticLevel2(options)));
}

Deno.test("readCutoutPixels() gives every plane at the same pixels, maps at their parent pixels", async () => {
  using level2 = await open({ width: 13, height: 9 });
  const pixels = await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(6.25, 3.5));
  assert.deepEqual([pixels.width, pixels.height], [13, 9]);
  near(pixels.targetX, 6.25, 1e-8, "target x");
  near(pixels.targetY, 3.5, 1e-8, "target y");
  near(pixels.detectorX, REAL_ORIGIN.x + 6.25, 1e-8, "detector x");
  near(pixels.detectorY, REAL_ORIGIN.y + 3.5, 1e-8, "detector y");
  for (let y = 0, i = 0; y < 9; y++) {
    for (let x = 0; x < 13; x++, i++) {
      const [X, Y] = [REAL_ORIGIN.x + x, REAL_ORIGIN.y + y];
      assert.equal(pixels.imageMJySr[i], 100 * y + x);
      assert.equal(pixels.varianceMJy2Sr2[i], Math.fround(0.01 * (1 + x + y)));
      assert.equal(pixels.solidAngleArcsec2[i], Math.fround(solidAngleAt(X, Y)));
      assert.equal(pixels.wavelengthMicron[i], Math.fround(wavelengthAt(X, Y)));
      assert.equal(pixels.bandwidthMicron[i], Math.fround(bandwidthAt(X, Y)));
    }
  }
  assert.deepEqual(pixels.initialFlags, []);
  assert.equal(pixels.detectorCoordinateMethod, "crpix1a");
});

Deno.test("readCutoutPixels() takes the zones around the target, of either release", async () => {
  for (const [psf, version] of [["cube", "6.5.7"], ["cube-erratum", "6.2.1"], ["table", "7.0.5"]] as const) {
    using level2 = await open({ psf, version });
    const target = level2.celestial.pixelToSky(5, 5);
    const nearest = await readCutoutPixels(level2, calibration, target, { zoneMode: "nearest" });
    // Parent pixel (1297, 868) lies in zone x 2 of 4, zone y 1 of 3.
    assert.equal(nearest.zoneIndex, 6);
    assert.deepEqual([nearest.zoneCenterX, nearest.zoneCenterY], [1274.5, 1019.5]);
    const plane = decodedSamples(nearest.psf!.planes[0]!.samples);
    assert.equal(plane[(plane.length - 1) / 2], zoneMark(2, 1), psf);
    const blend = await readCutoutPixels(level2, calibration, target);
    assert.equal(blend.psf!.planes.length, 4);
    near(blend.psf!.planes.reduce((sum, { weight }) => sum + weight, 0), 1, 1e-12, "shares");
    assert.equal(blend.zoneIndex, 6);
  }
});

Deno.test("readCutoutPixels() leaves nothing of a cutout in memory that the next one uses again", async () => {
  const memory = new PixelMemory();
  // The first three have as many pixels as each other, in another shape; all but the first have few rows of bandwidths.
  const cutouts = [
    { size: { width: 13, height: 9 }, x: 6, radius: 20 },
    { size: { width: 9, height: 13 }, x: 4, radius: 2 },
    { size: { width: 13, height: 9 }, x: 11, radius: 1 },
    { size: { width: 8, height: 8 }, x: 3, radius: 3 },
  ];
  let last: Float32Array | undefined;
  for (const { size, x, radius } of cutouts) {
    using level2 = await open(size);
    const target = level2.celestial.pixelToSky(x, 4);
    const options = { bandwidthRadiusPixels: radius };
    const fresh = await readCutoutPixels(level2, calibration, target, options);
    const again = await readCutoutPixels(level2, calibration, target, { ...options, memory });
    assert.deepEqual(again, fresh);
    assert.notEqual(again.imageMJySr, fresh.imageMJySr);
    if (size.width * size.height === last?.length) assert.equal(again.imageMJySr, last);
    last = again.imageMJySr;
  }
});

Deno.test("readCutoutPixels() reads a square around the target of a large file, equal to the same part of the whole", async () => {
  using level2 = await open({ width: 150, height: 90 });
  for (const [x, y] of [[75.5, 40], [2, 88], [149, 0.4]] as const) {
    const target = level2.celestial.pixelToSky(x, y);
    const part = await readCutoutPixels(level2, calibration, target, { maxSizePixels: 31 });
    const whole = await readCutoutPixels(level2, calibration, target, { maxSizePixels: 1000 });
    assert.deepEqual([part.width, part.height, whole.width, whole.height], [31, 31, 150, 90]);
    const { x0, y0 } = part.section;
    near(part.targetX + x0, x, 1e-7, "target x");
    near(part.targetY + y0, y, 1e-7, "target y");
    assert(part.targetX > -0.5 && part.targetX < 30.5 && part.targetY > -0.5 && part.targetY < 30.5);
    near(part.detectorX, whole.detectorX, 1e-12, "detector x");
    for (let row = 0; row < 31; row++) {
      for (let column = 0; column < 31; column++) {
        const [i, j] = [row * 31 + column, (row + y0) * 150 + column + x0];
        assert.equal(part.imageMJySr[i], whole.imageMJySr[j]);
        assert.equal(part.flags[i], whole.flags[j]);
        assert.equal(part.solidAngleArcsec2[i], whole.solidAngleArcsec2[j]);
        assert.equal(part.wavelengthMicron[i], whole.wavelengthMicron[j]);
      }
    }
  }
});

Deno.test("readCutoutPixels() flags what stands in for missing calibrations", async () => {
  using level2 = await open();
  const target = level2.celestial.pixelToSky(5, 5);
  const pixels = await readCutoutPixels(level2, {}, target);
  assert.deepEqual(pixels.initialFlags, ["SOLID_ANGLE_FROM_WCS", "CALIBRATION_MISSING"]);
  near(pixels.solidAngleArcsec2[65]!, level2.celestial.pixelSolidAngleArcsec2(5, 5), 1e-5, "solid angle");
  near(pixels.wavelengthMicron[65]!, wavelengthAt(1297, 868), 1e-6, "wavelength");
  const mismatch = await readCutoutPixels(level2, { ...calibration, isMismatch: true }, target);
  assert.deepEqual(mismatch.initialFlags, ["CALIBRATION_VERSION_MISMATCH"]);
});

Deno.test("readCutoutPixels() does not look up detector maps for a cutout of unknown place", async () => {
  using level2 = await open({ changeHeader: (header) => header.remove("CRPIX1A") });
  const pixels = await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(5, 5));
  assert.equal(pixels.detectorCoordinateMethod, "cutout");
  assert.deepEqual(pixels.initialFlags, [
    "SOLID_ANGLE_FROM_WCS",
    "CALIBRATION_MISSING",
    "PSF_COORDINATE_UNCERTAIN",
  ]);
});

Deno.test("readCutoutPixels() never takes a plane of a PSF whose zones cannot be told", async () => {
  const cube = imageHdu(
    "PSF",
    new Float32Array(21 * 21 * 12).fill(1),
    [21, 21, 12],
    Header.of([["OVERSAMP", 10]]),
  );
  using level2 = await open({ replace: { PSF: cube } });
  const pixels = await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(5, 5));
  assert.equal(pixels.psf, null);
  assert.deepEqual(pixels.initialFlags, ["PSF_COORDINATE_UNCERTAIN"]);
});

Deno.test("files read at once through shared memory give the same pixels as one after the other", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const paths = [0, 1, 2, 3].map((n) => `${directory}/cutout${n}.fits`);
    for (const [n, path] of paths.entries()) {
      const options: SyntheticOptions = { originX: 100 + 430 * n, originY: 200 + 300 * n, width: 14 + n };
      await Deno.writeFile(
        path,
        syntheticLevel2(n % 2 === 0 ? options : { ...options, psf: "table", version: "7.0.5" }),
      );
    }
    await Deno.writeFile(
      `${directory}/spectral.fits`,
      syntheticMaps({ CWAVE: wavelengthAt, CBAND: bandwidthAt }, 3, 1600),
    );
    await Deno.writeFile(`${directory}/solid.fits`, syntheticMaps({ IMAGE: solidAngleAt }, 3, 1600));
    using cache = new CalibrationCache({ openSource: openFileSource });
    const headBuffers = new HeadBuffers();
    const measure = async (path: string) => {
      using source = openFileSource(path);
      using level2 = await openLevel2(source, { headBuffers, psfCache: cache.psfCache });
      const maps = {
        spectral: await cache.spectralMaps(`${directory}/spectral.fits`),
        solidAngle: await cache.detectorMap(`${directory}/solid.fits`),
      };
      return await readCutoutPixels(level2, maps, level2.celestial.pixelToSky(7, 6));
    };
    const single = [];
    for (const path of paths) {
      using level2 = await openLevel2(memorySource(await Deno.readFile(path)));
      single.push(await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(7, 6)));
    }
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await Promise.all(paths.map(measure)), single);
      for (const [n, path] of paths.entries()) assert.deepEqual(await measure(path), single[n]);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("readCutoutPixels() reads bandwidths in the rows that are asked for, and NaN in the others", async () => {
  using level2 = await open({});
  for (const y of [-30, 0, 5.4, level2.height - 1, level2.height + 40]) {
    const target = level2.celestial.pixelToSky(5, y);
    const whole = await readCutoutPixels(level2, calibration, target);
    const part = await readCutoutPixels(level2, calibration, target, { bandwidthRadiusPixels: 2 });
    assert.deepEqual({ ...part, bandwidthMicron: whole.bandwidthMicron }, whole);
    for (const [i, value] of part.bandwidthMicron.entries()) {
      const distance = Math.abs(Math.floor(i / part.width) - y);
      if (distance <= 2) assert.equal(value, whole.bandwidthMicron[i]);
      if (distance > 3.1 && y >= 0 && y < level2.height) assert(Number.isNaN(value));
    }
  }
});

Deno.test("readCutoutPixels() leaves NaN and no PSF for what a QR1 file does not have", async () => {
  using level2 = await open({ without: ["FLAGS", "VARIANCE", "ZODI", "PSF"], version: "6.2.1" });
  const pixels = await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(5, 5));
  assert(pixels.varianceMJy2Sr2.every(Number.isNaN));
  assert(pixels.flags.every((word) => word === 0));
  assert.equal(pixels.psf, null);
  assert.equal(pixels.zoneIndex, -1);
  assert.deepEqual(pixels.initialFlags, ["PSF_MISSING"]);
});

Deno.test("readCutoutPixels() takes the PSF of a calibration product where it is asked to or must", async () => {
  using table = await open({ psf: "table", version: "7.0.5" });
  const product = (await table.psf())!;
  using bare = await open({ psf: "none" });
  using own = await open();
  const target = own.celestial.pixelToSky(5, 5);
  const kindOf = async (level2: Level2File, psfSource: "auto" | "file" | "calibration") =>
    (await readCutoutPixels(level2, { ...calibration, psf: product }, target, { psfSource })).psf?.kind;
  assert.equal(await kindOf(own, "auto"), "oversampled");
  assert.equal(await kindOf(own, "calibration"), "effective");
  assert.equal(await kindOf(bare, "auto"), "effective");
  assert.equal(await kindOf(bare, "file"), undefined);
});

Deno.test("readCutoutPixels() brings fluxes of QR2 to the scale of QR3 when asked, never those of QR3", async () => {
  const factorAt = (x: number): number => x === REAL_ORIGIN.x + 3 ? 40 : 0.75;
  const fluxCorrection = await openDetectorMap(memorySource(syntheticMaps({ IMAGE: factorAt })));
  for (const [version, psf, factor] of [["6.5.7", "cube", 0.75], ["7.0.5", "table", 1]] as const) {
    using level2 = await open({ version, psf });
    const target = level2.celestial.pixelToSky(5, 5);
    const pixels = await readCutoutPixels(level2, { ...calibration, fluxCorrection }, target);
    for (const x of [2, 3, 4]) {
      near(pixels.imageMJySr[12 * 6 + x]!, factor * (600 + x), 1e-4, `image of ${version} at ${x}`);
      near(
        pixels.varianceMJy2Sr2[12 * 6 + x]!,
        factor ** 2 * 0.01 * (7 + x),
        1e-7,
        `variance of ${version} at ${x}`,
      );
    }
  }
});

Deno.test("readCutoutPixels() keeps the numbers of a target outside of the cutout", async () => {
  using level2 = await open();
  const pixels = await readCutoutPixels(level2, calibration, level2.celestial.pixelToSky(-40, 5));
  near(pixels.targetX, -40, 1e-6, "target x");
  assert.equal(pixels.imageMJySr[0], 0);
  const farSide = await readCutoutPixels(level2, calibration, {
    rightAscensionDeg: 190,
    declinationDeg: -41,
  });
  assert(Number.isNaN(farSide.targetX));
  assert.equal(farSide.psf, null);
});

Deno.test("readCutoutPixels() throws for a file without celestial coordinates", async () => {
  using level2 = await open({ changeHeader: (header) => header.set("CRVAL1", "NaN") });
  await assert.rejects(readCutoutPixels(level2, calibration, { rightAscensionDeg: 10, declinationDeg: 41 }), {
    code: "wcs/invalid-keyword",
  });
});
