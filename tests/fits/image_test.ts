import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { FitsArray } from "../../lib/fits/big_endian.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { riceImageHdu } from "../../lib/fits/encode_compressed_image.ts";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { binTableHdu } from "../../lib/fits/encode_table.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { Header } from "../../lib/fits/header.ts";
import type { Hdu } from "../../lib/fits/hdu.ts";
import { toFloat32Array, toFloat64Array, toInt32Array } from "../../lib/fits/image_array.ts";
import { readImage, readImageSection } from "../../lib/fits/read_image.ts";
import { CountingSource } from "./counting_source.ts";

/** Writes one image and opens it. */
async function opened(data: FitsArray, shape: number[], header?: Header): Promise<Hdu> {
  const bytes = encodeFits([primaryHdu(), imageHdu("IMAGE", data, shape, header)]);
  return await (await openFits(memorySource(bytes))).hdu("IMAGE");
}

/** The image of `HDU` with cards that describe its scaling, which the writer never copies from a template. */
async function withCards(hdu: Hdu, cards: [string, number][]): Promise<Hdu> {
  const header = hdu.header.clone();
  for (const [keyword, value] of cards) header.append(keyword, value);
  return await Promise.resolve({ ...hdu, header });
}

const ARRAYS: readonly (() => fc.Arbitrary<FitsArray>)[] = [
  fc.uint8Array,
  fc.int8Array,
  fc.int16Array,
  fc.uint16Array,
  fc.int32Array,
  fc.uint32Array,
  fc.float32Array,
  fc.float64Array,
  fc.bigInt64Array,
  fc.bigUint64Array,
];

Deno.test("imageHdu() and readImage() keep every number of every type", async () => {
  for (const arrays of ARRAYS) {
    await fc.assert(
      fc.asyncProperty(arrays(), async (data) => {
        const image = await readImage(await opened(data, [data.length]));
        assert.deepEqual(image.data, data);
        assert.deepEqual(image.shape, [data.length]);
      }),
      { numRuns: 30 },
    );
  }
});

Deno.test("readImageSection() gives the same pixels as readImage(), plain and compressed", async () => {
  const shape = [7, 5, 3];
  const data = Int32Array.from({ length: 105 }, (_, i) => (i * 7919) % 1000 - 500);
  const bytes = encodeFits([
    primaryHdu(),
    imageHdu("PLAIN", data, shape),
    riceImageHdu("ROWS", data, shape),
    riceImageHdu("TILES", data, shape, undefined, { tileShape: [3, 2, 2], blockSize: 16 }),
  ]);
  const hdus = await (await openFits(memorySource(bytes))).hdus();
  const axis = (length: number) =>
    fc.tuple(fc.nat(length - 1), fc.nat(length - 1)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
  await fc.assert(
    fc.asyncProperty(
      axis(7),
      axis(5),
      fc.nat(2),
      fc.integer({ min: 1, max: 3 }),
      async ([x0, width], [y0, height], plane, index) => {
        const section = await readImageSection(hdus[index]!, {
          x0: x0!,
          y0: y0!,
          width: width!,
          height: height!,
          plane,
        });
        assert.deepEqual(section.shape, [width, height]);
        for (let y = 0; y < height!; y++) {
          for (let x = 0; x < width!; x++) {
            assert.equal(section.data[y * width! + x], data[(plane * 5 + y0! + y) * 7 + x0! + x]);
          }
        }
      },
    ),
  );
});

Deno.test("readImageSection() asks the source for the rows of the section only", async () => {
  const data = new Float32Array(2040 * 200);
  const source = new CountingSource(encodeFits([primaryHdu(), imageHdu("IMAGE", data, [2040, 200])]), true);
  const hdu = await (await openFits(source)).hdu(1);
  source.reads.length = 0;
  await readImageSection(hdu, { x0: 1000, y0: 100, width: 30, height: 30 });
  assert.deepEqual(source.reads, [[hdu.dataOffset + (100 * 2040 + 1000) * 4, (29 * 2040 + 30) * 4]]);
  source.reads.length = 0;
  await readImageSection(hdu, { x0: 0, y0: 7, width: 2040, height: 2 });
  assert.deepEqual(source.reads, [[hdu.dataOffset + 7 * 2040 * 4, 2 * 2040 * 4]]);
});

Deno.test("readImageSection() of a compressed image reads only its tiles", async () => {
  const data = Int32Array.from({ length: 300 * 300 }, (_, i) => Math.imul(i, 0x9e3779b1));
  const source = new CountingSource(encodeFits([primaryHdu(), riceImageHdu("FLAGS", data, [300, 300])]));
  const hdu = await (await openFits(source)).hdu("FLAGS");
  source.reads.length = 0;
  const { data: pixels } = await readImageSection(hdu, { x0: 5, y0: 100, width: 3, height: 2 });
  assert.deepEqual([...pixels], [...data.subarray(30005, 30008), ...data.subarray(30305, 30308)]);
  assert(source.bytesRead < 4 * 1300, `${source.bytesRead} bytes for two rows of 1200`);
});

Deno.test("openFits() reads no data, and no header behind the one that is asked for", async () => {
  const large = new Float32Array(200_000);
  const parts = ["A", "B", "C"].map((name) => imageHdu(name, large, [large.length]));
  const source = new CountingSource(encodeFits([primaryHdu(), ...parts]));
  const file = await openFits(source);
  const hdu = await file.hdu("B");
  assert.equal(hdu.index, 2);
  assert(source.bytesRead < 100_000, `${source.bytesRead} bytes`);
  assert(source.reads.every(([offset]) => offset <= hdu.headerOffset));
});

Deno.test("readImage() scales, and blanks are NaN or marked", async () => {
  const hdu = await opened(new Int16Array([1, 2, -5, 4]), [4]);
  const scaled = await readImage(await withCards(hdu, [["BSCALE", 0.5], ["BZERO", 10], ["BLANK", -5]]));
  assert.deepEqual(scaled.data, new Float64Array([10.5, 11, NaN, 12]));
  const plain = await readImage(await withCards(hdu, [["BLANK", -5]]));
  assert.deepEqual(plain.data, new Int16Array([1, 2, -5, 4]));
  assert.deepEqual(plain.blanks, new Uint8Array([0, 0, 1, 0]));
  assert.deepEqual(toFloat32Array(plain), new Float32Array([1, 2, NaN, 4]));
  assert.deepEqual(toFloat64Array(plain), new Float64Array([1, 2, NaN, 4]));
});

Deno.test("toInt32Array() keeps the bits of masks and refuses what is no integer", () => {
  assert.deepEqual(
    toInt32Array({ data: new Uint32Array([2 ** 31 + 1]), shape: [1] }),
    new Int32Array([-(2 ** 31) + 1]),
  );
  assert.throws(() => toInt32Array({ data: new Float32Array(1), shape: [1] }), TypeError);
});

Deno.test("imageHdu() keeps the cards of a template, but not its structure", () => {
  const template = Header.parse(Deno.readFileSync(
    new URL("../fixtures/fits/real/qr2_image_header_2025W51_1A_0684_2D3.hdr", import.meta.url),
  ));
  const { header } = imageHdu("IMAGE", new Float32Array(4), [2, 2], template);
  assert.deepEqual([header.get("NAXIS1"), header.get("CRPIX1"), header.get("L2 N_HOT")], [
    2,
    template.get("CRPIX1"),
    template.get("L2 N_HOT"),
  ]);
  assert.deepEqual(header.history(), template.history());
  assert.deepEqual(header.problems(), []);
});

Deno.test("encodeFits() refuses HDUs that do not make a file", () => {
  const image = imageHdu("A", new Uint8Array(3), [3]);
  assert.throws(() => encodeFits([image]), TypeError);
  assert.throws(() => encodeFits([primaryHdu(), primaryHdu()]), TypeError);
  assert.throws(
    () => encodeFits([primaryHdu(), { header: image.header, data: new Uint8Array(4) }]),
    RangeError,
  );
  assert.throws(() => imageHdu("A", new Uint8Array(3), [2, 2]), RangeError);
});

Deno.test("reading what is not there is a typed error", async () => {
  const file = await openFits(
    memorySource(encodeFits([primaryHdu(), imageHdu("A", new Uint8Array(3), [3]), binTableHdu("T", [])])),
  );
  await assert.rejects(
    file.hdu("B"),
    (error) => isTaggedError(error, "fits/missing-hdu") && /PRIMARY, A, T/.test(error.message),
  );
  await assert.rejects(file.hdu(3), (error) => isTaggedError(error, "fits/missing-hdu"));
  await assert.rejects(file.hdu(-1), RangeError);
  assert.equal(await file.find("B"), undefined);
  await assert.rejects(readImage(await file.hdu("T")), (error) => isTaggedError(error, "fits/not-image"));
  await assert.rejects(
    readImageSection(await file.hdu("A"), { x0: 2, y0: 0, width: 2, height: 1 }),
    RangeError,
  );
});

Deno.test("openFits() says what it found instead of FITS", async () => {
  const html = new TextEncoder().encode("<!DOCTYPE html><html></html>");
  await assert.rejects(
    openFits(memorySource(html)),
    (error) => isTaggedError(error, "fits/not-fits") && /<!DOCTYPE html>/.test(error.message),
  );
  await assert.rejects(
    openFits(memorySource(new Uint8Array(0))),
    (error) => isTaggedError(error, "fits/not-fits"),
  );
});

Deno.test("a file that ends early still lists its HDUs, and reading says where it ends", async () => {
  const whole = encodeFits([primaryHdu(), imageHdu("A", new Float64Array(2000), [2000])]);
  const file = await openFits(memorySource(whole.subarray(0, whole.length - 8640)));
  const hdu = await file.hdu("A");
  assert.equal(hdu.dataByteLength, 16000);
  await assert.rejects(
    readImage(hdu),
    (error) => isTaggedError(error, "fits/truncated") && error.context["byteOffset"] === hdu.dataOffset,
  );
  const first = await readImageSection(hdu, { x0: 0, y0: 0, width: 10, height: 1 });
  assert.equal(first.data.length, 10);
});
