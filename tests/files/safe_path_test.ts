import assert from "node:assert/strict";
import { resolve } from "node:path";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import { insideDirectory } from "../../lib/files/safe_path.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** Whether a path is refused as leading outside. */
function isRefused(root: string, path: string): boolean {
  try {
    insideDirectory(root, path);
    return false;
  } catch (error) {
    assert(isTaggedError(error, "storage/outside-project"), String(error));
    return true;
  }
}

Deno.test("insideDirectory() makes paths inside absolute, whether they exist or not", () => {
  using folder = new TemporaryFolder();
  assert.equal(insideDirectory(folder.path, "data/cutouts"), folder.at("data/cutouts"));
  assert.equal(insideDirectory(folder.path, "a/../b"), folder.at("b"));
  assert.equal(insideDirectory(folder.path, folder.at("x")), folder.at("x"));
  assert.equal(insideDirectory(folder.path, "."), folder.path);
  assert.equal(insideDirectory(folder.path, "..hidden"), folder.at("..hidden"));
});

Deno.test("insideDirectory() refuses what leads out by text", () => {
  using folder = new TemporaryFolder();
  const outside = ["..", "../x", "a/../../x", "/etc/passwd", `${folder.path}x/y`, "a\0b"];
  assert.deepEqual(outside.map((path) => isRefused(folder.path, path)), outside.map(() => true));
});

Deno.test("insideDirectory() follows links: out of the directory they are refused, inside they are not", () => {
  using folder = new TemporaryFolder();
  using elsewhere = new TemporaryFolder();
  const root = folder.at("project");
  Deno.mkdirSync(`${root}/data`, { recursive: true });
  Deno.symlinkSync(elsewhere.path, `${root}/leak`);
  Deno.symlinkSync(elsewhere.at("not/there"), `${root}/dangling`);
  Deno.symlinkSync("../project/data", `${root}/inner`);
  Deno.symlinkSync("loop_b", `${root}/loop_a`);
  Deno.symlinkSync("loop_a", `${root}/loop_b`);
  assert(isRefused(root, "leak"));
  assert(isRefused(root, "leak/x.fits"));
  assert(isRefused(root, "dangling"));
  assert(isRefused(root, "dangling/deeper"));
  assert.equal(insideDirectory(root, "inner/x.fits"), `${root}/inner/x.fits`);
  assert.equal(insideDirectory(root, "data/../inner"), `${root}/inner`);
  assert.throws(() => insideDirectory(root, "loop_a/x"), isTaggedError);
});

Deno.test("insideDirectory() works when the project itself is reached through a link", () => {
  using folder = new TemporaryFolder();
  Deno.mkdirSync(folder.at("real"));
  Deno.symlinkSync(folder.at("real"), folder.at("link"));
  assert.equal(insideDirectory(folder.at("link"), "db/x.sqlite"), folder.at("link/db/x.sqlite"));
  assert.equal(insideDirectory(folder.at("link"), folder.at("real/y")), folder.at("real/y"));
  assert(isRefused(folder.at("link"), "../real2/y"));
});

Deno.test("insideDirectory() agrees with the text of the path when there are no links", () => {
  using folder = new TemporaryFolder();
  const part = fc.constantFrom("a", "b", "..", ".", "", "c d", "~");
  fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
    const path = parts.join("/").replace(/^\/+/, "");
    const absolute = resolve(folder.path, path);
    const isInside = absolute === folder.path || absolute.startsWith(`${folder.path}/`);
    assert.equal(isRefused(folder.path, path), !isInside);
  }));
});
