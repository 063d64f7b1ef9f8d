import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { commitFile, writeFileAtomic } from "../../lib/files/atomic_write.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** The names in a folder, sorted. */
function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("writeFileAtomic() writes text and bytes, makes missing folders and leaves nothing else behind", async () => {
  using folder = new TemporaryFolder();
  await writeFileAtomic(folder.at("a/b/text.txt"), "µJy\n");
  await writeFileAtomic(folder.at("a/b/data.bin"), new Uint8Array([0, 1, 255]));
  await writeFileAtomic(folder.at("a/b/empty"), "");
  assert.equal(Deno.readTextFileSync(folder.at("a/b/text.txt")), "µJy\n");
  assert.deepEqual(Deno.readFileSync(folder.at("a/b/data.bin")), new Uint8Array([0, 1, 255]));
  assert.equal(Deno.statSync(folder.at("a/b/empty")).size, 0);
  assert.deepEqual(names(folder.at("a/b")), ["data.bin", "empty", "text.txt"]);
});

Deno.test("writeFileAtomic() replaces a file in one step, so that readers see the old or the new one whole", async () => {
  using folder = new TemporaryFolder();
  const path = folder.at("file");
  const [old, now] = ["old ".repeat(100_000), "new ".repeat(150_000)];
  await writeFileAtomic(path, old);
  const writing = writeFileAtomic(path, now);
  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) seen.add(await Deno.readTextFile(path));
  await writing;
  seen.add(Deno.readTextFileSync(path));
  assert([...seen].every((text) => text === old || text === now));
  assert.equal(Deno.readTextFileSync(path), now);
});

Deno.test("writeFileAtomic() keeps the old file and no rest when it cannot write", async () => {
  using folder = new TemporaryFolder();
  Deno.mkdirSync(folder.at("taken/inside"), { recursive: true });
  await assert.rejects(
    writeFileAtomic(folder.at("taken"), "x"),
    (error) => isTaggedError(error, "storage/not-a-file") && error.context["path"] === folder.at("taken"),
  );
  assert.deepEqual(names(folder.path), ["taken"]);
});

Deno.test("writeFileAtomic() takes names as long as the file system allows, and says when they are longer", async () => {
  using folder = new TemporaryFolder();
  await writeFileAtomic(folder.at("n".repeat(255)), "x");
  assert.deepEqual(names(folder.path), ["n".repeat(255)]);
  await assert.rejects(
    writeFileAtomic(folder.at("n".repeat(256)), "x"),
    (error) => isTaggedError(error, "storage/name-too-long"),
  );
  assert.deepEqual(names(folder.path), ["n".repeat(255)]);
});

Deno.test("writeFileAtomic() lets many writers of one file end with one whole file", async () => {
  using folder = new TemporaryFolder();
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000));
  await Promise.all(texts.map((text) => writeFileAtomic(folder.at("shared"), text)));
  assert(texts.includes(Deno.readTextFileSync(folder.at("shared"))));
  assert.deepEqual(names(folder.path), ["shared"]);
});

Deno.test("commitFile() gives a finished file its name", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.at("x.part"), "whole");
  await commitFile(folder.at("x.part"), folder.at("x.fits"));
  assert.deepEqual(names(folder.path), ["x.fits"]);
  await assert.rejects(
    commitFile(folder.at("x.part"), folder.at("y.fits")),
    (error) => isTaggedError(error, "storage/not-found"),
  );
});
