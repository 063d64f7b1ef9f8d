// deno-lint-ignore-file no-console
/**
 * Kills the program at random moments and compares what comes of the runs that go on with an undisturbed one:
 * `deno task bench:crash [kills] [seed]`, 200 kills without arguments.
 */
import { CrashTrial } from "../tests/endurance/crash_trial.ts";
import { Workbench } from "../tests/workflow/project_fixture.ts";

const kills = Number(Deno.args[0] ?? 200);
const seed = Number(Deno.args[1] ?? Date.now() % 1e9);
const started = performance.now();
await using bench = await Workbench.open();
console.log(`${kills} kills, seed ${seed}`);
await new CrashTrial(bench, seed, console.log).run(kills);
const seconds = (performance.now() - started) / 1000;
console.log(`All runs went on to the results of an undisturbed run, in ${seconds.toFixed(0)} s`);
