import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { isTaggedError } from "../../lib/core/errors.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { encodeFits, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { gunzipSource } from "../../lib/fits/gzip_source.ts";
import { readImage } from "../../lib/fits/read_image.ts";

Deno.test("openFits() unpacks a gzip file", async () => {
  const data = Float32Array.from({ length: 100 }, (_, i) => i);
  const packed = new Uint8Array(gzipSync(encodeFits([primaryHdu(undefined, data, [100])])));
  const file = await openFits(memorySource(packed));
  assert.deepEqual((await readImage(await file.hdu(0))).data, data);
});

Deno.test("gunzipSource() stops a gzip bomb at its bound", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
  await assert.rejects(
    gunzipSource(memorySource(bomb), 1_000_000),
    (error) => isTaggedError(error, "fits/too-large") && error.context["maxBytes"] === 1_000_000,
  );
});

Deno.test("gunzipSource() says when the bytes are not gzip after all", async () => {
  const broken = new Uint8Array(gzipSync(new Uint8Array(1000).fill(7))).subarray(0, 20);
  await assert.rejects(gunzipSource(memorySource(broken)), (error) => isTaggedError(error, "fits/bad-gzip"));
  const plain = memorySource(new Uint8Array([1, 2, 3]));
  assert.equal(await gunzipSource(plain), plain);
});
