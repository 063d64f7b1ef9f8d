import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { SeededRandom } from "../../lib/core/random.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { verifyChecksums } from "../../lib/fits/checksum.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { readImage } from "../../lib/fits/read_image.ts";
import { readTable } from "../../lib/fits/read_table.ts";

const FIXTURES = new URL("../fixtures/fits/", import.meta.url);
const FILES = [
  "compressed.fits",
  "images.fits",
  "tables.fits",
  "real/variable_length_table.fits",
  "real/compressed_with_nan.fits",
];
const MUTATIONS = 600;
/** Numbers that break careless arithmetic. */
const NUMBERS = [
  "-1",
  "0",
  "1",
  "3",
  "999",
  "1000000",
  "2147483647",
  "99999999999",
  "9007199254740993",
  "1E300",
  "T",
  "'A'",
  "",
];

/** Changes one thing: a byte, the number of a card, a keyword, or the length. */
function mutated(original: Uint8Array, random: SeededRandom): Uint8Array {
  const bytes = original.slice();
  const place = random.uint32() % bytes.length;
  const headerPlace = Math.floor(random.uint32() % bytes.length / 80) * 80;
  switch (random.uint32() % 4) {
    case 0:
      bytes[place] = random.uint32();
      return bytes;
    case 1:
      return bytes.subarray(0, place);
    case 2:
      bytes.set(bytes.slice(place, place + 80), Math.min(headerPlace, bytes.length - 80));
      return bytes;
    default:
      return withNumber(bytes, random);
  }
}

/** Gives a structural card a number that lies. */
function withNumber(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const cards: number[] = [];
  for (let start = 0; start < bytes.length; start += 80) {
    const keyword = String.fromCharCode(...bytes.subarray(start, start + 9));
    if (/^(Z?NAXIS|Z?BITPIX|PCOUNT|GCOUNT|TFIELDS|THEAP|TFORM|TBCOL|ZTILE|ZVAL|ZDITHER).*=$/.test(keyword)) {
      cards.push(start);
    }
  }
  const start = cards[random.uint32() % cards.length]!;
  const text = NUMBERS[random.uint32() % NUMBERS.length]!.padStart(20);
  bytes.set(new TextEncoder().encode(text), start + 10);
  return bytes;
}

/** Reads everything of a file; each HDU that cannot be read must say so with a typed error. */
async function readAll(bytes: Uint8Array): Promise<number> {
  let errors = 0;
  const attempt = async (read: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await read();
    } catch (error) {
      if (!isTaggedError(error, "fits")) throw error;
      assert.equal(typeof error.context["byteOffset"], "number", error.message);
      errors++;
      return undefined;
    }
  };
  await attempt(async () => {
    for (const hdu of await (await openFits(memorySource(bytes))).hdus()) {
      hdu.header.problems();
      await attempt(() => verifyChecksums(hdu));
      if (hdu.kind === "bintable" || hdu.kind === "asciitable") await attempt(() => readTable(hdu));
      else if (hdu.kind !== "other") await attempt(() => readImage(hdu));
    }
  });
  return errors;
}

for (const name of FILES) {
  Deno.test(`reading ${MUTATIONS} damaged copies of ${name} ends in values or typed errors`, async () => {
    const original = Deno.readFileSync(new URL(name, FIXTURES));
    assert.equal(await readAll(original), 0);
    const random = new SeededRandom(2026);
    let failed = 0;
    for (let round = 0; round < MUTATIONS; round++) {
      const bytes = mutated(original, random);
      const started = performance.now();
      try {
        if (await readAll(bytes) > 0) failed++;
      } catch (error) {
        throw new Error(`Mutation ${round} of ${name}`, { cause: error });
      }
      const elapsed = performance.now() - started;
      assert(elapsed < 2000, `mutation ${round} took ${elapsed} ms`);
    }
    assert(failed > MUTATIONS / 10, `only ${failed} damaged files were noticed`);
  });
}
