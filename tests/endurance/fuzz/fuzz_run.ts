import process from "node:process";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { hashWords, SeededRandom } from "../../../lib/core/random.ts";
import { allocated, countAllocations, MOST_MS, resetAllocated } from "./budget.ts";
import { mutate } from "./mutations.ts";
import { type FuzzTarget } from "./targets.ts";

/** What came of the inputs. */
export interface FuzzTally {
  /** Inputs by target: read to their end, or refused with a tagged error. */
  readonly counts: Record<string, { read: number; refused: number }>;
  /** What is wrong: at most twenty, each with what it takes to make it again. */
  readonly faults: string[];
  /** The most bytes of arrays that one input took, and the longest, milliseconds. */
  mostBytes: number;
  mostMs: number;
}

function chosenTarget(targets: readonly FuzzTarget[], random: SeededRandom): FuzzTarget {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.uint32() % total;
  return targets.find(({ weight }) => (left -= weight) < 0)!;
}

/** The input with this number: the same for the same seed, whatever ran before. */
export function fuzzInput(
  targets: readonly FuzzTarget[],
  seed: number,
  index: number,
): { target: FuzzTarget; bytes: Uint8Array<ArrayBuffer>; ways: string[] } {
  const random = new SeededRandom(hashWords(seed, index));
  const target = chosenTarget(targets, random);
  const original = target.seeds[random.uint32() % target.seeds.length]!;
  const { bytes, ways } = mutate(original, random);
  return { target, bytes: bytes.slice(), ways };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Reads the inputs with the numbers from `first`, `count` of them. */
export async function fuzz(
  targets: readonly FuzzTarget[],
  seed: number,
  first: number,
  count: number,
): Promise<FuzzTally> {
  const tally: FuzzTally = { counts: {}, faults: [], mostBytes: 0, mostMs: 0 };
  using _ = countAllocations();
  for (let index = first; index < first + count && tally.faults.length < 20; index++) {
    const { target, bytes, ways } = fuzzInput(targets, seed, index);
    const told = tally.counts[target.name] ??= { read: 0, refused: 0 };
    const fault = (what: string) =>
      tally.faults.push(`${target.name}, seed ${seed}, input ${index} (${ways.join(", ")}): ${what}`);
    resetAllocated();
    const [started, startedMs] = [performance.now(), processorMs()];
    try {
      await target.read(bytes);
      told.read++;
    } catch (error) {
      if (isTaggedError(error)) told.refused++;
      else fault(error instanceof Error ? error.stack ?? error.message : String(error));
    }
    tally.mostBytes = Math.max(tally.mostBytes, allocated());
    // Another process may have had the processor: what counts is this one's time.
    const ms = performance.now() - started > MOST_MS / 4 ? processorMs() - startedMs : 0;
    tally.mostMs = Math.max(tally.mostMs, ms);
    if (ms > MOST_MS) fault(`took ${ms.toFixed(0)} ms`);
  }
  return tally;
}
