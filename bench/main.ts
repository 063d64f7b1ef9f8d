/**
 * The numbers of the README on this machine: `deno task bench`.
 *
 * Whole processes are timed from outside; each figure is the median of a few runs.
 */
import { parseSia2Answer } from "../lib/archive/sia2.ts";
import { timedProcess } from "./timed_process.ts";

/** One line of the table. */
interface Figure {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The arguments with which the task `demo` runs the program, but for the permissions: the figures go to another folder. */
function demoArguments(folder: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const words: string[] = tasks.demo.command.split(" ").slice(1);
  return [...words.map((word) => word === "-P=demo" ? "-A" : word), "--directory", folder];
}

async function repeat(count: number, args: readonly string[]): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < count; i++) seconds.push((await timedProcess(args)).seconds);
  return median(seconds);
}

/** Seconds to parse a real answer of the archive repeated to 10,000 rows. */
function parseRows(): number {
  const [heading, ...rows] = Deno.readTextFileSync("tests/fixtures/archive/sia2_m31_irsa.csv").trimEnd()
    .split("\n");
  const text = [heading, ...Array.from({ length: 10_000 }, (_, i) => rows[i % rows.length])].join("\n");
  const body = new TextEncoder().encode(text);
  const started = performance.now();
  parseSia2Answer(body, undefined);
  return (performance.now() - started) / 1000;
}

async function figures(folder: string): Promise<Figure[]> {
  const helpArguments = ["run", "-A", "cli.ts", "--help"];
  await timedProcess(helpArguments);
  const help = await repeat(9, helpArguments);
  const demo = await timedProcess(demoArguments(folder));
  const resumed = await repeat(3, demoArguments(folder));
  return [
    { name: "`--help`", value: `${Math.round(help * 1000)} ms`, goal: "100 ms" },
    { name: "demo, from nothing", value: `${demo.seconds.toFixed(1)} s`, goal: "60 s" },
    { name: "demo, nothing left to do", value: `${resumed.toFixed(2)} s`, goal: "3 s" },
    {
      name: "10,000 rows of an SIA answer parsed",
      value: `${median([parseRows(), parseRows(), parseRows()]).toFixed(3)} s`,
      goal: "1 s",
    },
    {
      name: "resident memory of the demo, archive included",
      value: `${Math.round(demo.bytes / 1e6)} MB`,
      goal: "400 MB",
    },
  ];
}

const folder = await Deno.makeTempDir();
try {
  const table = await figures(folder);
  // deno-lint-ignore no-console
  console.log(
    [
      "| what | measured | goal |",
      "|---|---|---|",
      ...table.map((row) => `| ${row.name} | ${row.value} | ${row.goal} |`),
    ].join("\n"),
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
