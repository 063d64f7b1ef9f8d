import assert from "node:assert/strict";

/** Runs Deno and returns what it printed; fails the test when it does not end well. */
async function deno(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, `${text}${new TextDecoder().decode(stderr)}`);
  return text;
}

Deno.test("the bundled program runs the demo from an empty folder, with no source tree in reach", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await deno(
      ["bundle", "--quiet", "--platform", "deno", "--output", `${folder}/spxcutdb.js`, "cli.ts"],
      ".",
    );
    const run = (...args: string[]) =>
      deno([
        "run",
        "--no-config",
        "--no-remote",
        "--no-npm",
        `--allow-read=${folder}`,
        `--allow-write=${folder}`,
        "--allow-net=127.0.0.1",
        "--allow-env",
        "--allow-sys=hostname",
        "spxcutdb.js",
        ...args,
      ], folder);
    assert.match(await run("--help"), /From a target catalog to SPHEREx spectra/);
    const printed = await run("demo", "--visits", "2");
    for (const [, path] of printed.matchAll(/(?:spectrum|plot|report)\s+(\S+)/g)) {
      assert((await Deno.stat(`${folder}/${path}`)).size > 0, path);
    }
    assert.match(printed, /TDE_2025aarm[^]*TDE_2026dmt/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("everything that the program loads by name is in the binary", async () => {
  const script = await Deno.readTextFile(".ci/compile.ts");
  const included = [...script.matchAll(/--include=([^"]+)/g)].map((match) => match[1]!);
  const pool = await Deno.readTextFile("lib/workflow/fit_pool.ts");
  const entries = [...pool.matchAll(/new URL\("\.\/([^"]+)", import\.meta\.url\)/g)].map((match) =>
    `lib/workflow/${match[1]}`
  );
  assert.deepEqual(included, entries);
  const loaders: string[] = [];
  for await (const file of sourceFiles("lib")) {
    // Anything read relative to the source at run time would be missing from a bundle.
    if (
      /new URL\([^)]*import\.meta\.url|import\.meta\.(dirname|filename|resolve)/.test(
        await Deno.readTextFile(file),
      )
    ) loaders.push(file);
  }
  assert.deepEqual(loaders, ["lib/workflow/fit_pool.ts"]);
});

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}
