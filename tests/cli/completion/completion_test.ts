import assert from "node:assert/strict";
import { runProgram, TestFolder } from "../run_program.ts";

/** Whether a shell is on this machine. */
function has(shell: string): boolean {
  try {
    return Deno.statSync(`/usr/bin/${shell}`).isFile;
  } catch {
    return false;
  }
}

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(["completion", shell], { cwd: Deno.cwd() });
  assert.equal(code, 0, stderr);
  return stdout;
}

/** What a shell prints for a text of commands of its own. */
async function shellPrints(shell: string, commands: string, home: string): Promise<string[]> {
  const { stdout, stderr, success } = await new Deno.Command(`/usr/bin/${shell}`, {
    args: ["-c", commands],
    cwd: home,
    env: { HOME: home },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** What is typed, and words that have to be offered or must not be. */
const TYPED: readonly [typed: string, offered: readonly string[], absent: readonly string[]][] = [
  ["spxcutdb ru", ["run"], ["report"]],
  ["spxcutdb calibration ", ["sync", "status"], ["run"]],
  ["spxcutdb run --qa-le", ["--qa-level"], ["--qa-dpi"]],
  ["spxcutdb run --qa-level ", ["minimal", "standard", "full"], ["--project"]],
  ["spxcutdb run --json --cleanup-cutouts s", ["success-after-run"], ["never"]],
  ["spxcutdb run --project cat", ["catalog.csv"], []],
  ["spxcutdb inspect cat", ["catalog.csv"], []],
  ["spxcutdb completion f", ["fish"], ["zsh"]],
];

function check(
  typed: string,
  words: readonly string[],
  offered: readonly string[],
  absent: readonly string[],
): void {
  for (const word of offered) {
    assert(words.includes(word), `${typed}: ${word} is not among ${words.join(" ")}`);
  }
  for (const word of absent) assert(!words.includes(word), `${typed}: ${word} is offered`);
}

Deno.test({
  name: "spxcutdb completion bash makes bash complete commands, options and values",
  ignore: !has("bash"),
  fn: async () => {
    const script = await scriptFor("bash");
    await using folder = new TestFolder();
    await folder.write("catalog.csv", "");
    for (const [typed, offered, absent] of TYPED) {
      const words = typed.split(" ").map((word) => `"${word}"`).join(" ");
      const lines = await shellPrints(
        "bash",
        `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _spxcutdb; printf '%s\\n' "\${COMPREPLY[@]}"`,
        folder.path,
      );
      check(typed, lines, offered, absent);
    }
  },
});

Deno.test({
  name: "spxcutdb completion fish makes fish complete commands, options and values",
  ignore: !has("fish"),
  fn: async () => {
    await using folder = new TestFolder();
    await folder.write("catalog.csv", "");
    await folder.write("spxcutdb.fish", await scriptFor("fish"));
    for (const [typed, offered, absent] of TYPED) {
      const lines = await shellPrints("fish", `source spxcutdb.fish; complete -C '${typed}'`, folder.path);
      check(typed, lines.map((line) => line.split("\t")[0]!), offered, absent);
    }
  },
});

Deno.test({
  name: "spxcutdb completion zsh is a script that zsh loads, with a function for each command",
  ignore: !has("zsh"),
  fn: async () => {
    await using folder = new TestFolder();
    await folder.write("spxcutdb.zsh", await scriptFor("zsh"));
    const lines = await shellPrints(
      "zsh",
      "autoload -U compinit; compinit -u -D; source ./spxcutdb.zsh; print -l ${(k)functions[(I)_spxcutdb*]}; print $_comps[spxcutdb]",
      folder.path,
    );
    check("zsh", lines, ["_spxcutdb", "_spxcutdb_run", "_spxcutdb_calibration_sync"], []);
    assert.equal(lines.at(-1), "_spxcutdb");
  },
});
