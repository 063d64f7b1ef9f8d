import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { KeywordValue } from "../../lib/core/keywords.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { riceImageHdu } from "../../lib/fits/encode_compressed_image.ts";
import { encodeFits, type HduContent, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { binTableHdu } from "../../lib/fits/encode_table.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import type { Hdu } from "../../lib/fits/hdu.ts";
import { readImage } from "../../lib/fits/read_image.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import { tileCodec } from "../../lib/fits/tile_codec.ts";

const IMAGE = imageHdu("A", new Float32Array(100), [10, 10]);
const TABLE = binTableHdu("A", [
  { kind: "number", name: "X", data: new Int32Array(10) },
  {
    kind: "variable",
    name: "V",
    elementKind: "number",
    data: Array.from({ length: 10 }, () => new Uint8Array(3)),
  },
]);
const COMPRESSED = riceImageHdu("A", Int32Array.from({ length: 100 }, (_, i) => i * i), [10, 10]);

/** Opens a file whose HDU has other values in its header than its data have. */
async function withLies(content: HduContent, lies: Record<string, KeywordValue>): Promise<Hdu> {
  const honest = encodeFits([primaryHdu(), content]);
  const header = content.header.clone();
  for (const [keyword, value] of Object.entries(lies)) header.set(keyword, value);
  honest.set(header.encode(), 2880);
  return await (await openFits(memorySource(honest))).hdu(1);
}

const HUGE = 2_000_000_000;

const CASES: readonly [string, HduContent, Record<string, KeywordValue>, RegExp][] = [
  ["more pixels than bytes", IMAGE, { NAXIS2: HUGE }, /fits\/truncated/],
  ["axes beyond any number", IMAGE, { NAXIS1: 2 ** 52, NAXIS2: 2 ** 52 }, /fits\/bad-keyword/],
  ["an unknown BITPIX", IMAGE, { BITPIX: 12 }, /fits\/bad-keyword/],
  ["a negative axis", IMAGE, { NAXIS1: -10 }, /fits\/bad-keyword/],
  ["more axes than allowed", IMAGE, { NAXIS: 1000 }, /fits\/bad-keyword/],
  ["more rows than bytes", TABLE, { NAXIS2: HUGE }, /fits\/truncated/],
  ["a heap that starts behind the file", TABLE, { THEAP: HUGE }, /fits\/heap-range/],
  ["no heap at all", TABLE, { PCOUNT: 0 }, /fits\/heap-range/],
  [
    "a heap that starts before the file ends but reaches beyond",
    TABLE,
    { PCOUNT: HUGE, THEAP: 2870 },
    /fits\/truncated/,
  ],
  ["more columns than allowed", TABLE, { TFIELDS: 5000 }, /fits\/bad-table/],
  ["a column wider than the row", TABLE, { TFORM1: `${HUGE}D` }, /fits\/bad-table/],
  [
    "tiles with more pixels than their bytes hold",
    COMPRESSED,
    { ZNAXIS1: HUGE, ZTILE1: HUGE },
    /fits\/bad-tile/,
  ],
  ["tiles that are fewer than the image needs", COMPRESSED, { ZNAXIS2: HUGE }, /fits\/bad-tile/],
  ["rows of tiles beyond the file", COMPRESSED, { ZNAXIS2: HUGE, NAXIS2: HUGE }, /fits\/bad-tile/],
  ["tiles of no pixels", COMPRESSED, { ZTILE1: 0 }, /fits\/bad-keyword/],
  ["blocks that no Rice coder writes", COMPRESSED, { ZVAL1: HUGE }, /fits\/bad-tile/],
  ["pixels of three bytes", COMPRESSED, { ZVAL2: 3 }, /fits\/bad-tile/],
  ["a codec that is not known", COMPRESSED, { ZCMPTYPE: "HCOMPRESS_1" }, /fits\/unsupported-codec/],
];

for (const [what, content, lies, expected] of CASES) {
  Deno.test(`a header that announces ${what} gives a typed error`, async () => {
    const read = async () => {
      const hdu = await withLies(content, lies);
      return content === TABLE ? await readTable(hdu) : await readImage(hdu);
    };
    await assert.rejects(read, (error) => {
      assert(isTaggedError(error, "fits"), String(error));
      assert.match(error.code, expected);
      return typeof error.context["byteOffset"] === "number";
    });
  });
}

Deno.test("rows of no bytes are read in no time, however many there are", async () => {
  const empty = binTableHdu("A", [{ kind: "bit", name: "X", data: new Uint8Array(0), elementsPerRow: 0 }]);
  const hdu = await withLies(empty, { NAXIS2: 2 ** 45 });
  const table = await readTable(hdu);
  assert.deepEqual([table.rowCount, table.columns[0]!.data.length], [2 ** 45, 0]);
});

Deno.test("tileCodec() names the codecs that there are", () => {
  assert.throws(
    () => tileCodec("PLIO_1", 0),
    (error) => isTaggedError(error, "fits/unsupported-codec") && /RICE_1/.test(error.message),
  );
  assert(tileCodec("RICE_1", 0).names.includes("RICE_ONE"));
});
