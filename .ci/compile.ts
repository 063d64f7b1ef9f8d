// deno-lint-ignore-file no-console
/**
 * Builds the standalone binary: `deno task compile [target …]`.
 *
 * Everything the program needs is inside: fonts, WebAssembly, SQL and templates are imported, the workers' entry is
 * named here. The base runtime is fetched by `deno compile` unless DENORT_BIN names a file with it.
 */
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** Arguments of `deno compile` for one target. */
function compileArguments(target: string): string[] {
  const name = target === Deno.build.target ? "spxcutdb" : `spxcutdb-${target}`;
  return [
    "compile",
    "--quiet",
    "-P=spxcutdb",
    // Measuring makes much that is soon forgotten; a small nursery keeps the memory of each worker small.
    "--v8-flags=--max-semi-space-size=8",
    "--include=lib/workflow/fit_worker_entry.ts",
    `--target=${target}`,
    `--output=dist/${name}`,
    "cli.ts",
  ];
}

const asked = Deno.args.length === 0 ? [Deno.build.target] : Deno.args.includes("all") ? TARGETS : Deno.args;
for (const target of asked) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(target),
    stderr: "piped",
  }).output();
  if (code === 0) {
    console.log(`dist: built for ${target}`);
    continue;
  }
  const text = new TextDecoder().decode(stderr);
  console.error(text.trim());
  if (/denort|download|dns|client error/i.test(text)) {
    console.error(
      `\nerror[compile/no-runtime]: Cannot fetch the base runtime for ${target}\n\n` +
        "hint: Connect to the network, or set DENORT_BIN to a denort binary of Deno 2.9.6; `deno task bundle` makes one\n" +
        "      JavaScript file with everything inside that runs with any Deno instead",
    );
  }
  Deno.exit(1);
}
