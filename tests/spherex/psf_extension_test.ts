import assert from "node:assert/strict";
import fc from "fast-check";
import { type ByteSource, memorySource } from "../../lib/fits/byte_source.ts";
import { encodeFits, type HduContent, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { Header } from "../../lib/fits/header.ts";
import { decodedSamples, type PsfSamples } from "../../lib/psf/psf_samples.ts";
import { selectZones } from "../../lib/psf/zones.ts";
import { openCalibrationPsf } from "../../lib/spherex/calibration_file.ts";
import { openLevel2 } from "../../lib/spherex/level2_file.ts";
import { PsfCache } from "../../lib/spherex/psf_cache.ts";
import { openPsfOf, type PsfExtension } from "../../lib/spherex/psf_extension.ts";
import { gridOfCube, zoneCenter } from "../../lib/spherex/psf_zones.ts";
import {
  CUBE_SIZE,
  cubeHdu,
  epsfHdu,
  syntheticLevel2,
  TABLE_SIZE,
  zoneCenterOf,
  zoneMark,
  ZONES,
} from "./synthetic_level2.ts";

/** A source that tells what was read of it. */
function recordingSource(bytes: Uint8Array): { source: ByteSource; reads: [number, number][] } {
  const reads: [number, number][] = [];
  const inner = memorySource(bytes);
  return {
    reads,
    source: {
      byteLength: bytes.length,
      read: (offset, length) => {
        reads.push([offset, length]);
        return inner.read(offset, length);
      },
    },
  };
}

async function psfOf(hdus: readonly HduContent[], cache?: PsfCache): Promise<PsfExtension> {
  const fits = await openFits(memorySource(encodeFits([primaryHdu(), ...hdus])));
  return (await openPsfOf(fits, undefined, cache))!;
}

/** The value in the middle of each plane, which names its zone. */
function marks(samples: PsfSamples): number[] {
  return samples.planes.map((plane) => {
    const values = decodedSamples(plane.samples);
    return values[(values.length - 1) / 2]!;
  });
}

async function nearestMark(psf: PsfExtension, x: number, y: number): Promise<number> {
  return marks(await psf.readZones(selectZones(psf.zones.grid, x, y, "nearest")))[0]!;
}

const { columns, rows } = ZONES;

Deno.test("a cube gives the zone of the place, whether or not its header has the erratum", async () => {
  const fixed = await psfOf([cubeHdu("PSF", false)]);
  const transposed = await psfOf([cubeHdu("PSF", true)]);
  for (const psf of [fixed, transposed]) {
    assert.deepEqual([psf.zones.kind, psf.zones.size, psf.zones.oversampling], [
      "oversampled",
      CUBE_SIZE,
      10,
    ]);
    for (let iy = 0; iy < rows; iy++) {
      for (let ix = 0; ix < columns; ix++) {
        const [x, y] = [zoneCenterOf(ix, columns) + 30, zoneCenterOf(iy, rows) - 40];
        assert.equal(await nearestMark(psf, x, y), zoneMark(ix, iy), `zone ${ix}, ${iy}`);
      }
    }
  }
});

Deno.test("gridOfCube() finds the grid of any pairing of the centres", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
    fc.boolean(),
    (nx, ny, exchange) => {
      const x: number[] = [], y: number[] = [];
      for (let plane = 0; plane < nx * ny; plane++) {
        const [ix, iy] = exchange
          ? [Math.floor(plane / ny), plane % ny]
          : [plane % nx, Math.floor(plane / nx)];
        x.push(zoneCenterOf(ix, nx) + 1e-9 * plane);
        y.push(zoneCenterOf(iy, ny));
      }
      const grid = gridOfCube(x, y, nx * ny);
      assert.equal(grid.xCentersPixels.length, nx);
      assert.equal(grid.yCentersPixels.length, ny);
      assert(Math.abs(zoneCenter(grid, nx * ny - 1).x - zoneCenterOf(nx - 1, nx)) < 1e-6);
    },
  ));
});

Deno.test("the real zones of QR2 give IRSA's own answer: zone 112 for pixel 223.174, 2007.353", () => {
  const centers = Array.from({ length: 121 }, (_, plane) => ({
    x: 93.22727273 + 185.45454545 * (plane % 11),
    y: 93.22727273 + 185.45454545 * Math.floor(plane / 11),
  }));
  const grid = gridOfCube(centers.map(({ x }) => x), centers.map(({ y }) => y), 121);
  const [zone] = selectZones(grid, 223.17405285837052, 2007.3529490762662, "nearest");
  assert.equal(zone!.index + 1, 112);
});

Deno.test("an ePSF table gives the zone of the place whatever the order of its rows", async () => {
  const shuffled = [5, 0, 11, 3, 8, 1, 10, 2, 7, 4, 9, 6];
  for (const psf of [await psfOf([epsfHdu()]), await psfOf([epsfHdu(shuffled)])]) {
    assert.deepEqual([psf.zones.kind, psf.zones.size, psf.zones.oversampling], ["effective", TABLE_SIZE, 5]);
    for (let zone = 0; zone < columns * rows; zone++) {
      const [ix, iy] = [zone % columns, Math.floor(zone / columns)];
      assert.equal(
        await nearestMark(psf, zoneCenterOf(ix, columns), zoneCenterOf(iy, rows)),
        zoneMark(ix, iy),
      );
    }
  }
});

Deno.test("one cache serves ePSF tables with the same header and rows in another order", async () => {
  const cache = new PsfCache();
  const orders = [[...Array(12).keys()], [...Array(12).keys()].reverse()];
  for (const order of [...orders, ...orders]) {
    const psf = await psfOf([epsfHdu(order)], cache);
    assert.equal(await nearestMark(psf, zoneCenterOf(2, columns), zoneCenterOf(1, rows)), zoneMark(2, 1));
  }
});

Deno.test("an ePSF table with equal header and ends but exchanged rows between is refused, not misread", async () => {
  const cache = new PsfCache();
  await psfOf([epsfHdu()], cache);
  const psf = await psfOf([epsfHdu([0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11])], cache);
  await assert.rejects(nearestMark(psf, zoneCenterOf(1, columns), zoneCenterOf(0, rows)), {
    code: "spherex/bad-psf",
  });
});

Deno.test("readZones() reads four zones with the shares asked for, from files with either header alike", async () => {
  const cache = new PsfCache();
  const [first, second] = [
    await psfOf([cubeHdu("PSF", false)], cache),
    await psfOf([cubeHdu("PSF", true)], cache),
  ];
  const shares = selectZones(
    first.zones.grid,
    zoneCenterOf(1, columns) + 51,
    zoneCenterOf(0, rows) + 68,
    "bilinear",
  );
  const [a, b] = [await first.readZones(shares), await second.readZones(shares)];
  assert.equal(a.planes.length, 4);
  assert(Math.abs(a.planes.reduce((sum, plane) => sum + plane.weight, 0) - 1) < 1e-12);
  assert.deepEqual(marks(a).sort(), [zoneMark(1, 0), zoneMark(2, 0), zoneMark(1, 1), zoneMark(2, 1)].sort());
  assert.deepEqual(marks(a), marks(b));
});

Deno.test("PsfCache never makes a file's samples those of another, whose header is the same", async () => {
  for (const reusesMemory of [false, true]) {
    const cache = new PsfCache({ reusesMemory });
    const psfs = [
      await psfOf([cubeHdu("PSF", false)], cache),
      await psfOf([cubeHdu("PSF", false, 2)], cache),
    ];
    for (const [index, psf] of [...psfs, ...psfs].entries()) {
      assert.equal(await nearestMark(psf, 0, 0), zoneMark(0, 0) * (index % 2 === 0 ? 1 : 2));
    }
  }
});

Deno.test("only the planes and rows of the zones asked for are read", async () => {
  for (const psfKind of ["cube", "table"] as const) {
    const bytes = syntheticLevel2({ psf: psfKind, version: psfKind === "table" ? "7.0.5" : "6.5.7" });
    const { source, reads } = recordingSource(bytes);
    const fits = await openFits(source);
    const cache = new PsfCache();
    await openPsfOf(fits, undefined, cache);
    reads.length = 0;
    const psf = (await openPsfOf(fits, undefined, cache))!;
    await psf.readZones([{ index: 6, weight: 1 }]);
    const total = reads.reduce((sum, [, length]) => sum + length, 0);
    const headerBytes = 5760;
    const zoneBytes = psfKind === "table" ? 8 * TABLE_SIZE ** 2 + 20 : 4 * CUBE_SIZE ** 2;
    assert(total <= headerBytes + zoneBytes + 60, `${psfKind}: ${total} bytes in ${reads.length} reads`);
  }
});

Deno.test("zones without light are left out and the others take their share", async () => {
  const dark = epsfHdu();
  const bytes = encodeFits([primaryHdu(), dark]);
  const fits = await openFits(memorySource(bytes));
  const hdu = await fits.hdu("EPSF");
  const rowBytes = hdu.header.getNumber("NAXIS1")!;
  bytes.fill(0xff, hdu.dataOffset + 5 * rowBytes + 20, hdu.dataOffset + 6 * rowBytes); // row 5 becomes NaN
  const psf = (await openPsfOf(fits, "QR3"))!;
  const samples = await psf.readZones([{ index: 5, weight: 0.75 }, { index: 6, weight: 0.25 }]);
  assert.deepEqual(samples.planes.map((plane) => plane.weight), [1]);
  assert.deepEqual(marks(samples), [zoneMark(2, 1)]);
  assert.deepEqual((await psf.readZones([{ index: 5, weight: 1 }])).planes, []);
});

Deno.test("a PSF without usable centres or of a strange shape is refused", async () => {
  const { columns: nx, rows: ny } = ZONES;
  const cube = (change: (header: Header) => void, shape = [CUBE_SIZE, CUBE_SIZE, nx * ny]) => {
    const good = cubeHdu("PSF", false);
    const header = good.header.clone();
    change(header);
    return imageHdu("PSF", new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, header);
  };
  const bad: HduContent[] = [
    cube((header) => {
      for (let plane = 1; plane <= nx * ny; plane++) header.remove(`XCTR_${plane}`);
    }),
    cube((header) => header.set("XCTR_3", 5)),
    cube((header) => header.remove("YCTR_12")),
    cube((header) => header.set("OVERSAMP", 2.5)),
    cube(() => undefined, [20, 20, 12]),
    cube(() => undefined, [21, 21]),
  ];
  for (const [index, hdu] of bad.entries()) {
    await assert.rejects(psfOf([hdu]), { code: "spherex/bad-psf" }, `case ${index}`);
  }
  await assert.rejects(psfOf([epsfHdu([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10])]), { code: "spherex/bad-psf" });
  await assert.rejects(psfOf([epsfHdu([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])]), { code: "spherex/bad-psf" });
});

Deno.test("psf() takes the kind of the release, and whichever there is", async () => {
  for (
    const [psf, version, kind] of [
      ["cube", "6.5.7", "oversampled"],
      ["table", "7.0.5", "effective"],
      ["cube", null, "oversampled"],
      ["table", "6.5.7", "effective"],
    ] as const
  ) {
    using level2 = await openLevel2(memorySource(syntheticLevel2({ psf, version })));
    assert.equal((await level2.psf())?.zones.kind, kind);
  }
});

Deno.test("openCalibrationPsf() opens both products and checks the detector", async () => {
  const file = (hdu: HduContent) => memorySource(encodeFits([primaryHdu(Header.of([["DETECTOR", 3]])), hdu]));
  assert.equal((await openCalibrationPsf(file(cubeHdu("PSF-DATA-CUBE", true)), 3)).zones.kind, "oversampled");
  assert.equal((await openCalibrationPsf(file(epsfHdu()), 3)).zones.kind, "effective");
  await assert.rejects(openCalibrationPsf(file(epsfHdu()), 4), { code: "spherex/wrong-detector" });
  await assert.rejects(openCalibrationPsf(file(imageHdu("X", new Float32Array(4), [2, 2]))), {
    code: "spherex/bad-psf",
  });
});
