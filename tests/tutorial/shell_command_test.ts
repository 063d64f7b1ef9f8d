import assert from "node:assert/strict";
import { parseShellCommand } from "./shell_command.ts";

Deno.test("parseShellCommand() reads what the tutorial writes", () => {
  assert.deepEqual(parseShellCommand("spxcutdb init \\\n  --project ./p \\\n  --name 'a b'"), {
    words: ["spxcutdb", "init", "--project", "./p", "--name", "a b"],
    outputFile: undefined,
  });
  assert.deepEqual(parseShellCommand("nohup spxcutdb run \\\n  --no-progress > run.out 2>&1 &"), {
    words: ["spxcutdb", "run", "--no-progress"],
    outputFile: "run.out",
  });
  assert.throws(() => parseShellCommand("spxcutdb run | less"), RangeError);
});
