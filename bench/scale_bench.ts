// deno-lint-ignore-file no-console
/**
 * What a project of a million measurements costs: `deno task bench:scale [sources] [images]`, 2,000 sources in 500
 * images each without arguments. The rows go through the real plan, store, outputs and ledger; only pixels are made up.
 */
import { ScaleProject } from "../tests/endurance/scale_project.ts";
import { Workbench } from "../tests/workflow/project_fixture.ts";
import { timedProcess } from "./timed_process.ts";

const sources = Number(Deno.args[0] ?? 2000);
const images = Number(Deno.args[1] ?? 500);
/** Sources of the first ten thousand measurements, which the last ten thousand are compared with. */
const sourcesAtOnce = Math.max(1, Math.round(10_000 / images));

function row(what: string, value: string, goal = ""): void {
  console.log(`| ${what.padEnd(46)} | ${value.padEnd(34)} | ${goal.padEnd(8)} |`);
}

await using bench = await Workbench.open();
const project = await ScaleProject.make(bench, sources, images);
const costs: number[] = [];
let bytes = 0;
for await (const { items, processorMilliseconds } of project.fill(sourcesAtOnce)) {
  costs.push(processorMilliseconds / items);
  bytes = Math.max(bytes, Deno.memoryUsage().rss);
  console.error(`${costs.length * items} measurements, ${costs.at(-1)!.toFixed(3)} ms each`);
}
row("measurements", `${sources * images} of ${sources} sources`);
row("database", `${(Deno.statSync(`${project.root}/db/cutoutdb.sqlite`).size / 1e9).toFixed(2)} GB`);
row("processor time of a measurement, first 10,000", `${costs[0]!.toFixed(3)} ms`);
const change = 100 * (costs.at(-1)! / costs[0]! - 1);
row("the same, last 10,000", `${costs.at(-1)!.toFixed(3)} ms (${change.toFixed(0)} %)`, "15 %");
row("resident memory, archive included", `${(bytes / 1e6).toFixed(0)} MB`, "500 MB");
const commands: readonly (readonly [string, readonly string[], string])[] = [
  ["run --dry-run", ["run", "--dry-run"], "15 s"],
  ["summary", ["summary", "--json"], "2 s"],
  ["status", ["status", "--json"], "2 s"],
];
for (const [name, args, goal] of commands) {
  const cost = await timedProcess([
    "run",
    "-q",
    "--no-check",
    "-A",
    "cli.ts",
    ...args,
    "--project",
    project.root,
  ]);
  const { seconds, processorSeconds } = cost;
  const value = `${seconds.toFixed(2)} s (processor ${processorSeconds.toFixed(2)} s)`;
  row(name, `${value}, ${(cost.bytes / 1e6).toFixed(0)} MB`, goal);
}
