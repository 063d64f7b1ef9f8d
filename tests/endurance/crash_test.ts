import { benchTests } from "../workflow/project_fixture.ts";
import { CrashTrial } from "./crash_trial.ts";

const SEED = 20261121;
const KILLS = 25;

benchTests("The program, killed at any moment", {
  [`goes on from ${KILLS} moments to the results of an undisturbed run (seed ${SEED})`]: async (bench) => {
    const lines: string[] = [];
    try {
      await new CrashTrial(bench, SEED, (line) => lines.push(line)).run(KILLS);
    } finally {
      // deno-lint-ignore no-console -- which moments they were
      console.log(lines.join("\n"));
    }
  },
});
