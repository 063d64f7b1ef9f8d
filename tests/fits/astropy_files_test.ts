import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { verifyChecksums } from "../../lib/fits/checksum.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { Header } from "../../lib/fits/header.ts";
import { assertCardsEqual, assertImageEquals, assertTableEquals, type OracleHdu } from "./astropy_oracle.ts";

const FIXTURES = new URL("../fixtures/fits/", import.meta.url);
const ORACLE: Record<string, OracleHdu[]> = JSON.parse(
  Deno.readTextFileSync(new URL("astropy.json", FIXTURES)),
);

function fixture(name: string): Uint8Array {
  const folder = ["compressed.fits", "images.fits", "tables.fits"].includes(name) ? "" : "real/";
  return Deno.readFileSync(new URL(folder + name, FIXTURES));
}

for (const [name, expected] of Object.entries(ORACLE)) {
  if (name.endsWith(".hdr")) {
    Deno.test(`Header reads every card of ${name} as astropy does`, () => {
      const header = Header.parse(fixture(name));
      assertCardsEqual(header, expected[0]!.cards);
      assert.deepEqual(header.problems(), []);
    });
    continue;
  }
  Deno.test(`openFits() reads ${name} as astropy does`, async (test) => {
    const hdus = await (await openFits(memorySource(fixture(name)))).hdus();
    assert.equal(hdus.length, expected.length, "number of HDUs");
    for (const [index, oracle] of expected.entries()) {
      const hdu = hdus[index]!;
      await test.step(`HDU ${index} "${oracle.name}"`, async () => {
        assertCardsEqual(hdu.header, oracle.cards);
        if (name === "m13_hcomp.fits" && index === 1) {
          await assert.rejects(
            assertImageEquals(hdu, oracle.image!),
            (error) => isTaggedError(error, "fits/unsupported-codec"),
          );
          return;
        }
        if (oracle.image !== undefined) await assertImageEquals(hdu, oracle.image);
        if (oracle.table !== undefined) await assertTableEquals(hdu, oracle.table);
      });
    }
  });
}

Deno.test("verifyChecksums() finds astropy's checksums correct, and a changed one wrong", async () => {
  for (const name of ["compressed.fits", "images.fits", "tables.fits", "checksum.fits"]) {
    for (const hdu of await (await openFits(memorySource(fixture(name)))).hdus()) {
      assert.deepEqual(
        await verifyChecksums(hdu),
        { datasum: "correct", checksum: "correct" },
        `${name} ${hdu.name}`,
      );
    }
  }
  const [, wrong] = await (await openFits(memorySource(fixture("checksum_false.fits")))).hdus();
  assert.equal((await verifyChecksums(wrong!)).checksum, "wrong");
});

Deno.test("verifyChecksums() says that a file without checksums has none", async () => {
  const file = await openFits(memorySource(fixture("cube.fits")));
  assert.deepEqual(await verifyChecksums(await file.hdu(0)), { datasum: "absent", checksum: "absent" });
});
