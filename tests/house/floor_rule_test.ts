import assert from "node:assert/strict";
import { FLOOR_OF_FOLDER, importViolation } from "./floor_rule.ts";

/** Every source file of `lib/`, relative to the repository. */
async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Doc comments: their examples are programs of their own. */
const COMMENT = /\/\*\*[^]*?\*\//g;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

Deno.test("importViolation() lets imports go down and nowhere else", () => {
  assert.equal(importViolation("lib/fits/header.ts", "../core/errors.ts"), undefined);
  assert.equal(importViolation("lib/fits/header.ts", "./card.ts"), undefined);
  assert.equal(importViolation("lib/photometry/fit.ts", "../psf/render.ts"), undefined);
  assert.match(importViolation("lib/fits/header.ts", "../wcs/sip.ts")!, /imports go down only/);
  assert.match(importViolation("lib/core/errors.ts", "../fits/card.ts")!, /imports go down only/);
  assert.match(importViolation("lib/math/sphere.ts", "node:path")!, /pure floor/);
  assert.match(importViolation("lib/psf/render.ts", "zod")!, /pure floor/);
  assert.equal(importViolation("lib/net/http_client.ts", "p-queue"), undefined);
  assert.equal(importViolation("mod.ts", "./lib/cli/main.ts"), undefined);
  assert.match(importViolation("lib/attic/x.ts", "./y.ts")!, /has no floor/);
});

Deno.test("the import graph of lib/ goes down", async () => {
  const folders = new Set<string>();
  const violations: string[] = [];
  let files = 0;
  for await (const file of sourceFiles("lib")) {
    files++;
    folders.add(file.split("/")[1]!);
    const code = (await Deno.readTextFile(file)).replaceAll(COMMENT, "");
    for (const [, specifier] of code.matchAll(IMPORT)) {
      const violation = importViolation(file, specifier!);
      if (violation !== undefined) violations.push(`${file}: ${violation}`);
    }
  }
  assert.deepEqual(violations, []);
  assert(files > 100, `Only ${files} files were read`);
  assert.deepEqual([...folders].filter((folder) => FLOOR_OF_FOLDER[folder] === undefined), []);
});

Deno.test("no file of lib/ is longer than 600 lines", async () => {
  for await (const file of sourceFiles("lib")) {
    const lines = (await Deno.readTextFile(file)).split("\n").length - 1;
    assert(lines <= 600, `${file} has ${lines} lines`);
  }
});
