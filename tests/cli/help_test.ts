import assert from "node:assert/strict";
import { runProgram, TestFolder } from "./run_program.ts";

/** The commands that a help text lists. */
function listedCommands(help: string): string[] {
  const list = /\nCommands:\n((?: .*\n)+)/.exec(help)?.[1] ?? "";
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]!).filter((name) => name !== "help");
}

Deno.test("--help of every command", async (t) => {
  await using folder = new TestFolder();
  const seen: string[] = [];
  const queue: string[][] = [[]];
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    const { code, stdout, stderr } = await runProgram([...command, "--help"], { cwd: folder.path });
    assert.equal(code, 0);
    assert.equal(stderr, "");
    // Readable on a terminal of 80 characters.
    assert(stdout.split("\n").every((line) => line.length <= 80), stdout);
    for (const inner of listedCommands(stdout)) queue.push([...command, inner]);
    seen.push(command.join(" "));
    await t.step(["spxcutdb", ...command, "--help"].join(" "), (step) => step.assertSnapshot(stdout));
  }
  for (const command of ["run", "config show", "config defaults", "calibration sync", "archive serve"]) {
    assert(seen.includes(command), command);
  }
});

Deno.test("No command at all is answered with the help, on stderr", async () => {
  await using folder = new TestFolder();
  const [bare, asked] = [
    await runProgram([], { cwd: folder.path }),
    await runProgram(["help"], { cwd: folder.path }),
  ];
  assert.deepEqual(bare, { code: 2, stdout: "", stderr: asked.stdout });
  assert.equal(asked.code, 0);
});

Deno.test("--version prints the version of the package", async () => {
  await using folder = new TestFolder();
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.deepEqual(await runProgram(["--version"], { cwd: folder.path }), {
    code: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
});
