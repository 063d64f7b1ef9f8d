import assert from "node:assert/strict";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { verifyChecksums } from "../../lib/fits/checksum.ts";
import { type FitsFile, openFits } from "../../lib/fits/fits_file.ts";
import { readImageSection } from "../../lib/fits/read_image.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import type { ByteSource } from "../../lib/fits/byte_source.ts";
import { parseCelestialWcs } from "../../lib/wcs/celestial_wcs.ts";
import { parseLinearWcs } from "../../lib/wcs/linear_wcs.ts";
import { Level2Writer } from "../../lib/simulator/level2_writer.ts";
import { Simulation } from "../../lib/simulator/simulation.ts";
import type { CoveringImage } from "../../lib/simulator/survey.ts";
import type { VirtualFile } from "../../lib/simulator/virtual_file.ts";

const RA = 68.0516625;
const DEC = -5.3776417;
const simulation = new Simulation({
  seed: 3,
  targets: [{ name: "A", rightAscensionDeg: RA, declinationDeg: DEC }],
  visitsPerDetector: 12,
});
const writer = new Level2Writer(simulation);
const covering = simulation.survey.imagesCovering(RA, DEC);

function find(release: "QR2" | "QR3", detector: number): CoveringImage {
  return covering.find(({ image, x, y }) =>
    image.exposure.visit.release === release && image.detector === detector &&
    Math.min(x, y) > 20 && Math.max(x, y) < 2019
  )!;
}

function windowAround({ x, y }: CoveringImage, size = 30) {
  return { x0: Math.floor(x + 1 - size / 2), y0: Math.floor(y + 1 - size / 2), width: size, height: size };
}

function sourceOf(file: VirtualFile): ByteSource {
  return { byteLength: file.byteLength, read: (offset, length) => file.read(offset, length) };
}

async function hduNames(fits: FitsFile): Promise<string[]> {
  return (await fits.hdus()).map(({ name }) => name);
}

Deno.test("cutout() of QR2 has the HDUs, header blocks and length of the real service's files", async () => {
  const place = find("QR2", 2);
  const bytes = writer.cutout(place.image, windowAround(place)).read();
  // Facts: 2880 + four headers and planes + the PSF's 43,200 and 4,939,200 + 5760; this IMAGE header has eight blocks.
  assert.equal(bytes.byteLength, 5_071_680 + 2880);
  const fits = await openFits(memorySource(bytes));
  assert.deepEqual(await hduNames(fits), [
    "PRIMARY",
    "IMAGE",
    "FLAGS",
    "VARIANCE",
    "ZODI",
    "PSF",
    "WCS-WAVE",
  ]);
  assert.equal((await fits.hdu("PSF")).dataOffset, 126_720 + 2880);
  const primary = (await fits.hdu(0)).header;
  assert.equal(primary.cards.length, 5);
  assert.equal(primary.getString("VERSION"), place.image.exposure.visit.pipelineVersion);
  const header = (await fits.hdu("IMAGE")).header;
  assert.deepEqual(header.problems().filter(({ keyword }) => keyword !== "EXTTYPE"), []);
  assert.equal(header.getString("OBSID"), place.image.exposure.observationId);
  assert.equal(header.getNumber("DETECTOR"), 2);
  assert.equal(header.getNumber("CRPIX1")! - header.getNumber("CRPIX1A")!, 1019.5);
  assert.equal(header.getNumber("CRPIX2W"), header.getNumber("CRPIX2A"));
  assert.equal(header.history().filter((line) => line.startsWith("[CALIB] ")).length, 13);
  assert.equal((await fits.hdu("FLAGS")).header.getNumber("MP_SOURCE"), 21);
});

Deno.test("cutout() of QR3 has an EPSF table, plain FLAGS with MSKN names and VERSION 7", async () => {
  const place = find("QR3", 3);
  const fits = await openFits(memorySource(writer.cutout(place.image, windowAround(place)).read()));
  assert.deepEqual(await hduNames(fits), [
    "PRIMARY",
    "IMAGE",
    "FLAGS",
    "VARIANCE",
    "ZODI",
    "EPSF",
    "WCS-WAVE",
  ]);
  assert.equal((await fits.hdu(0)).header.getString("VERSION"), "7.0.5");
  const flags = await fits.hdu("FLAGS");
  assert.equal(flags.kind, "image");
  assert.equal(flags.header.getString("MSKN0021")?.trim(), "SOURCE");
  const table = await readTable(await fits.hdu("EPSF"), { firstRow: 12, rowCount: 1 });
  assert.equal(table.rowCount, 1);
  const column = table.column("BINY");
  assert(
    column.kind === "number" && Number(column.data[0]) === 1,
    "x is fast: row 12 is zone (1, 1) of 11 columns",
  );
});

Deno.test("cutout() has coordinates that put the target where the truth says", async () => {
  for (const release of ["QR2", "QR3"] as const) {
    for (let detector = 1; detector <= 6; detector++) {
      const place = find(release, detector);
      const fits = await openFits(memorySource(writer.cutout(place.image, windowAround(place)).read()));
      const header = (await fits.hdu("IMAGE")).header;
      const { x, y } = parseCelestialWcs(header).skyToPixel(RA, DEC);
      const detectorPixel = parseLinearWcs(header, "A").pixelToWorld(x, y);
      assert(
        Math.abs(detectorPixel.x - place.x) < 1e-8,
        `D${detector}: ${detectorPixel.x} against ${place.x}`,
      );
      assert(Math.abs(detectorPixel.y - place.y) < 1e-8);
      for (const plane of ["FLAGS", "VARIANCE", "ZODI"]) {
        const other = parseCelestialWcs((await fits.hdu(plane)).header).skyToPixel(RA, DEC);
        assert(Math.hypot(other.x - x, other.y - y) < 1e-12, plane);
      }
    }
  }
});

Deno.test("parent() and cutout() hold the same pixels, compressed FLAGS too", async () => {
  for (const [release, detector] of [["QR2", 4], ["QR3", 1]] as const) {
    const place = find(release, detector);
    const window = windowAround(place);
    const cutout = await openFits(memorySource(writer.cutout(place.image, window).read()));
    const parent = await openFits(sourceOf(writer.parent(place.image)));
    assert.equal((await parent.hdu("FLAGS")).kind, release === "QR3" ? "compressed-image" : "image");
    for (const name of ["IMAGE", "FLAGS", "VARIANCE", "ZODI"]) {
      const section = { ...window, x0: window.x0, y0: window.y0 };
      const whole = await readImageSection(await parent.hdu(name), section);
      const part = await readImageSection(await cutout.hdu(name), { ...window, x0: 0, y0: 0 });
      assert.deepEqual(Array.from(whole.data as Float32Array), Array.from(part.data as Float32Array), name);
    }
  }
});

Deno.test("parent() reads equal bytes however it is cut into ranges", () => {
  const { image } = find("QR3", 2);
  const file = writer.parent(image);
  const start = file.byteLength - 4_700_000 - 16_640_000;
  const whole = file.read(start, 40_000);
  for (const step of [1, 13, 8159, 8161]) {
    for (const at of [0, 7000, 15_000]) {
      assert.deepEqual(file.read(start + at, step), whole.subarray(at, at + step));
    }
  }
});

Deno.test("parent() of QR2 has the layout of the real files: planes without padding, 71,637,120 bytes", async () => {
  const { image } = find("QR2", 6);
  const file = writer.parent(image);
  assert.equal(file.byteLength, 71_637_120);
  const fits = await openFits(sourceOf(file));
  const plane = await fits.hdu("VARIANCE");
  assert.equal(plane.dataByteLength, 16_646_400);
  assert.equal((await fits.hdu("ZODI")).headerOffset, plane.dataOffset + plane.dataByteLength);
});

Deno.test("cutout() writes the zone centres transposed for versions before 6.5.6 without the fix, and only for those", async () => {
  const seen = new Set<string>();
  for (const { image } of covering) {
    const { pipelineVersion, release } = image.exposure.visit;
    if (release === "QR3" || seen.has(pipelineVersion)) continue;
    seen.add(pipelineVersion);
    const fits = await openFits(
      memorySource(writer.cutout(image, { x0: 0, y0: 0, width: 4, height: 4 }).read()),
    );
    const { header } = await fits.hdu("PSF");
    const isTransposed = ["6.4", "6.5.4"].includes(pipelineVersion);
    const first = header.getNumber("XCTR_1")!;
    assert.equal(header.getNumber("XCTR_2") === first, isTransposed, pipelineVersion);
    assert.equal(header.getNumber("YCTR_2") === first, !isTransposed, pipelineVersion);
    assert.equal(header.comment("XCTR_2"), `Center of x zone (${isTransposed ? "0, 1" : "1, 0"})`);
  }
  assert(seen.size >= 4, [...seen].join());
});

Deno.test("cutout() carries checksums when asked to, and they are right", async () => {
  const place = find("QR2", 1);
  const checked = new Level2Writer(simulation, true).cutout(place.image, windowAround(place)).read();
  const plain = writer.cutout(place.image, windowAround(place)).read();
  assert.equal(checked.byteLength, plain.byteLength);
  const fits = await openFits(memorySource(checked));
  for (const name of ["IMAGE", "FLAGS", "VARIANCE", "ZODI"]) {
    assert.deepEqual(await verifyChecksums(await fits.hdu(name)), {
      datasum: "correct",
      checksum: "correct",
    });
  }
  const unchecked = await openFits(memorySource(plain));
  assert.equal((await verifyChecksums(await unchecked.hdu("IMAGE"))).datasum, "absent");
});
