import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { sha256File, sha256Hex, Sha256Stream } from "../../lib/files/sha256.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** FIPS 180-4, example of "abc". */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("sha256Hex() gives the published digests", () => {
  assert.equal(sha256Hex("abc"), ABC);
  assert.equal(sha256Hex(new TextEncoder().encode("abc")), ABC);
  assert.equal(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

Deno.test("Sha256Stream gives the digest of all pieces and counts them", () => {
  const stream = new Sha256Stream();
  for (const piece of ["a", "", "bc"]) stream.update(new TextEncoder().encode(piece));
  assert.equal(stream.hex(), ABC);
  assert.equal(stream.hex(), ABC);
  assert.equal(stream.byteCount, 3);
  assert.throws(() => stream.update(new Uint8Array(1)), TypeError);
});

Deno.test("sha256File() reads files longer than one block, and says when there is none", async () => {
  using folder = new TemporaryFolder();
  const bytes = new Uint8Array((1 << 20) + 12345).map((_, i) => i % 251);
  Deno.writeFileSync(folder.at("long"), bytes);
  assert.equal(await sha256File(folder.at("long")), sha256Hex(bytes));
  await assert.rejects(sha256File(folder.at("none")), (error) => isTaggedError(error, "storage/not-found"));
});
