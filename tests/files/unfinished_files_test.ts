import assert from "node:assert/strict";
import { removeUnfinishedFiles } from "../../lib/files/unfinished_files.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

Deno.test("removeUnfinishedFiles() removes what a killed process was writing, and nothing else", () => {
  using folder = new TemporaryFolder();
  const mine = [".a.csv.12-1-0badcafe.tmp", "deep/er/.b.7-12-00000000.tmp"];
  const others = ["a.tmp", ".a.csv.tmp", "x.12-1-0badcafe.tmp", "spared/.a.csv.12-1-0badcafe.tmp"];
  for (const path of [...mine, ...others]) {
    Deno.mkdirSync(folder.at(path).replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(folder.at(path), "");
  }
  Deno.mkdirSync(folder.at("outside"));
  Deno.writeTextFileSync(folder.at("outside/.c.1-1-0badcafe.tmp"), "");
  Deno.mkdirSync(folder.at("project"));
  Deno.symlinkSync(folder.at("outside"), folder.at("project/link"));
  assert.equal(removeUnfinishedFiles(folder.at("project")), 0, "links are not followed");
  assert.equal(removeUnfinishedFiles(folder.path, [folder.at("spared"), folder.at("outside")]), mine.length);
  for (const path of others) assert(Deno.statSync(folder.at(path)).isFile);
});
