/** docs/kernel.md says what the code does. */
import assert from "node:assert/strict";
import { CONFIG_SECTIONS, findConfigKey } from "../../lib/config/config_keys.ts";
import { SPECTRUM_COLUMNS } from "../../lib/outputs/spectrum_columns.ts";
import { PHOTOMETRY_FLAGS } from "../../lib/photometry/photometry_flags.ts";
import { PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { KERNEL_CHAPTER, kernelTables, readTable } from "../../docs/kernel_tables.ts";

const chapter = await Deno.readTextFile(KERNEL_CHAPTER);

Deno.test("docs/kernel.md has the flags, defaults and fixed numbers of the code (deno task docs:kernel renews them)", async () => {
  for (const [name, table] of await kernelTables()) {
    assert.ok(table.length > 10, name);
    assert.deepEqual(readTable(chapter, name), table, `table ${name}: run deno task docs:kernel`);
  }
});

Deno.test("docs/kernel.md names columns, configuration keys and flags that there are", () => {
  const columns = new Set<string>(SPECTRUM_COLUMNS.map(({ name }) => name));
  const named = [...chapter.matchAll(/^\| `([\w*]+)` +\|/gm)].map((match) => match[1]!)
    .filter((name) => findConfigKey(`photometry.${name}`) === undefined);
  assert.ok(named.length > 20);
  for (const name of named) assert.ok(columns.has(name), `${name} is no column`);

  const sections = new Set(CONFIG_SECTIONS.map(({ key }) => key.split(".").at(-1)!));
  const keys = [...chapter.matchAll(/`(?:photometry\.)?(\w+)\.(\w+)(?::[^`]*)?`/g)]
    .filter(([, section]) => sections.has(section!)).map((match) => `${match[1]}.${match[2]}`);
  assert.ok(keys.length > 60);
  for (const key of keys) {
    assert.ok(findConfigKey(`photometry.${key}`) ?? findConfigKey(key), `${key} is no key`);
  }

  const words = new Set([...chapter.matchAll(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b/g)].map((match) => match[0]));
  const constants = new Set(readTable(chapter, "fixed").map((row) => /\[`(\w+)`\]/.exec(row[2]!)?.[1]));
  for (const word of words) {
    const isKnown = PHOTOMETRY_FLAGS.has(word) || PIXEL_FLAGS.has(word) || constants.has(word);
    assert.ok(isKnown || word === "OMEGA_MEDIAN", `${word} is no flag`);
  }
});

Deno.test("docs/kernel.md links to files and headings that there are", async () => {
  const anchors = new Set(
    [...chapter.matchAll(/^#+ (.+)$/gm)].map((match) =>
      match[1]!.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-")
    ),
  );
  const links = [...chapter.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
  assert.ok(links.length > 30);
  for (const link of new Set(links)) {
    if (link.startsWith("#")) assert.ok(anchors.has(link.slice(1)), link);
    else assert.ok((await Deno.stat(new URL(link.replace(/#.*$/, ""), KERNEL_CHAPTER))).isFile, link);
  }
});

Deno.test("docs/kernel.md tells of the accuracy what the README's table says", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", KERNEL_CHAPTER));
  assert.match(readme, /\]\(docs\/kernel\.md\)/);
  for (const release of ["QR2", "QR3"]) {
    const row = new RegExp(`^\\| ${release} .*$`, "m").exec(readme)?.[0].split("|").map((cell) =>
      cell.trim()
    );
    const [bias, mean, width] = [parseFloat(row![3]!), Number(row![4]), Number(row![5])];
    assert.ok(Math.abs(bias) < 0.01 && Math.abs(mean) <= 0.02 && Math.abs(width - 1) <= 0.01, `${row}`);
  }
  assert.match(
    chapter,
    /below 0\.01 %, the pulls have a mean within 0\.02 of 0 and a width within 0\.01 of 1/,
  );
});
