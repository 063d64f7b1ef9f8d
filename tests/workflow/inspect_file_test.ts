import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { readImage } from "../../lib/fits/read_image.ts";
import type {
  FitsInspection,
  InspectOptions,
  ValueStatistics,
  VotableInspection,
} from "../../lib/workflow/inspect_model.ts";
import { inspectFile } from "../../lib/workflow/inspect_file.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const CUTOUT = "NGC6888_cutout_level2_2025W22_1B_0068_1D4_spx_l2b-v12-2025-176.fits";

async function inspectFits(path: string, options: InspectOptions = {}): Promise<FitsInspection> {
  const inspection = await inspectFile(path, options);
  assert.equal(inspection.format, "fits");
  return inspection as FitsInspection;
}

async function inspectTable(name: string, options: InspectOptions = {}): Promise<VotableInspection> {
  const inspection = await inspectFile(`${FIXTURES}inspect/${name}`, options);
  assert.equal(inspection.format, "votable");
  return inspection as VotableInspection;
}

interface ExpectedRow {
  file: string;
  detector: number;
  obsid: string;
  points: {
    x: number;
    y: number;
    ra: number;
    dec: number;
    wavelength: number;
    bandwidth: number;
    detectorX: number;
    detectorY: number;
  }[];
}

function expectedRows(): ExpectedRow[] {
  const text = Deno.readTextFileSync(`${FIXTURES}spherex-cutouts-ngc6888/astropy_expected.csv`);
  return text.trim().split("\n").slice(1).map((line) => {
    const fields = line.split(",");
    const points = [3, 11].map((first) => {
      const [x, y, ra, dec, wavelength, bandwidth, detectorX, detectorY] = fields.slice(first, first + 8)
        .map(Number) as [number, number, number, number, number, number, number, number];
      return { x, y, ra, dec, wavelength, bandwidth, detectorX, detectorY };
    });
    return { file: fields[0]!, detector: Number(fields[1]), obsid: fields[2]!, points };
  });
}

Deno.test("inspectFile() gives astropy's positions and wavelengths on the 20 real cutouts, by pixel and by sky", async () => {
  const rows = expectedRows();
  assert.equal(rows.length, 20);
  for (const { file, detector, obsid, points } of rows) {
    const path = `${FIXTURES}spherex-cutouts-ngc6888/${file}`;
    for (const point of points) {
      const byPixel = await inspectFits(path, { pixel: { x: point.x, y: point.y } });
      assert.equal(byPixel.spherex!.detector, detector);
      assert.equal(byPixel.spherex!.observation_id, obsid);
      assert.equal(byPixel.spherex!.release, "QR1");
      assert.match(byPixel.spherex!.pipeline_version!, /^6\.2/);
      assert.match(byPixel.spherex!.processing_version!, /^l2b-v1[12]-2025-\d{3}$/);
      const bySky = await inspectFits(path, {
        sky: { rightAscensionDeg: point.ra, declinationDeg: point.dec },
      });
      for (const position of [byPixel.position!, bySky.position!]) {
        assert(Math.abs(position.x! - point.x) < 1e-8 && Math.abs(position.y! - point.y) < 1e-8);
        assert(Math.abs(position.ra_deg! - point.ra) < 1e-9, `${file}: ${position.ra_deg}`);
        assert(Math.abs(position.dec_deg! - point.dec) < 1e-9, `${file}: ${position.dec_deg}`);
        assert(
          Math.abs(position.wavelength_um! - point.wavelength) < 1e-9,
          `${file}: ${position.wavelength_um}`,
        );
        assert(
          Math.abs(position.bandwidth_um! - point.bandwidth) < 1e-9,
          `${file}: ${position.bandwidth_um}`,
        );
        assert(Math.abs(position.detector_x! - point.detectorX) < 1e-8);
        assert(Math.abs(position.detector_y! - point.detectorY) < 1e-8);
        assert.deepEqual(position.problems, []);
      }
    }
  }
});

function checkFigures(name: string, found: ValueStatistics | null, expected: number[]): void {
  assert(found !== null, `${name} has no statistics`);
  const figures = [
    found.count,
    found.blank_count,
    found.minimum,
    found.maximum,
    found.mean,
    found.standard_deviation,
  ];
  figures.forEach((figure, index) => {
    const scale = Math.max(1, Math.abs(expected[index]!));
    const tolerance = index < 4 ? 0 : 1e-12 * scale;
    assert(
      Math.abs(Number(figure) - expected[index]!) <= tolerance,
      `${name}: found ${figures}, expected ${expected}`,
    );
  });
}

Deno.test("inspectFile() gives astropy's structure and numpy's statistics", async () => {
  const oracle = JSON.parse(Deno.readTextFileSync(`${FIXTURES}inspect/oracle.json`)).files;
  for (const [name, hdus] of Object.entries<Record<string, never>[]>(oracle)) {
    const folder = name.startsWith("NGC6888") ? "spherex-cutouts-ngc6888" : "inspect";
    const inspection = await inspectFits(`${FIXTURES}${folder}/${name}`, { statistics: true, header: true });
    assert.deepEqual(inspection.problems, []);
    assert.equal(inspection.compression, name.endsWith(".gz") ? "gzip" : null);
    assert.equal(inspection.hdus.length, hdus.length);
    inspection.hdus.forEach((found, index) => {
      const { cards, dimensions, statistics, columns, rows } = hdus[index]!;
      assert.equal(found.name, hdus[index]!["name"]);
      if (cards !== undefined) assert.equal(found.card_count, cards);
      assert.equal(found.cards!.length, found.card_count);
      if (dimensions !== undefined) assert.deepEqual(found.dimensions, dimensions);
      if (statistics === undefined) assert.equal(found.statistics, null);
      else checkFigures(`${name} ${found.name}`, found.statistics, statistics);
      if (rows !== undefined) assert.equal(found.row_count, rows);
      for (const [column, figures] of Object.entries<number[]>(columns ?? {})) {
        checkFigures(
          `${name} ${column}`,
          found.columns!.find((each) => each.name === column)!.statistics,
          figures,
        );
      }
    });
  }
});

Deno.test("inspectFile() tells rows with nulls, arrays and truth values, as far as the table has them", async () => {
  const rows = async (name: string, first: number, end?: number) => {
    const options = { hdu: 1, rows: end === undefined ? { first } : { first, end } };
    return (await inspectFits(`${FIXTURES}inspect/${name}`, options)).hdus[0]!.rows;
  };
  assert.deepEqual(await rows("table.fits", 1, 3), {
    first: 1,
    columns: ["target", "V_mag"],
    rows: [["NGC1002", Math.fround(12.3)], ["NGC1003", Math.fround(15.2)]],
  });
  assert.deepEqual((await rows("table.fits", 2, 99))!.rows.length, 1);
  assert.deepEqual(await rows("table.fits", 50, 60), { first: 3, columns: ["target", "V_mag"], rows: [] });
  assert.deepEqual((await rows("variable_length_table.fits", 0))!.rows, [[[45, 56], [11, 3]], [[11, 12, 13], [
    12,
    4,
  ]]]);
  assert.deepEqual((await rows("tb.fits", 0))!.rows.map((row) => row[3]), [false, true]);
});

Deno.test("inspectFile() without a position looks at the centre of a SPHEREx image and tells the pixel's values", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const real = await openFits(
      memorySource(await Deno.readFile(`${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`)),
    );
    const image = await real.hdu("IMAGE");
    const { data, shape } = await readImage(image);
    const flags = new Int32Array(36);
    flags[2 * 6 + 3] = 2 ** 21 + 2 ** 10;
    const path = `${folder}/with_flags.fits`;
    await Deno.writeFile(
      path,
      encodeFits([
        primaryHdu(),
        imageHdu("IMAGE", data, shape, image.header),
        imageHdu("FLAGS", flags, [6, 6]),
      ]),
    );
    const centre = (await inspectFits(path)).position!;
    assert.deepEqual([centre.asked, centre.x, centre.y], ["centre", 2.5, 2.5]);
    assert.equal(centre.wavelength_um, null, "there is no wavelength table in this file");
    const { position, spherex } = await inspectFits(path, { pixel: { x: 3.2, y: 1.6 } });
    assert.deepEqual(position!.values, { IMAGE: data[15], FLAGS: 2 ** 21 + 2 ** 10 });
    assert.equal(position!.flags.length, 2);
    assert.deepEqual([spherex!.detector_origin_x, spherex!.detector_origin_y], [668, 716]);
    const outside = (await inspectFits(path, { pixel: { x: -20, y: 3 } })).position!;
    assert.deepEqual([outside.inside, outside.values], [false, {}]);
    assert.equal(outside.detector_x, 648);
    const farSide = (await inspectFits(path, { sky: { rightAscensionDeg: 128, declinationDeg: -38 } }))
      .position!;
    assert.deepEqual([farSide.x, farSide.inside, farSide.problems[0]?.code], [
      null,
      false,
      "wcs/not-on-plane",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("inspectFile() looks at a position of any image, and says why there is no sky", async () => {
  const path = `${FIXTURES}inspect/ad43021000gis25670_lo.totsky.gz`;
  const { position, spherex } = await inspectFits(path, { pixel: { x: 128, y: 130 } });
  assert.equal(spherex, null);
  assert.equal(typeof position!.values["PRIMARY"], "number");
  assert.equal((await inspectFits(path)).position, null);
  const without = `${FIXTURES}inspect/compressed_with_nan.fits`;
  const found = (await inspectFits(without, { pixel: { x: 0, y: 0 } })).position!;
  assert.equal(found.ra_deg, null);
  assert.equal(found.problems[0]!.code, "wcs/missing-keyword");
});

Deno.test("inspectFile() parses every card of the real QR2 and QR3 headers, saved without data", async () => {
  const cards = { image: 255, flags: 153 };
  for (const [kind, count] of Object.entries(cards)) {
    const path = `${FIXTURES}spherex-headers/qr2_${kind}_header_2025W51_1A_0684_2D3.hdr`;
    const inspection = await inspectFits(path, { header: true });
    assert.equal(inspection.problems[0]!.code, "fits/header-only");
    const hdu = inspection.hdus[0]!;
    assert(Math.abs(hdu.card_count - count) <= 1, `${kind}: ${hdu.card_count} cards`);
    assert.deepEqual(hdu.cards!.filter((card) => card.problem !== null), []);
    assert.deepEqual(hdu.dimensions, [117, 117]);
  }
  const path = `${FIXTURES}spherex-headers/qr2_image_header_2025W51_1A_0684_2D3.hdr`;
  const { position, spherex } = await inspectFits(path, { pixel: { x: 58, y: 58 } });
  assert.equal(spherex!.detector, 3);
  // M31's nucleus, within 2 arcsec.
  assert(Math.abs(position!.ra_deg! - 10.6847) < 1e-3 && Math.abs(position!.dec_deg! - 41.2691) < 1e-3);
  const table = await inspectFits(`${FIXTURES}spherex-headers/qr3_epsf_table_header_D1.hdr`);
  assert.equal(table.hdus[0]!.row_count, 441);
  const oneLine = await Deno.makeTempFile();
  try {
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(oneLine, text.match(/.{80}/g)!.map((card) => card.trimEnd()).join("\n"));
    assert.equal((await inspectFits(oneLine)).spherex!.observation_id, "2025W51_1A_0684_2");
  } finally {
    await Deno.remove(oneLine);
  }
});

Deno.test("inspectFile() says what it cannot read of an HDU and goes on", async () => {
  const groups = await inspectFits(`${FIXTURES}inspect/group.fits`, { statistics: true });
  assert.equal(groups.hdus[0]!.kind, "random-groups");
  assert.equal(groups.hdus[0]!.problems.at(-1)!.code, "fits/not-image");
  const cut = await Deno.makeTempFile();
  try {
    const bytes = await Deno.readFile(`${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`);
    const imageStart =
      (await inspectFits(`${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`)).hdus[1]!.data_offset;
    await Deno.writeFile(cut, bytes.subarray(0, imageStart + 50));
    const inspection = await inspectFits(cut, { statistics: true, pixel: { x: 5, y: 5 } });
    assert.equal(inspection.hdus[1]!.problems[0]!.code, "fits/truncated");
    assert.equal(inspection.position!.detector_x, 673);
    assert.equal(inspection.position!.problems[0]!.code, "fits/truncated");
  } finally {
    await Deno.remove(cut);
  }
});

Deno.test("inspectFile() lists what is readable of a file that ends in a header or in data, and names the byte", async () => {
  const bytes = await Deno.readFile(`${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`);
  const whole = await inspectFits(`${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`);
  const [, image, waves] = whole.hdus;
  const cut = await Deno.makeTempFile();
  try {
    const cases: [number, string[]][] = [
      [image!.header_offset + 2000, ["PRIMARY"]],
      [image!.header_offset + 4, ["PRIMARY"]],
      [image!.header_offset + 2880 + 100, ["PRIMARY"]],
      [waves!.data_offset + 100, ["PRIMARY", "IMAGE", "WCS-WAVE"]],
    ];
    for (const [length, names] of cases) {
      await Deno.writeFile(cut, bytes.subarray(0, length));
      const found = await inspectFits(cut);
      assert.deepEqual(found.hdus.map((hdu) => hdu.name), names);
      assert.equal(found.problems[0]!.code, "fits/truncated", `cut at ${length}`);
      assert.match(found.problems[0]!.message, new RegExp(`\\bbyte (${length}|${image!.header_offset})\\b`));
    }
    await Deno.writeFile(cut, bytes.subarray(0, image!.header_offset));
    assert.deepEqual((await inspectFits(cut)).problems, []);
  } finally {
    await Deno.remove(cut);
  }
});

Deno.test("inspectFile() tells with the statistics whether the checksums agree", async () => {
  const image = imageHdu("DATA", new Float32Array([1, 2, 3, 4]), [2, 2]);
  const path = await Deno.makeTempFile();
  try {
    const bytes = encodeFits([primaryHdu(), image], { checksum: true });
    await Deno.writeFile(path, bytes);
    const verdicts = async () =>
      (await inspectFits(path, { statistics: true })).hdus.map((hdu) => hdu.checksum);
    assert.deepEqual(await verdicts(), ["valid", "valid"]);
    assert.deepEqual((await inspectFits(path)).hdus.map((hdu) => hdu.checksum), [null, null]);
    const offset = (await inspectFits(path)).hdus[1]!.data_offset;
    bytes[offset + 3]! ^= 1;
    await Deno.writeFile(path, bytes);
    assert.deepEqual(await verdicts(), ["valid", "invalid"]);
    const { problems } = await inspectFits(path, { statistics: true });
    assert.deepEqual(problems, [{
      code: "fits/checksum",
      message: `CHECKSUM and DATASUM of HDU 1 do not agree with its bytes from byte ${offset} on`,
    }]);
    await Deno.writeFile(path, encodeFits([primaryHdu(), image]));
    assert.deepEqual(await verdicts(), ["absent", "absent"]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("inspectFile() tells of a position outside of the image what still means something", async () => {
  const path = `${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`;
  const beside = (await inspectFits(path, { pixel: { x: -10, y: 3 } })).position!;
  assert.equal(beside.inside, false);
  assert(beside.ra_deg !== null && beside.detector_x === 658);
  assert.deepEqual([beside.wavelength_um, beside.values], [null, {}]);
  const far = (await inspectFits(path, { pixel: { x: 1e9, y: 1e9 } })).position!;
  assert.deepEqual(
    [far.inside, far.ra_deg, far.dec_deg, far.wavelength_um, far.detector_x, far.solid_angle_arcsec2],
    [false, null, null, null, null, null],
  );
});

Deno.test("inspectFile() tells the tables of a VOTable, with statistics, rows and the service's status", async () => {
  const vizier = await inspectTable("vizier_b2_votable.xml", {
    statistics: true,
    rows: { first: 18, end: 30 },
  });
  assert.equal(vizier.query_status.status, "OVERFLOW");
  const table = vizier.tables[0]!;
  assert.deepEqual([table.row_count, table.columns.length, table.rows!.rows.length], [20, 12, 2]);
  const numeric = table.columns.filter((column) => column.statistics !== null);
  assert(numeric.length > 0);
  for (const { statistics } of numeric) {
    assert.equal(statistics!.count + statistics!.blank_count, 20);
    assert(
      Number(statistics!.minimum) <= statistics!.mean! && statistics!.mean! <= Number(statistics!.maximum),
    );
  }
  const masked = await inspectTable("binary2_masked_strings.xml", { hdu: 0, rows: { first: 0 } });
  assert.equal(masked.tables[0]!.rows!.rows.length, masked.tables[0]!.row_count);
  assert(masked.tables[0]!.rows!.rows.flat().includes(null));
  assert.equal((await inspectTable("irsa-nph-error.xml")).query_status.status, "ERROR");
});

Deno.test("inspectFile() refuses what it cannot inspect, with the path in the message", async () => {
  const cutout = `${FIXTURES}spherex-cutouts-ngc6888/${CUTOUT}`;
  const refused: [string, InspectOptions, string][] = [
    [`${FIXTURES}spherex-cutouts-ngc6888/astropy_expected.csv`, {}, "usage/unknown-file-format"],
    [`${FIXTURES}no_such_file.fits`, {}, "storage/not-found"],
    [cutout, { hdu: 9 }, "usage/missing-hdu"],
    [cutout, { hdu: "PSF" }, "usage/missing-hdu"],
    [`${FIXTURES}inspect/vizier_b2_votable.xml`, { hdu: 3 }, "usage/missing-hdu"],
    [`${FIXTURES}inspect/table.fits`, { pixel: { x: 1, y: 1 } }, "usage/no-image"],
  ];
  for (const [path, options, code] of refused) {
    await assert.rejects(
      () => inspectFile(path, options),
      (error) => isTaggedError(error) && error.code === code && error.message.includes(path),
      code,
    );
  }
  await assert.rejects(() => inspectFile(cutout, { rows: { first: 5, end: 2 } }), RangeError);
  const both = { pixel: { x: 0, y: 0 }, sky: { rightAscensionDeg: 0, declinationDeg: 0 } };
  await assert.rejects(() => inspectFile(cutout, both), TypeError);
  const signal = AbortSignal.abort(new DOMException("stopped", "AbortError"));
  await assert.rejects(() => inspectFile(cutout, { statistics: true, signal }), { name: "AbortError" });
});
