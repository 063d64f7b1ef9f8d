import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openFileSource } from "../../lib/files/file_source.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { median } from "../../lib/math/robust_statistics.ts";
import { binTableHdu } from "../../lib/fits/encode_table.ts";
import { imageHdu } from "../../lib/fits/encode_fits.ts";
import { openLevel2 } from "../../lib/spherex/level2_file.ts";
import { bandwidthAt, REAL_IMAGE_HEADER, syntheticLevel2, wavelengthAt } from "./synthetic_level2.ts";

const cutouts = new URL("../fixtures/spherex-cutouts-ngc6888/", import.meta.url);
const expectedRows = (await Deno.readTextFile(new URL("astropy_expected.csv", cutouts))).trim().split(
  /\r?\n/,
);
const columns = expectedRows[0]!.split(",");
const expected = expectedRows.slice(1).map((line) =>
  Object.fromEntries(line.split(",").map((cell, index) => [columns[index]!, cell]))
);

function near(actual: number, wanted: number, tolerance: number, what: string): void {
  assert(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual}, expected ${wanted} within ${tolerance}`,
  );
}

Deno.test("openLevel2() places the pixels of 20 real QR1 cutouts as astropy does", async () => {
  assert.equal(expected.length, 20);
  for (const row of expected) {
    using source = openFileSource(new URL(row["file"]!, cutouts).pathname);
    using level2 = await openLevel2(source);
    assert.equal(level2.detector, Number(row["detector"]));
    assert.equal(level2.observationId, row["obsid"]);
    assert.equal(level2.release, "QR1");
    const spectral = await level2.spectral();
    for (const n of [1, 2]) {
      const value = (name: string) => Number(row[`${name}_${n}`]);
      const [x, y] = [value("x"), value("y")];
      const sky = level2.celestial.pixelToSky(x, y);
      near(sky.rightAscensionDeg, value("ra_deg"), 1e-9, `${row["file"]} RA`);
      near(sky.declinationDeg, value("dec_deg"), 1e-9, `${row["file"]} Dec`);
      const spectralValue = spectral!.valueAt(x, y);
      near(spectralValue.wavelengthMicron, value("wavelength_um"), 1e-9, `${row["file"]} wavelength`);
      near(spectralValue.bandwidthMicron, value("bandwidth_um"), 1e-9, `${row["file"]} bandwidth`);
      assert.deepEqual(level2.parentPixel(x, y), { x: value("detector_x"), y: value("detector_y") });
    }
  }
});

Deno.test("openLevel2() reads the golden D4 cutout: pixels, version, exposure, calibrations", async () => {
  const name = "NGC6888_cutout_level2_2025W18_2B_0201_3D4_spx_l2b-v12-2025-164.fits";
  using source = openFileSource(new URL(name, cutouts).pathname);
  using level2 = await openLevel2(source);
  assert.equal(level2.version, "6.2.1");
  assert.deepEqual([level2.width, level2.height], [6, 6]);
  assert.deepEqual([level2.originX, level2.originY], [692, 1404]);
  assert.equal(level2.mjdAverage, 60797.823790067);
  assert.equal(level2.exposureSeconds, 113.5826);
  near(level2.psfFwhmArcsec, 6.02307, 1e-4, "PSF_FWHM");
  near(level2.celestial.pixelSolidAngleArcsec2(2.5, 2.5), level2.medianSolidAngleArcsec2, 0.6, "solid angle");
  assert.equal(level2.calibrationIdentifiers().get("spectral_wcs"), "1303e33f-8b3c-460d-a2d2-042d176e0a8b");
  const { image, variance, flags, zodi } = await level2.readPlanes();
  near(Math.min(...image), 0.400465, 1e-6, "smallest pixel");
  near(Math.max(...image), 2.1658194, 1e-6, "largest pixel");
  assert.deepEqual([variance, flags, zodi], [undefined, undefined, undefined]);
  assert.equal(await level2.psf(), undefined);
});

Deno.test("the coordinates of a real header give the solid angles that the header states, for every detector", async () => {
  const seen = new Set<number>();
  for (const { file } of expected) {
    using source = openFileSource(new URL(file!, cutouts).pathname);
    using level2 = await openLevel2(source);
    if (seen.has(level2.detector!)) continue;
    seen.add(level2.detector!);
    const angles: number[] = [];
    for (let y = 8; y < 2040; y += 24) {
      for (let x = 8; x < 2040; x += 24) {
        angles.push(level2.celestial.pixelSolidAngleArcsec2(x - level2.originX, y - level2.originY));
      }
    }
    const relative = median(angles) / level2.medianSolidAngleArcsec2;
    near(relative, 1, 6e-5, `median solid angle of detector ${level2.detector}`);
  }
  assert.equal(seen.size, 6);
});

Deno.test("openLevel2() finds M31 in the middle of the real QR2 header's cutout", async () => {
  using level2 = await openLevel2(memorySource(syntheticLevel2({ width: 117, height: 117 })));
  const { rightAscensionDeg, declinationDeg } = level2.celestial.pixelToSky(58, 58);
  near(rightAscensionDeg, 10.684793, 2 / 3600, "RA of the nucleus");
  near(declinationDeg, 41.269065, 2 / 3600, "Dec of the nucleus");
  assert.equal(level2.detector, 3);
  assert.equal(level2.release, "QR2");
  assert.deepEqual(level2.parentPixel(2.25, 3.5), { x: 1294.25, y: 866.5 });
  assert.equal(level2.calibrationIdentifiers().get("average_psf"), "5ee7f8cd-ca95-4209-bfc4-e8045100dd54");
  assert.equal(level2.calibrationIdentifiers().size, 11);
});

Deno.test("readPlanes() gives sections equal to the same part of the whole, plain and RICE-compressed", async () => {
  for (const isRice of [false, true]) {
    using level2 = await openLevel2(memorySource(syntheticLevel2({ isRice, width: 15, height: 11 })));
    const whole = await level2.readPlanes(undefined, { zodi: true });
    assert.equal(whole.zodi?.[0], 0.25);
    assert.equal(whole.flags?.[7], 2 ** 21);
    const section = { x0: 4, y0: 3, width: 5, height: 6 };
    const part = await level2.readPlanes(section);
    assert.equal(part.zodi, undefined);
    for (let y = 0; y < section.height; y++) {
      for (let x = 0; x < section.width; x++) {
        const [i, j] = [y * section.width + x, (y + section.y0) * 15 + x + section.x0];
        assert.equal(part.image[i], whole.image[j]);
        assert.equal(part.image[i], 100 * (y + 3) + x + 4);
        assert.equal(part.variance![i], whole.variance![j]);
        assert.equal(part.flags![i], whole.flags![j]);
      }
    }
    await assert.rejects(level2.readPlanes({ x0: 11, y0: 0, width: 5, height: 1 }), RangeError);
  }
});

Deno.test("spectral() interpolates the table of the file, without distortion, also in SPIFF's cutouts", async () => {
  using level2 = await openLevel2(memorySource(syntheticLevel2()));
  const value = (await level2.spectral())!.valueAt(5, 7);
  near(value.wavelengthMicron, wavelengthAt(1297, 870), 1e-7, "wavelength");
  near(value.bandwidthMicron, bandwidthAt(1297, 870), 1e-8, "bandwidth");
  const spiff = syntheticLevel2({
    changeHeader: (header) => {
      header.set("CRPIX1A", 1).set("CRPIX2A", 1).set("CRPIX1W", 1).set("CRPIX2W", 1);
      header.set("SPXORX0", 1292).set("SPXORY0", 863);
    },
  });
  using cut = await openLevel2(memorySource(spiff));
  assert.deepEqual(cut.parentPixel(5, 7), { x: 1297, y: 870 });
  assert.deepEqual((await cut.spectral())!.valueAt(5, 7), value);
});

Deno.test("spectral() follows the real table of QR2's detector 3, whose control points are not evenly spaced", async () => {
  const table = JSON.parse(
    await Deno.readTextFile(new URL("../fixtures/spherex-headers/wcswave_qr2_D3.json", import.meta.url)),
  ) as { x: number[]; y: number[]; wavelength: number[][]; bandwidth: number[][] };
  const values = table.y.flatMap((_, j) =>
    table.x.flatMap((_, i) => [table.wavelength[j]![i]!, table.bandwidth[j]![i]!])
  );
  const column = (name: string, data: Int32Array | Float32Array) =>
    ({ kind: "number", name, data, elementsPerRow: data.length }) as const;
  const hdu = binTableHdu("WCS-WAVE", [
    column("X", Int32Array.from(table.x)),
    column("Y", Int32Array.from(table.y)),
    column("VALUES", Float32Array.from(values)),
  ]);
  const bytes = syntheticLevel2({ originX: 1000, originY: 130, width: 30, replace: { "WCS-WAVE": hdu } });
  using level2 = await openLevel2(memorySource(bytes));
  const spectral = (await level2.spectral())!;
  for (const [j, y] of [[4, 140], [5, 141]] as const) {
    const value = spectral.valueAt(1021 - 1 - 1000, y - 1 - 130);
    near(value.wavelengthMicron, table.wavelength[j]![4]!, 2e-7, `wavelength at row ${y}`);
    near(value.bandwidthMicron, table.bandwidth[j]![4]!, 1e-8, `bandwidth at row ${y}`);
  }
  const between = spectral.valueAt(1021 - 1 - 1000, 139.5 - 130);
  near(
    between.wavelengthMicron,
    (table.wavelength[4]![4]! + table.wavelength[5]![4]!) / 2,
    1e-7,
    "wavelength between",
  );
});

Deno.test("openLevel2() says how the place on the detector is known", async () => {
  using placed = await openLevel2(memorySource(syntheticLevel2()));
  assert.equal(placed.frame.method, "crpix1a");
  const lost = syntheticLevel2({
    changeHeader: (header) => void (header.remove("CRPIX1A"), header.remove("CRPIX2A")),
  });
  using unplaced = await openLevel2(memorySource(lost));
  assert.equal(unplaced.frame.method, "cutout");
  assert.deepEqual(unplaced.parentPixel(3, 4), { x: 3, y: 4 });
});

Deno.test("openLevel2() reads gzip files and refuses what is no spectral image", async () => {
  using packed = await openLevel2(memorySource(gzipSync(syntheticLevel2())));
  assert.equal((await packed.readPlanes()).image[13], 101);
  await assert.rejects(openLevel2(memorySource(new TextEncoder().encode("<html>503</html>"))), {
    code: "fits/not-fits",
  });
  await assert.rejects(openLevel2(memorySource(syntheticLevel2({ without: ["IMAGE"] }))), {
    code: "spherex/not-level2",
  });
});

Deno.test("readPlanes() refuses a plane of another shape", async () => {
  const variance = imageHdu("VARIANCE", new Float32Array(11 * 12), [11, 12]);
  using level2 = await openLevel2(memorySource(syntheticLevel2({ replace: { VARIANCE: variance } })));
  await assert.rejects(level2.readPlanes(), { code: "spherex/bad-plane" });
});

Deno.test("the real QR2 header keeps every card", () => {
  assert.equal(REAL_IMAGE_HEADER.cards.length, 255);
  assert.deepEqual(REAL_IMAGE_HEADER.problems(), []);
  assert.equal(REAL_IMAGE_HEADER.getNumber("L2 N_OUTLIER"), 71926);
  assert.equal(REAL_IMAGE_HEADER.getString("REFCAT.VERSION")?.trim(), "SPHEREx_RefCat_v0.73");
});
