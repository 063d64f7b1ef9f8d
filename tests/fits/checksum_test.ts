import assert from "node:assert/strict";
import fc from "fast-check";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { addToChecksum, encodeChecksum, verifyChecksums } from "../../lib/fits/checksum.ts";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { openFits } from "../../lib/fits/fits_file.ts";

Deno.test("encodeChecksum() gives the text of the standard's example", () => {
  // FITS standard 4.0, appendix J.3: the sum 868229149 is written hcHjjc9ghcEghc9g.
  assert.equal(encodeChecksum(868229149), "hcHjjc9ghcEghc9g");
});

Deno.test("encodeChecksum() writes letters and digits for every sum", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (sum) => {
    assert.match(encodeChecksum(sum), /^[0-9A-Za-z]{16}$/);
  }));
});

Deno.test("addToChecksum() adds in ones' complement, as a sum of big integers does", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      (bytes, start) => {
        let sum = BigInt(start);
        for (let i = 0; i < bytes.length; i++) sum += BigInt(bytes[i]!) << BigInt(24 - 8 * (i % 4));
        while (sum > 0xffffffffn) sum = (sum & 0xffffffffn) + (sum >> 32n);
        assert.equal(addToChecksum(start, bytes), Number(sum));
      },
    ),
  );
});

Deno.test("encodeFits() writes checksums that hold, and a changed bit breaks them", async () => {
  const data = Int16Array.from({ length: 5000 }, (_, i) => Math.imul(i, 0x9e3779b1) >> 16);
  const bytes = encodeFits([primaryHdu(), imageHdu("A", data, [5000])], { checksum: true });
  const hdus = await (await openFits(memorySource(bytes))).hdus();
  for (const hdu of hdus) {
    assert.deepEqual(await verifyChecksums(hdu), { datasum: "correct", checksum: "correct" });
  }
  bytes[hdus[1]!.dataOffset + 77]! ^= 4;
  assert.deepEqual(await verifyChecksums(hdus[1]!), { datasum: "wrong", checksum: "wrong" });
});
