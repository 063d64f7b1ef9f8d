import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { openFileSource } from "../../lib/files/file_source.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

Deno.test("openFileSource() reads ranges at once, in any order, and short ones at the end", () => {
  using folder = new TemporaryFolder();
  Deno.writeFileSync(folder.at("ten"), Uint8Array.from({ length: 10 }, (_, i) => i));
  using source = openFileSource(folder.at("ten"));
  assert.equal(source.byteLength, 10);
  assert.deepEqual(source.read(6, 3), new Uint8Array([6, 7, 8]));
  assert.deepEqual(source.read(0, 2), new Uint8Array([0, 1]));
  assert.deepEqual(source.read(8, 100), new Uint8Array([8, 9]));
  assert.deepEqual(source.read(50, 4), new Uint8Array(0));
});

Deno.test("openFileSource() gives what is left when the file has become shorter", () => {
  using folder = new TemporaryFolder();
  Deno.writeFileSync(folder.at("f"), new Uint8Array(100));
  using source = openFileSource(folder.at("f"));
  Deno.truncateSync(folder.at("f"), 30);
  assert.equal(source.read(20, 50).length, 10);
});

Deno.test("openFileSource() says when there is nothing to open, and a closed source when it is read", () => {
  using folder = new TemporaryFolder();
  assert.throws(
    () => openFileSource(folder.at("none")),
    (error) => isTaggedError(error, "storage/not-found"),
  );
  assert.throws(() => openFileSource(folder.path), (error) => isTaggedError(error, "storage/not-a-file"));
  Deno.writeTextFileSync(folder.at("f"), "x");
  const source = openFileSource(folder.at("f"));
  source[Symbol.dispose]();
  source[Symbol.dispose]();
  assert.throws(() => source.read(0, 1), TypeError);
});
