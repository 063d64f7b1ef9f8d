/** docs/aperture.md says what the code does. */
import assert from "node:assert/strict";
import { APERTURE_CHAPTER, apertureTables } from "../../docs/aperture_tables.ts";
import { readTable } from "../../docs/kernel_tables.ts";

const chapter = await Deno.readTextFile(APERTURE_CHAPTER);

Deno.test("docs/aperture.md has the columns and parameters of the code (deno task docs:aperture renews them)", () => {
  for (const [name, table] of apertureTables()) {
    assert(table.length > 3, name);
    assert.deepEqual(readTable(chapter, name), table, `table ${name}: run deno task docs:aperture`);
  }
});

Deno.test("docs/aperture.md links to files that there are, and names commands as the program has them", async () => {
  for (const [, link] of chapter.matchAll(/\]\(([^)#]+)\)/g)) {
    assert((await Deno.stat(new URL(link!, APERTURE_CHAPTER))).isFile, link);
  }
  const command = await Deno.readTextFile(new URL("../lib/cli/commands/source.ts", APERTURE_CHAPTER));
  for (const [, option] of chapter.matchAll(/(--[a-z-]+)\b/g)) {
    assert(command.includes(`"${option} `) || command.includes(`"${option}"`), option);
  }
});
