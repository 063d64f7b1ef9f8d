/**
 * What cutouts cost on each route, and what the downloader stands: `deno task bench:acquisition`.
 *
 * Bytes and requests are counted by the stand-in archive and by whole runs against it. Rates are those of the whole
 * downloader (transfer, checks, hashes, disk) against a server in a thread of its own that replays one recorded cutout.
 * Ends with 1 when a goal is missed.
 */
import { AccessFixture } from "../tests/archive/access_fixture.ts";
import { byteTable } from "./acquisition/byte_table.ts";
import { faultGoals } from "./acquisition/fault_goals.ts";
import { type Goal, goalTable } from "./acquisition/goal.ts";
import { rateGoals } from "./acquisition/rates.ts";
import { routeGoals } from "./acquisition/route_runs.ts";

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "acquisition_bench_" }));
  try {
    return await work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Prints a part as soon as it is known: the whole takes minutes. */
function print(lines: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(`${lines.join("\n")}\n`);
}

function printGoals(goals: readonly Goal[]): void {
  print(goalTable(goals));
  if (goals.some(({ isMet }) => !isMet)) Deno.exitCode = 1;
}

await using fixture = await AccessFixture.open();
print(await byteTable(fixture));
const { goals, profile } = await rateGoals(fixture);
printGoals(goals);
print(profile);
printGoals(await inFolder(faultGoals));
printGoals(await inFolder(routeGoals));
