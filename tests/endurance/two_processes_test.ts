import assert from "node:assert/strict";
import { LOCK_FILE_NAME } from "../../lib/files/project_lock.ts";
import { startProgram } from "../cli/run_program.ts";
import { benchTests, currentRows, exists, recordRun } from "../workflow/project_fixture.ts";

benchTests("Two processes on one project", {
  "run one after the other: the second is refused at once and told who is at work": async (bench) => {
    const expected = currentRows(await bench.project("measured"));
    const project = await bench.project("calibrated");
    const args = ["run", "--project", project, "--resume", "--json", "--cleanup-cutouts", "never"];
    const children = [1, 2].map(() => startProgram(args, { cwd: `${project}/..` }));
    const ended = await Promise.all(children.map(async (child) => {
      const { code, stdout } = await child.output();
      return { pid: child.pid, code, answer: JSON.parse(new TextDecoder().decode(stdout)) };
    }));
    const [winner, loser] = ended.toSorted((a, b) => a.code - b.code);
    assert.deepEqual([winner!.code, loser!.code], [0, 7]);
    const { code, message, context, hint } = loser!.answer.error;
    assert.equal(code, "lock/held");
    assert.deepEqual([context.pid, context.host, context.command], [winner!.pid, Deno.hostname(), "run"]);
    assert(message.includes(`process ${winner!.pid} on ${Deno.hostname()} (run, since `), message);
    assert.match(hint, /Wait until it has finished/);
    assert.deepEqual(currentRows(project), expected);
    assert(!exists(`${project}/${LOCK_FILE_NAME}`));
  },

  "can be read from while one of them writes": async (bench) => {
    const project = await bench.project("calibrated");
    let reading: Promise<{ code: number }> | undefined;
    const { status } = await recordRun({
      project,
      onEvent: (event) => {
        if (event.type === "workflow_runtime") {
          const child = startProgram(["summary", "--project", project], { cwd: `${project}/..` });
          reading = child.output();
        }
      },
    });
    assert.equal(status, "success");
    assert.equal((await reading!).code, 0);
  },
});
