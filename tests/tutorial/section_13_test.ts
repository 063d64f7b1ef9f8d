import assert from "node:assert/strict";
import { join } from "node:path";

const LIBRARY = new URL("../../lib/", import.meta.url).pathname;

/** The TypeScript files of the library with their text. */
async function* sources(folder = LIBRARY): AsyncGenerator<[path: string, text: string]> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield [path.slice(LIBRARY.length), await Deno.readTextFile(path)];
  }
}

/** The files that import a name. */
async function importersOf(name: string): Promise<string[]> {
  const importing = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from`);
  const found: string[] = [];
  for await (const [path, text] of sources()) if (importing.test(text)) found.push(path);
  return found.sort();
}

Deno.test("There is no second downloader: cutouts and calibration files go through iterDownloadPlanResults()", async () => {
  assert.deepEqual(await importersOf("iterDownloadPlanResults"), [
    "archive/calibration_sync.ts",
    "workflow/download_batches.ts",
    "workflow/pipeline/download_stage.ts",
  ]);
  assert.deepEqual(await importersOf("cutoutUrl"), ["workflow/cutout_downloads.ts"]);
});

Deno.test("Workers have no database: what measures and draws does not import the store", async () => {
  const files = new Map(await Array.fromAsync(sources()));
  const reached = new Set<string>();
  const queue = ["workflow/fit_worker.ts"];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const [, specifier] of files.get(path)!.matchAll(/^import (?!type )[^;]*? from "(\.[^"]+\.ts)"/gm)) {
      queue.push(join(path, "..", specifier!));
    }
  }
  assert(reached.size > 10, `only ${reached.size} files were reached`);
  assert.deepEqual([...reached].filter((path) => path.startsWith("store/")), []);
});
